/**
 * `createDefine()`: identity functions that give TypeScript the app's state.
 */
import type * as preact from "preact";
import type { HandlerByMethod, HandlerFn, RouteHandler } from "./handlers.ts";
import type { Middleware } from "./middleware.ts";
import type { PageProps } from "./page_props.ts";

/** Typed identity functions for the exports of route files. */
export interface Define<State> {
  /**
   * Types the handlers of a route.
   *
   * @typeParam Data What they give to `page()`; inferred when left out.
   * @typeParam Handlers Inferred; not for the caller.
   * @param handlers The handlers.
   * @returns The same.
   */
  handlers<
    Data,
    Handlers extends RouteHandler<Data, State> = RouteHandler<Data, State>,
  >(handlers: Handlers): typeof handlers;

  /**
   * Types the component of a route.
   *
   * @typeParam Handler `typeof handler` of the same file, if it has one.
   * @typeParam Data Inferred from the handler.
   * @param render The component.
   * @returns The same.
   */
  page<
    // deno-lint-ignore no-explicit-any -- a handler of any data
    Handler extends RouteHandler<any, State> = never,
    Data = Handler extends HandlerFn<infer Data, State> ? Data
      : Handler extends HandlerByMethod<infer Data, State> ? Data
      : never,
  >(render: preact.AnyComponent<PageProps<Data, State>>): typeof render;

  /**
   * Types one middleware or several.
   *
   * @param middleware The middleware.
   * @returns The same.
   */
  middleware<M extends Middleware<State> | Middleware<State>[]>(
    middleware: M,
  ): typeof middleware;

  /**
   * Types a layout or an app wrapper.
   *
   * @param render The component.
   * @returns The same.
   */
  layout(render: preact.AnyComponent<PageProps<unknown, State>>): typeof render;
}

/**
 * Makes the typed identity functions, once for the whole app.
 *
 * @typeParam State What `ctx.state` holds.
 * @returns The functions.
 */
export function createDefine<State>(): Define<State> {
  return {
    handlers: (handlers) => handlers,
    page: (render) => render,
    middleware: (middleware) => middleware,
    layout: (render) => render,
  };
}
