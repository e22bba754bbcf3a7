/**
 * `fresh`: the server side of Fresh 2, as far as it is needed here.
 *
 * It stands in for the original where JSR cannot be reached; README.md lists
 * every difference and which import-map lines switch to the original. No name
 * is exported that the original does not export, types included.
 *
 * @module
 */
export { App } from "./app.ts";
export type { FreshConfig, ResolvedFreshConfig } from "./config.ts";
export type { Context, FreshContext } from "./context.ts";
export { createDefine, type Define } from "./define.ts";
export {
  type HandlerByMethod,
  type HandlerFn,
  page,
  type PageResponse,
  type RouteData,
  type RouteHandler,
} from "./handlers.ts";
export type { ListenOptions } from "./listen.ts";
export type { Middleware, MiddlewareFn } from "./middleware.ts";
export { csp, type CSPOptions } from "./middlewares/csp.ts";
export { csrf, type CsrfOptions } from "./middlewares/csrf.ts";
export { staticFiles } from "./middlewares/static_files.ts";
export { trailingSlashes } from "./middlewares/trailing_slashes.ts";
export type { PageProps } from "./page_props.ts";
export type { LayoutConfig, Lazy, MaybeLazy, RouteConfig } from "./route.ts";
export type { Method } from "./routing/router.ts";
export { HttpError } from "./shared/http_error.ts";
