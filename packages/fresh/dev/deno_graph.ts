/**
 * Asks Deno where modules are: `deno info --json` knows the import map, the
 * lock file and the npm cache, so that the bundler needs no node_modules.
 */
import { fileURLToPath, pathToFileURL } from "node:url";

/** Where a module is. */
export type Resolution =
  | { readonly kind: "file"; readonly path: string }
  /** To be resolved by the package's own rules. */
  | {
    readonly kind: "npm";
    /** The package by its name, with the path in it. */
    readonly specifier: string;
    /** Folder of the package. */
    readonly folder: string;
  };

interface NpmPackage {
  readonly name: string;
  readonly localPath: string;
  /** Keys of the packages that it depends on. */
  readonly dependencies: readonly string[];
}

interface InfoModule {
  readonly specifier: string;
  readonly local?: string;
  readonly npmPackage?: string;
  readonly error?: string;
  readonly dependencies?: readonly {
    readonly specifier: string;
    readonly code?: { readonly specifier?: string };
  }[];
}

/** The part of `deno info --json` that counts here. */
interface InfoOutput {
  readonly modules: readonly InfoModule[];
  readonly redirects: Readonly<Record<string, string>>;
  readonly npmPackages: Readonly<Record<string, NpmPackage>>;
}

/** The modules that some entries are made of. */
export class DenoGraph {
  readonly #info: InfoOutput;
  readonly #modules: ReadonlyMap<string, InfoModule>;
  readonly #files: ReadonlyMap<string, InfoModule>;

  constructor(info: InfoOutput) {
    this.#info = info;
    this.#modules = new Map(info.modules.map((mod) => [mod.specifier, mod]));
    this.#files = new Map(info.modules.map((mod) => [mod.local ?? "", mod]));
  }

  /**
   * Resolves an import.
   *
   * @param specifier The import as written.
   * @param importer Path of the file that has it.
   * @returns Where it leads, or null when the bundler finds it by itself.
   */
  resolve(specifier: string, importer: string): Resolution | null {
    const owner = this.#findOwner(importer);
    if (owner !== undefined) return this.#resolveInPackage(specifier, owner);
    const dependency = this.#files.get(importer)?.dependencies?.find((entry) =>
      entry.specifier === specifier
    );
    const target = dependency?.code?.specifier;
    return target === undefined ? null : this.#locate(target);
  }

  /** An absolute specifier, `file:` or `npm:`; others lead nowhere. */
  #locate(specifier: string): Resolution | null {
    const target = this.#info.redirects[specifier] ?? specifier;
    if (target.startsWith("file:")) {
      return { kind: "file", path: fileURLToPath(target) };
    }
    const key = this.#modules.get(target)?.npmPackage;
    const found = key === undefined ? undefined : this.#info.npmPackages[key];
    if (found === undefined) return null;
    // npm:/NAME@VERSION/SUBPATH
    const [, version = ""] = target.split(`npm:/${found.name}@`);
    const subpath = version.replace(/^[^/]*/, "");
    return toNpm(found, `${found.name}${subpath}`);
  }

  #findOwner(importer: string): NpmPackage | undefined {
    return Object.values(this.#info.npmPackages).find(({ localPath }) =>
      importer.startsWith(`${localPath}/`)
    );
  }

  #resolveInPackage(specifier: string, owner: NpmPackage): Resolution | null {
    if (specifier.startsWith(".") || specifier.startsWith("/")) return null;
    const isNamed = ({ name }: NpmPackage) =>
      specifier === name || specifier.startsWith(`${name}/`);
    if (isNamed(owner)) return toNpm(owner, specifier);
    const found = owner.dependencies.map((key) => this.#info.npmPackages[key])
      .find((candidate) => candidate && isNamed(candidate));
    return found === undefined ? null : toNpm(found, specifier);
  }
}

function toNpm({ localPath }: NpmPackage, specifier: string): Resolution {
  return { kind: "npm", specifier, folder: localPath };
}

/**
 * Loads the graph of some entries.
 *
 * @param entries Paths of files.
 * @param configPath The deno.json whose import map counts.
 * @returns The graph.
 * @throws {Error} when a module is missing; the error has Deno's words.
 */
export async function loadDenoGraph(
  entries: readonly string[],
  configPath: string,
): Promise<DenoGraph> {
  const listPath = await Deno.makeTempFile({ suffix: ".ts" });
  try {
    const lines = entries.map((entry) =>
      `import ${JSON.stringify(pathToFileURL(entry).href)};`
    );
    await Deno.writeTextFile(listPath, lines.join("\n"));
    return new DenoGraph(await runInfo(listPath, configPath));
  } finally {
    await Deno.remove(listPath);
  }
}

async function runInfo(
  path: string,
  configPath: string,
): Promise<InfoOutput> {
  const command = new Deno.Command(Deno.execPath(), {
    args: ["info", "--json", "--config", configPath, path],
    env: { NO_COLOR: "1" },
  });
  const { stdout, stderr, success } = await command.output();
  if (!success) {
    throw new Error(
      `Cannot read module graph: ${new TextDecoder().decode(stderr)}`,
    );
  }
  const info = JSON.parse(new TextDecoder().decode(stdout)) as InfoOutput;
  const broken = info.modules.find(({ error }) => error !== undefined);
  if (broken !== undefined) {
    throw new Error(`Cannot read module graph: ${broken.error}`);
  }
  return info;
}
