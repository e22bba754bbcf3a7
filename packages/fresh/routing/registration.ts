/**
 * What can be registered with an app, as functions that write it into a table.
 *
 * They run in the order of their registration when the handler is made, which
 * is why a middleware or layout only concerns what comes after it.
 */
import {
  compileMiddlewares,
  type MaybeLazyMiddleware,
  type Middleware,
} from "../middleware.ts";
import type { RouteComponent } from "../page_props.ts";
import {
  completeRoute,
  renderRoute,
  throwNotFound,
} from "../rendering/render_route.ts";
import {
  isLazy,
  type LayoutConfig,
  type MaybeLazy,
  type Route,
  type RouteConfig,
} from "../route.ts";
import { isHandlerByMethod } from "../handlers.ts";
import { ALL_METHODS, type Method, type Router } from "./router.ts";
import { ensureSegment, listMiddlewares, type Segment } from "./segment.ts";

/** Where registrations are written to. */
export interface RouteTable<State> {
  readonly root: Segment<State>;
  readonly router: Router<Middleware<State>>;
  /** Told of every error that a middleware sees. */
  readonly onError: (error: unknown) => void;
}

/** Writes something into a table, its routes below `basePath`. */
export type Registration<State> = (
  table: RouteTable<State>,
  basePath: string,
) => void;

/**
 * Registers middlewares for a path and what is below it.
 *
 * @param pattern The path.
 * @param middlewares In the order in which they run.
 * @returns The registration.
 */
export function registerMiddlewares<State>(
  pattern: string,
  middlewares: readonly MaybeLazyMiddleware<State>[],
): Registration<State> {
  return ({ root }) => {
    ensureSegment(root, pattern, true).middlewares.push(...middlewares);
  };
}

/**
 * Registers a layout for a path and what is below it.
 *
 * @param pattern The path.
 * @param component The layout.
 * @param config What it leaves out.
 * @returns The registration.
 */
export function registerLayout<State>(
  pattern: string,
  component: RouteComponent<State>,
  config: LayoutConfig = {},
): Registration<State> {
  return ({ root }) => {
    ensureSegment(root, pattern, true).layout = { component, config };
  };
}

/**
 * Registers the app wrapper.
 *
 * @param component The wrapper.
 * @returns The registration.
 */
export function registerAppWrapper<State>(
  component: RouteComponent<State>,
): Registration<State> {
  return ({ root }) => {
    root.app = component;
  };
}

/**
 * Registers the error page of a path and what is below it.
 *
 * @param pattern The path.
 * @param item A route or a middleware.
 * @returns The registration.
 */
export function registerError<State>(
  pattern: string,
  item: Route<State> | Middleware<State>,
): Registration<State> {
  const route = toRoute(item);
  return ({ root }) => {
    ensureSegment(root, pattern, true).errorRoute = route;
  };
}

/**
 * Registers what answers 404, for the whole app.
 *
 * @param item A route or a middleware.
 * @returns The registration.
 */
export function registerNotFound<State>(
  item: Route<State> | Middleware<State>,
): Registration<State> {
  const route = toRoute(item);
  return ({ root }) => {
    root.notFound = (ctx) => renderRoute(ctx, route);
  };
}

/**
 * Registers middlewares for one method, or for all, at one path.
 *
 * @param method The method, or `ALL`.
 * @param pattern The path.
 * @param middlewares In the order in which they run; the last one answers.
 * @returns The registration.
 */
export function registerHandler<State>(
  method: Method | "ALL",
  pattern: string,
  middlewares: readonly MaybeLazyMiddleware<State>[],
): Registration<State> {
  const methods = method === "ALL" ? ALL_METHODS : [method];
  return (table, basePath) => {
    const segment = ensureSegment(table.root, pattern, true);
    const path = joinPatterns(basePath, pattern) || "*";
    addRoute(table, segment, middlewares, { path, methods });
  };
}

/**
 * Registers a route. The methods of a lazy one are not known before it is
 * loaded: it answers all, or those that its config names; none without a name.
 *
 * @param pattern The path.
 * @param route The route or its loader.
 * @param options Config of a lazy route; whether the path itself is a segment
 * that middlewares may hang on.
 * @returns The registration.
 */
export function registerRoute<State>(
  pattern: string,
  route: MaybeLazy<Route<State>>,
  options: { config?: RouteConfig | undefined; isSegment: boolean },
): Registration<State> {
  const { config = { methods: "ALL" }, isSegment } = options;
  const { load, methods, override } = isLazy(route)
    ? prepareLazy(route, config)
    : prepareRoute(route);
  return (table, basePath) => {
    const segment = ensureSegment(table.root, pattern, isSegment);
    const path = joinPatterns(basePath, override ?? pattern) || "*";
    const last: Middleware<State> = async (ctx) =>
      await renderRoute(ctx, await load());
    addRoute(table, segment, [last], { path, methods });
  };
}

/**
 * Registers what `fsRoutes()` stands for.
 *
 * @param pattern Path in front of the file routes; `*` for none.
 * @param read Gives the file routes, once the snapshot is there.
 * @returns The registration.
 */
export function registerGroup<State>(
  pattern: string,
  read: () => readonly Registration<State>[],
): Registration<State> {
  const prefix = pattern === "*" ? "" : pattern;
  return (table, basePath) => {
    const path = joinPatterns(basePath, prefix);
    for (const register of read()) register(table, path);
  };
}

function toRoute<State>(
  item: Route<State> | Middleware<State>,
): Route<State> {
  return completeRoute(typeof item === "function" ? { handler: item } : item);
}

interface PreparedRoute<State> {
  readonly load: () => Route<State> | Promise<Route<State>>;
  readonly methods: readonly Method[];
  readonly override: string | undefined;
}

function prepareLazy<State>(
  loadRoute: () => Promise<Route<State>>,
  { methods, routeOverride }: RouteConfig,
): PreparedRoute<State> {
  let route: Route<State> | undefined;
  return {
    load: async () => route ??= completeRoute(await loadRoute()),
    methods: methods === "ALL" ? ALL_METHODS : methods ?? [],
    override: routeOverride,
  };
}

function prepareRoute<State>(written: Route<State>): PreparedRoute<State> {
  const route = completeRoute(written);
  const handler = route.handler ?? throwNotFound;
  return {
    load: () => route,
    methods: isHandlerByMethod(handler)
      ? Object.keys(handler) as Method[] // by its type
      : ALL_METHODS,
    override: route.config?.routeOverride,
  };
}

function addRoute<State>(
  { router, onError }: RouteTable<State>,
  segment: Segment<State>,
  last: readonly MaybeLazyMiddleware<State>[],
  { path, methods }: { path: string; methods: readonly Method[] },
): void {
  const chain = [...listMiddlewares(segment), ...last];
  const compiled = compileMiddlewares(chain, onError);
  for (const method of methods) router.add(method, path, compiled);
}

/** `/` below a base path is the base path itself. */
function joinPatterns(basePath: string, pattern: string): string {
  const base = basePath.replace(/\*$/, "").replace(/^\/$/, "");
  if (pattern === "*") return `${base}/*`;
  return base !== "" && pattern === "/" ? base : base + pattern;
}
