/**
 * A build that is kept in memory: for tests and for development.
 *
 * Static files are read from their folder when they are asked for, and have no
 * hash; names that a URL has to encode are not found. Names that begin with a
 * dot are not served, except `.well-known`.
 */
import { join, relative } from "node:path";
import type { VNode } from "preact";
import { pathToFileURL } from "node:url";
import {
  type BuildCache,
  type ClientScripts,
  type Island,
  listClientScripts,
  openStaticFile,
  type StaticFile,
  toScriptFolder,
} from "../build_cache.ts";
import type { FsRouteFile, FsRouteModule } from "../routing/fs_routes.ts";
import { registerFsRoutes } from "../routing/fs_routes.ts";
import type { Registration } from "../routing/registration.ts";
import { type IslandModule, registerIslands } from "../snapshot.ts";
import type { BuildOutput } from "./build_output.ts";
import type { FoundRoute } from "./crawl_routes.ts";
import { renderErrorOverlay } from "./error_page.tsx";
import { readMediaType } from "./media_type.ts";

/** Makes a build that never touches the disk. */
export class MemorySnapshot<State> implements BuildCache<State> {
  readonly root: string;
  readonly islands: ReadonlyMap<unknown, Island>;
  readonly scripts: ClientScripts;
  readonly fsRoutes: readonly Registration<State>[];
  readonly #output: BuildOutput;
  readonly #built = new Map<string, StaticFile>();

  private constructor(
    output: BuildOutput,
    islands: readonly IslandModule[],
    routes: readonly FsRouteFile<State>[],
  ) {
    const { buildId, mode, files } = output;
    this.root = output.root;
    this.#output = output;
    this.islands = registerIslands(islands);
    this.fsRoutes = registerFsRoutes(routes);
    this.scripts = listClientScripts(buildId, mode);
    for (const { name, content, hash } of files) {
      this.#built.set(toScriptFolder(buildId) + name, {
        hash,
        size: content.byteLength,
        contentType: readMediaType(name),
        readable: content,
        close: () => {},
      });
    }
  }

  /**
   * Loads islands and route files.
   *
   * @param output What was built.
   * @returns The snapshot.
   * @throws {Error} when a file cannot be loaded or exports nothing of use.
   */
  static async load<State>(
    output: BuildOutput,
  ): Promise<MemorySnapshot<State>> {
    const islands = await Promise.all(
      [...output.islands].map(async ([name, entry]) => ({
        name,
        file: `${toScriptFolder(output.buildId)}${name}.js`,
        exports: await importFile(entry),
      })),
    );
    const routes = await Promise.all(output.routes.map(loadRoute<State>));
    return new MemorySnapshot(output, islands, routes);
  }

  /** Opens a built script, or a file of the static folders. */
  async readFile(pathname: string): Promise<StaticFile | null> {
    const built = this.#built.get(pathname);
    if (built !== undefined) return built;
    const names = pathname.split("/");
    if (names.some(isHidden)) return null;
    for (const dir of this.#output.staticDirs) {
      const path = join(dir, ...names);
      if (!await isPlainFile(path, dir)) continue;
      const file = await openStaticFile(path);
      return { ...file, hash: null, contentType: readMediaType(path) };
    }
    return null;
  }

  /** Shows an error on top of the page, in development only. */
  renderError(error: unknown): VNode | null {
    const { mode, root } = this.#output;
    return mode === "development" ? renderErrorOverlay(error, root) : null;
  }
}

async function importFile(path: string): Promise<Record<string, unknown>> {
  return await import(pathToFileURL(path).href);
}

async function loadRoute<State>(
  { id, kind, pattern, routePattern, path, isLazy }: FoundRoute,
): Promise<FsRouteFile<State>> {
  // What a module really exports is checked when it is registered.
  const load = () => importFile(path) as Promise<FsRouteModule<State>>;
  const mod = isLazy ? load : await load();
  return { id, kind, pattern, routePattern, mod };
}

/** Also refuses `..`, which would lead out of the folder. */
export function isHidden(name: string): boolean {
  return name.startsWith(".") && name !== ".well-known";
}

/** Links may lead out of the folder; a build on disk passes them over too. */
async function isPlainFile(path: string, dir: string): Promise<boolean> {
  try {
    const { isFile } = await Deno.lstat(path);
    const place = relative(dir, path);
    return isFile &&
      await Deno.realPath(path) === join(await Deno.realPath(dir), place);
  } catch {
    return false; // a path that cannot be looked at names no file
  }
}
