/**
 * Finds the deno.json that a project is compiled with.
 *
 * Only deno.json is read, not deno.jsonc.
 */
import { dirname, join } from "node:path";

/** What the Builder has to know of it. */
export interface DenoConfig {
  /** Where it is. */
  readonly path: string;
  /** Package of the JSX runtime. */
  readonly jsxImportSource: string;
}

interface ConfigFile {
  readonly compilerOptions?: { readonly jsxImportSource?: string };
}

/**
 * Looks for the nearest deno.json with compiler options.
 *
 * @param root Folder of the project.
 * @returns Where it is and which JSX runtime it names.
 * @throws {Error} when there is none, or it names no JSX runtime.
 */
export async function findDenoConfig(root: string): Promise<DenoConfig> {
  for (let dir = root;; dir = dirname(dir)) {
    const path = join(dir, "deno.json");
    const options = (await readConfig(path))?.compilerOptions;
    if (options !== undefined) {
      const { jsxImportSource } = options;
      if (jsxImportSource !== undefined) return { path, jsxImportSource };
      throw new Error(
        `Cannot build: compilerOptions.jsxImportSource is not set in ${path}`,
      );
    }
    if (dirname(dir) === dir) break;
  }
  throw new Error(
    `Cannot build: no deno.json with compilerOptions in ${root} or above it`,
  );
}

async function readConfig(path: string): Promise<ConfigFile | undefined> {
  try {
    return JSON.parse(await Deno.readTextFile(path));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw new Error(`Cannot build: ${path} cannot be read`, { cause: error });
  }
}
