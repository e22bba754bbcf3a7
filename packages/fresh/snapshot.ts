/**
 * Reads the production build in `_fresh/`: nothing is searched or compiled.
 *
 * How it is written, see dev/disk_snapshot.ts.
 */
import type { AnyComponent, ComponentType } from "preact";
import { isAbsolute, join } from "node:path";
import {
  type BuildCache,
  type ClientScripts,
  type Island,
  listClientScripts,
  openStaticFile,
  type StaticFile,
} from "./build_cache.ts";
import { type FsRouteFile, registerFsRoutes } from "./routing/fs_routes.ts";
import type { Registration } from "./routing/registration.ts";
import { setBuildId } from "./shared/build_id.ts";

/** An island's module and where its script is. */
export interface IslandModule {
  /** Name that the default export takes. */
  readonly name: string;
  /** Path of its script. */
  readonly file: string;
  /** The module as the server loaded it. */
  readonly exports: Readonly<Record<string, unknown>>;
}

/** What `_fresh/snapshot.js` exports. */
export interface DiskSnapshot<State> {
  /** The build id. */
  readonly version: string;
  /** Modules of all islands. */
  readonly islands: readonly IslandModule[];
  /** All route files, in the order of their registration. */
  readonly fsRoutes: readonly FsRouteFile<State>[];
  /** Static files by path. */
  readonly staticFiles: ReadonlyMap<string, SnapshotFile>;
}

/** Where a static file is, and what is known of it. */
export interface SnapshotFile {
  /** Path from the project's folder, or an absolute one. */
  readonly filePath: string;
  /** SHA-256 of the content, hex. */
  readonly hash: string;
  /** Media type with charset. */
  readonly contentType: string;
}

/** A production build, read from `_fresh/`. */
export class ProdBuildCache<State> implements BuildCache<State> {
  readonly root: string;
  readonly islands: ReadonlyMap<unknown, Island>;
  readonly scripts: ClientScripts;
  readonly fsRoutes: readonly Registration<State>[];
  readonly #files: ReadonlyMap<string, SnapshotFile>;

  /**
   * Takes over the snapshot, its build id included.
   *
   * @param root Folder of the project.
   * @param snapshot The module `_fresh/snapshot.js`.
   */
  constructor(root: string, snapshot: DiskSnapshot<State>) {
    setBuildId(snapshot.version);
    this.root = root;
    this.islands = registerIslands(snapshot.islands);
    this.scripts = listClientScripts(snapshot.version, "production");
    this.fsRoutes = registerFsRoutes(snapshot.fsRoutes);
    this.#files = snapshot.staticFiles;
  }

  /** Opens a file of the snapshot; the folder is never searched. */
  async readFile(pathname: string): Promise<StaticFile | null> {
    const found = this.#files.get(pathname);
    if (found === undefined) return null;
    const { filePath, hash, contentType } = found;
    const file = await openStaticFile(
      isAbsolute(filePath) ? filePath : join(this.root, filePath),
    );
    return { ...file, hash, contentType };
  }

  /** Shows nothing: errors are no business of the public. */
  renderError(): null {
    return null;
  }
}

/**
 * Lists the islands of modules: every function that they export.
 *
 * @param modules The modules.
 * @returns Islands by component, with names that are unique.
 */
export function registerIslands(
  modules: readonly IslandModule[],
): Map<AnyComponent, Island> {
  const islands = new Map<AnyComponent, Island>();
  const names = new Set<string>();
  for (const { name: moduleName, file, exports } of modules) {
    for (const [exportName, value] of Object.entries(exports)) {
      if (!isComponent(value)) continue;
      const base = exportName === "default" ? moduleName : exportName;
      const name = claimName(names, base);
      islands.set(value, { file, name, exportName });
    }
  }
  return islands;
}

function isComponent(value: unknown): value is ComponentType {
  return typeof value === "function";
}

/**
 * Takes a name that is free.
 *
 * @param taken Names that are in use; the new one is added.
 * @param base The name wanted.
 * @returns The name in word characters, with a number at its end if need be.
 */
export function claimName(taken: Set<string>, base: string): string {
  const stem = base.replace(/\W+/g, "_");
  let name = stem;
  for (let i = 1; taken.has(name); i++) name = `${stem}_${i}`;
  taken.add(name);
  return name;
}
