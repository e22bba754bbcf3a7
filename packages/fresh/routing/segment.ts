/**
 * The tree of path segments that middlewares, layouts and error pages hang on.
 *
 * A route runs through the segments above it, from the root down. What a
 * segment holds counts for routes registered after it; only the 404 handler is
 * looked up when it is needed.
 */
import { type Context, readUiTree, type UiTree } from "../context.ts";
import type { MaybeLazyMiddleware, Middleware } from "../middleware.ts";
import type { RouteComponent } from "../page_props.ts";
import { renderRoute } from "../rendering/render_route.ts";
import type { LayoutConfig, Route } from "../route.ts";
import { HttpError } from "../shared/http_error.ts";

/** One segment of the path. */
export interface Segment<State> {
  readonly parent: Segment<State> | null;
  readonly children: Map<string, Segment<State>>;
  readonly middlewares: MaybeLazyMiddleware<State>[];
  layout: SegmentLayout<State> | null;
  errorRoute: Route<State> | null;
  /** Set on the root alone, like `app`. */
  notFound: Middleware<State> | null;
  app: RouteComponent<State> | null;
}

/** A layout, and whether it drops what is above it. */
export interface SegmentLayout<State> {
  readonly component: RouteComponent<State>;
  readonly config: LayoutConfig;
}

/**
 * Makes a segment that holds nothing yet.
 *
 * @param parent The segment above, null for the root.
 * @returns The segment, not yet among the parent's children.
 */
export function createSegment<State>(
  parent: Segment<State> | null,
): Segment<State> {
  return {
    parent,
    children: new Map(),
    middlewares: [],
    layout: null,
    errorRoute: null,
    notFound: null,
    app: null,
  };
}

/**
 * Finds the segment of a path, and makes those that are missing.
 *
 * @param root Where the path starts.
 * @param path A path or pattern; optional groups (`{/:x}?`) do not count.
 * @param isLastIncluded Whether the path itself is a segment, or only its
 * folders are.
 * @returns The segment.
 */
export function ensureSegment<State>(
  root: Segment<State>,
  path: string,
  isLastIncluded: boolean,
): Segment<State> {
  let current = root;
  for (const name of splitPath(path, isLastIncluded)) {
    const child = current.children.get(name) ?? createSegment(current);
    current.children.set(name, child);
    current = child;
  }
  return current;
}

function splitPath(path: string, isLastIncluded: boolean): string[] {
  if (path === "*" || path === "/*") return [];
  const cleaned = path.replace(/\{[^}]*\}\??/g, "");
  const names = cleaned.split("/").filter((name) => name !== "");
  return isLastIncluded || cleaned.endsWith("/") ? names : names.slice(0, -1);
}

/**
 * Lists what a request runs through on its way down to a segment.
 *
 * @param segment Where the way ends.
 * @returns For each segment, the root first: what enters it, then its
 * middlewares.
 */
export function listMiddlewares<State>(
  segment: Segment<State>,
): MaybeLazyMiddleware<State>[] {
  const path = [segment];
  for (let up = segment.parent; up !== null; up = up.parent) path.unshift(up);
  const root = path[0] ?? segment;
  return path.flatMap((
    step,
  ) => [enterSegment(step, root), ...step.middlewares]);
}

/** Puts the segment's wrappers around the page, and catches what goes wrong. */
function enterSegment<State>(
  { app, layout, errorRoute }: Segment<State>,
  root: Segment<State>,
): Middleware<State> {
  return async (ctx) => {
    const tree = readUiTree(ctx);
    const before = { app: tree.app, layouts: tree.layouts };
    if (app !== null) tree.app = app;
    if (layout !== null) addLayout(tree, layout);
    try {
      return await ctx.next();
    } catch (error) {
      return await answerError(ctx, error, root.notFound, errorRoute);
    } finally {
      Object.assign(tree, before);
    }
  };
}

function addLayout<State>(
  tree: UiTree<State>,
  { component, config }: SegmentLayout<State>,
): void {
  if (config.skipAppWrapper) tree.app = null;
  tree.layouts = config.skipInheritedLayouts
    ? [component]
    : [...tree.layouts, component];
}

async function answerError<State>(
  ctx: Context<State>,
  error: unknown,
  notFound: Middleware<State> | null,
  errorRoute: Route<State> | null,
): Promise<Response> {
  const status = error instanceof HttpError ? error.status : 500;
  if (status === 404 && notFound !== null) return await notFound(ctx);
  if (errorRoute === null) throw error;
  return await renderRoute(ctx, errorRoute, status);
}
