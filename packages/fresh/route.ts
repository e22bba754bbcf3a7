/**
 * What makes a route: component, handler and config, at once or loaded lazily.
 */
import type { RouteHandler } from "./handlers.ts";
import type { RouteComponent } from "./page_props.ts";
import type { Method } from "./routing/router.ts";

/** How a layout or a page relates to what is around it. */
export interface LayoutConfig {
  /** Whether to leave out the layouts of the folders above; false by default. */
  skipInheritedLayouts?: boolean;
  /** Whether to leave out the app wrapper; false by default. */
  skipAppWrapper?: boolean;
}

/** The `config` export of a route file, or the last argument of `app.route()`. */
export interface RouteConfig extends LayoutConfig {
  /** A URL pattern in the place of the one that the file's path gives. */
  routeOverride?: string;
  /** The methods that a lazy route answers; none when it is left out. */
  methods?: "ALL" | Method[];
}

/** A route. */
export interface Route<State> {
  /** Renders what the handler gave to `page()`. */
  component?: RouteComponent<State>;
  /** How it relates to what is around it. */
  config?: RouteConfig;
  /** Answers requests; renders the component when there is none. */
  handler?: RouteHandler<unknown, State>;
}

/** Something that is loaded on first use. */
export type Lazy<T> = () => Promise<T>;

/** Something at hand or loaded on first use. */
export type MaybeLazy<T> = T | Lazy<T>;

/**
 * Tells what has to be loaded from what is at hand.
 *
 * @param value A value that is not itself a function, or its loader.
 * @returns Whether it is a loader.
 */
export function isLazy<T extends object>(
  value: MaybeLazy<T>,
): value is Lazy<T> {
  return typeof value === "function";
}
