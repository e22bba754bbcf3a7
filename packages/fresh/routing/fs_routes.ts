/**
 * Turns route files, already loaded or not, into registrations.
 *
 * What a file is for follows from its name; see dev/crawl_routes.ts. Only page
 * and handler files are lazy: the others have to be there before any route.
 */
import type { HandlerFn, RouteHandler } from "../handlers.ts";
import type { Middleware } from "../middleware.ts";
import type { RouteComponent } from "../page_props.ts";
import {
  isLazy,
  type MaybeLazy,
  type Route,
  type RouteConfig,
} from "../route.ts";
import {
  registerAppWrapper,
  registerError,
  registerLayout,
  registerMiddlewares,
  registerNotFound,
  registerRoute,
  type Registration,
} from "./registration.ts";

/** What a route file is for. */
export type FsRouteKind =
  | "app"
  | "error"
  | "layout"
  | "middleware"
  | "notFound"
  | "route";

/** What a route file may export. */
export interface FsRouteModule<State> {
  /** Config of the route or layout. */
  readonly config?: RouteConfig;
  /** Handlers, or middlewares. */
  readonly handler?: RouteHandler<unknown, State> | HandlerFn<unknown, State>[];
  /** The same; it goes first. */
  readonly handlers?:
    | RouteHandler<unknown, State>
    | HandlerFn<unknown, State>[];
  /** The component, or middlewares. */
  readonly default?: RouteComponent<State>;
}

/** A route file. */
export interface FsRouteFile<State> {
  /** Path below the routes folder, without extension; for messages. */
  readonly id: string;
  /** What it is for. */
  readonly kind: FsRouteKind;
  /** Where middlewares and layouts hang, route groups kept. */
  readonly pattern: string;
  /** Pattern of the URL, route groups dropped. */
  readonly routePattern: string;
  /** The module or its loader. */
  readonly mod: MaybeLazy<FsRouteModule<State>>;
}

/**
 * Turns route files into registrations.
 *
 * @param files In the order of their registration.
 * @returns The registrations in the same order.
 * @throws {Error} when a file that is not lazy exports nothing of use.
 */
export function registerFsRoutes<State>(
  files: readonly FsRouteFile<State>[],
): Registration<State>[] {
  return files.flatMap((file) => registerFile(file));
}

function registerFile<State>(
  file: FsRouteFile<State>,
): Registration<State> | Registration<State>[] {
  const { kind, pattern, mod } = file;
  if (kind === "route") return registerRouteFile(file);
  if (isLazy(mod)) throw new Error(`Cannot register ${file.id}: it is lazy`);
  checkExports(file, mod);
  const { default: component, config = {} } = mod;
  switch (kind) {
    case "app":
      return component === undefined ? [] : registerAppWrapper(component);
    case "layout":
      return component === undefined
        ? []
        : registerLayout(pattern, component, config);
    case "middleware":
      return registerMiddlewares(pattern, listFileMiddlewares(file, mod));
    case "error":
      return registerError(pattern, toRoute(mod));
    case "notFound":
      return registerNotFound(toRoute(mod));
    default:
      throw kind satisfies never;
  }
}

function registerRouteFile<State>(
  file: FsRouteFile<State>,
): Registration<State> {
  const { pattern, routePattern, mod } = file;
  const override = { routeOverride: routePattern };
  const prepare = (loaded: FsRouteModule<State>): Route<State> => {
    checkExports(file, loaded);
    const route = toRoute(loaded);
    return { ...route, config: { ...override, ...route.config } };
  };
  const route = isLazy(mod) ? async () => prepare(await mod()) : prepare(mod);
  const config = { ...override, methods: "ALL" as const };
  return registerRoute(pattern, route, { config, isSegment: false });
}

function toRoute<State>(mod: FsRouteModule<State>): Route<State> {
  const handler = mod.handlers ?? mod.handler;
  if (Array.isArray(handler)) {
    throw new TypeError("Cannot use a list of handlers outside _middleware");
  }
  return {
    ...(mod.default && { component: mod.default }),
    ...(mod.config && { config: mod.config }),
    ...(handler && { handler }),
  };
}

/** Whatever the file calls its middlewares, and whether they are one or many. */
function listFileMiddlewares<State>(
  { id }: FsRouteFile<State>,
  mod: FsRouteModule<State>,
): Middleware<State>[] {
  const found: unknown = mod.handlers ?? mod.handler ?? mod.default;
  if (typeof found === "function" || Array.isArray(found)) {
    return [found].flat() as Middleware<State>[]; // the module is unknown input
  }
  // deno-lint-ignore no-console -- the original warns in the same place
  console.warn(`Cannot use ${id}: a middleware has no handlers by method`);
  return [];
}

function checkExports<State>(
  { id, kind }: FsRouteFile<State>,
  mod: FsRouteModule<State>,
): void {
  const handlers = mod.handlers ?? mod.handler;
  const isOfUse = typeof mod.default === "function" ||
    kind === "middleware" && Array.isArray(mod.default) ||
    typeof mod.config === "object" || typeof handlers === "function" ||
    typeof handlers === "object";
  if (!isOfUse) {
    throw new Error(
      `Cannot use ${id}: it exports no component, handler, handlers or config`,
    );
  }
  if (typeof handlers === "function" && handlers.length > 1) {
    throw new Error(
      `Cannot use ${id}: its handler takes more than one argument`,
    );
  }
  if (kind === "layout" && handlers !== undefined) {
    // deno-lint-ignore no-console -- the original warns in the same place
    console.warn(`Cannot use the handlers of ${id}: a layout has none`);
  }
}
