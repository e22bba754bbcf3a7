/**
 * Handlers of a route, and `page()`, by which they hand over to its component.
 */
import type { Context } from "./context.ts";
import type { Method } from "./routing/router.ts";

/** What a handler returns to have the route's component rendered. */
export interface PageResponse<T> {
  /** Becomes `props.data`. */
  data: T;
  /** Headers of the answer; of several with one name the last counts. */
  headers?: HeadersInit;
  /** Status of the answer, 200 by default. */
  status?: number;
}

/**
 * Has the route's component rendered with some data.
 *
 * @param data Becomes `props.data`.
 * @param options Status and headers of the answer.
 * @returns What a handler returns.
 */
export function page<T>(
  data: T,
  options?: Omit<PageResponse<T>, "data">,
): PageResponse<T>;
/**
 * Has the route's component rendered without data.
 *
 * @returns What a handler returns.
 */
export function page(): PageResponse<undefined>;
export function page(
  data?: unknown,
  options: Omit<PageResponse<unknown>, "data"> = {},
): PageResponse<unknown> {
  return { data: data ?? undefined, ...options };
}

/** A handler for all methods, or one for each. */
export type RouteHandler<Data, State> =
  | HandlerFn<Data, State>
  | HandlerByMethod<Data, State>;

/** Answers a request, or gives data to the route's component. */
export interface HandlerFn<Data, State> {
  (ctx: Context<State>):
    | Response
    | PageResponse<Data>
    | Promise<Response | PageResponse<Data>>;
}

/** Handlers by method; `GET` also answers `HEAD`. */
export type HandlerByMethod<Data, State> = {
  [M in Method]?: HandlerFn<Data, State>;
};

/** The data that a handler gives to `page()`. */
export type RouteData<Handler extends RouteHandler<unknown, unknown>> =
  Handler extends (RouteHandler<infer Data, unknown>) ? Data : never;

/**
 * Tells handlers by method from one for all.
 *
 * @param handler Any export called `handler`.
 * @returns Whether it is an object of handlers.
 */
export function isHandlerByMethod<Data, State>(
  handler: RouteHandler<Data, State> | RouteHandler<Data, State>[] | null,
): handler is HandlerByMethod<Data, State> {
  return typeof handler === "object" && handler !== null &&
    !Array.isArray(handler);
}
