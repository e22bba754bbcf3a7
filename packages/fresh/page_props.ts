/**
 * What route components, layouts and app wrappers are given, and the two forms
 * they come in: plain ones and async functions.
 */
import type * as preact from "preact";
import type { Context } from "./context.ts";

/** Properties of a page, a layout or an app wrapper. */
export type PageProps<Data = unknown, T = unknown> =
  & Pick<
    Context<T>,
    | "config"
    | "url"
    | "req"
    | "params"
    | "info"
    | "state"
    | "isPartial"
    | "Component"
    | "error"
    | "route"
  >
  & {
    /** What the handler gave to `page()`. */
    data: Data;
  };

/** An async component; it may answer the request itself with a `Response`. */
export type AsyncAnyComponent<P> = {
  (
    props: preact.RenderableProps<P>,
    // deno-lint-ignore no-explicit-any -- preact's own signature
    context?: any,
    // deno-lint-ignore no-explicit-any -- a node of any kind
  ): Promise<preact.VNode<any> | Response | null>;
  /** Shown in tools. */
  displayName?: string;
  /** Properties that are filled in when they are missing. */
  defaultProps?: Partial<P> | undefined;
};

/** A component that renders a route. */
export type RouteComponent<State> =
  | AsyncAnyComponent<PageProps<unknown, State>>
  | preact.AnyComponent<PageProps<unknown, State>>;

/**
 * Tells async components from others, by how the function was declared.
 *
 * @param component A route component.
 * @returns Whether it has to be awaited before the tree is rendered.
 */
export function isAsyncComponent<State>(
  component: RouteComponent<State>,
): component is AsyncAnyComponent<PageProps<unknown, State>> {
  return typeof component === "function" &&
    component.constructor.name === "AsyncFunction";
}
