/**
 * Finds route files and islands, and says what each is for by its name.
 *
 * Folders in parentheses are groups: they hold layouts and middlewares but are
 * no part of the URL. Those that start with `(_` are passed over, except that
 * files in `(_islands)` are islands.
 */
import type { FsRouteFile } from "../routing/fs_routes.ts";
import { compareRouteIds } from "./compare_route_ids.ts";
import { toPattern } from "./route_pattern.ts";
import { walkFiles } from "./walk_files.ts";

/** A route file that is not loaded yet. */
export interface FoundRoute extends Omit<FsRouteFile<unknown>, "mod"> {
  /** Where it is. */
  readonly path: string;
  /** Whether it is loaded when it is first asked for. */
  readonly isLazy: boolean;
}

/** What was found. */
export interface FoundFiles {
  /** Paths of islands. */
  readonly islands: readonly string[];
  /** Route files in the order of their registration. */
  readonly routes: readonly FoundRoute[];
}

/** Where to look. */
export interface CrawlOptions {
  readonly islandDir: string;
  readonly routeDir: string;
  /** Paths to be passed over. */
  readonly ignore: readonly RegExp[];
}

const MODULE = /\.[tj]sx?$/;
const PRIVATE_FOLDER = /\/\((_[^/]+)\)\//;

/**
 * Looks for route files and islands.
 *
 * @param options Where to look.
 * @returns What there is; nothing where a folder is missing.
 */
export async function crawlRoutes(options: CrawlOptions): Promise<FoundFiles> {
  const islands = await listModules(options.islandDir, options.ignore);
  const routes: FoundRoute[] = [];
  for (const path of await listModules(options.routeDir, options.ignore)) {
    const relative = path.slice(options.routeDir.length);
    const privateFolder = PRIVATE_FOLDER.exec(relative)?.[1];
    if (privateFolder === "_islands") islands.push(path);
    if (privateFolder !== undefined) continue;
    routes.push(await describeRoute(path, relative));
  }
  routes.sort((a, b) => compareRouteIds(a.id, b.id));
  return { islands, routes };
}

async function listModules(
  dir: string,
  ignore: readonly RegExp[],
): Promise<string[]> {
  const paths = await Array.fromAsync(walkFiles(dir));
  return paths.filter((path) =>
    MODULE.test(path) && !ignore.some((pattern) => pattern.test(path))
  ).sort();
}

const SPECIAL_FILES = [
  ["_middleware", "middleware"],
  ["_layout", "layout"],
  ["_app", "app"],
  ["_404", "notFound"],
  ["_error", "error"],
  ["_500", "error"],
] as const;

async function describeRoute(
  path: string,
  relative: string,
): Promise<FoundRoute> {
  const id = encodePath(relative.replace(MODULE, ""));
  for (const [name, kind] of SPECIAL_FILES) {
    if (!id.endsWith(`/${name}`)) continue;
    const folder = id.slice(1, -(name.length + 1));
    const pattern = toPattern(folder, { areGroupsKept: true });
    return { id, kind, pattern, routePattern: pattern, path, isLazy: false };
  }
  const isIndex = id.endsWith("/index");
  const pattern = toPattern(id.slice(1), { areGroupsKept: true });
  const source = await Deno.readTextFile(path);
  return {
    id,
    kind: "route",
    // The folder's own middlewares count for its index.
    pattern: isIndex && !pattern.endsWith("/") ? `${pattern}/` : pattern,
    routePattern: toPattern(id.slice(1), { areGroupsKept: false }),
    path,
    isLazy: !source.includes("routeOverride"),
  };
}

/** As it stands in the address of a request, which is never beyond ASCII. */
function encodePath(path: string): string {
  return new URL(path, "http://localhost").pathname;
}
