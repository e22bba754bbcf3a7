/**
 * The part of `@std/dotenv` that this code base uses, by the same names.
 *
 * It stands in where JSR cannot be reached; see ../README.md. It has no
 * `@std/dotenv/load`, the form that acts on import.
 *
 * @module
 */
import { parse } from "./parse.ts";

export { parse } from "./parse.ts";
export { stringify } from "./stringify.ts";

/** What {@linkcode load} reads, and where it puts it. */
export interface LoadOptions {
  /** The file, `./.env` by default; `null` reads nothing. */
  envPath?: string | URL | null;
  /** Whether to set the variables in the environment; those that are set stay. */
  export?: boolean;
}

/**
 * Reads a `.env` file.
 *
 * @param options Which file, and whether to export; see {@linkcode LoadOptions}.
 * @returns The variables; none when there is no such file.
 * @throws {Deno.errors.NotCapable} when the file may not be read.
 */
export async function load(
  options: LoadOptions = {},
): Promise<Record<string, string>> {
  const { envPath = ".env", export: isExported = false } = options;
  const variables = envPath ? await parseFile(envPath) : {};
  if (isExported) exportVariables(variables);
  return variables;
}

/**
 * Reads a `.env` file, blocking until it is read.
 *
 * @param options Which file, and whether to export; see {@linkcode LoadOptions}.
 * @returns The variables; none when there is no such file.
 * @throws {Deno.errors.NotCapable} when the file may not be read.
 */
export function loadSync(options: LoadOptions = {}): Record<string, string> {
  const { envPath = ".env", export: isExported = false } = options;
  const variables = envPath ? parseFileSync(envPath) : {};
  if (isExported) exportVariables(variables);
  return variables;
}

async function parseFile(path: string | URL): Promise<Record<string, string>> {
  try {
    return parse(await Deno.readTextFile(path));
  } catch (error) {
    return allowMissing(error);
  }
}

function parseFileSync(path: string | URL): Record<string, string> {
  try {
    return parse(Deno.readTextFileSync(path));
  } catch (error) {
    return allowMissing(error);
  }
}

function allowMissing(error: unknown): Record<string, string> {
  if (error instanceof Deno.errors.NotFound) return {};
  throw error;
}

function exportVariables(variables: Record<string, string>): void {
  for (const [key, value] of Object.entries(variables)) {
    if (Deno.env.get(key) === undefined) Deno.env.set(key, value);
  }
}
