/**
 * Runs a route: its handler first, then its component with the handler's data.
 */
import type { Context } from "../context.ts";
import { readUiTree } from "../context.ts";
import {
  type HandlerFn,
  isHandlerByMethod,
  type PageResponse,
} from "../handlers.ts";
import type { Route } from "../route.ts";
import type { Method } from "../routing/router.ts";
import { HttpError } from "../shared/http_error.ts";
import { renderComponent } from "./render_component.tsx";

/**
 * Answers a request with a route.
 *
 * @param ctx The request.
 * @param route The route, its handlers completed by {@linkcode completeRoute}.
 * @param status Status of the page when the handler names none.
 * @returns The handler's own answer, or the rendered page.
 */
export async function renderRoute<State>(
  ctx: Context<State>,
  route: Route<State>,
  status = 200,
): Promise<Response> {
  const tree = readUiTree(ctx);
  if (route.config?.skipAppWrapper) tree.app = null;
  if (route.config?.skipInheritedLayouts) tree.layouts = [];
  const handler = pickHandler(route, ctx.req.method);
  const outcome = handler === null ? await ctx.next() : await handler(ctx);
  if (outcome instanceof Response) return outcome;
  return await renderOutcome(ctx, route, outcome, status);
}

/**
 * Fills in the handlers that a route leaves out: without any it renders its
 * component, and so does `GET` when there is none.
 *
 * @param route The route as it was written.
 * @returns A route to be given to {@linkcode renderRoute}.
 */
export function completeRoute<State>(route: Route<State>): Route<State> {
  const { handler, component } = route;
  if (handler === undefined) {
    const fallback = component === undefined ? throwNotFound : renderEmpty;
    return { ...route, handler: fallback };
  }
  if (!isHandlerByMethod(handler) || component === undefined) return route;
  return { ...route, handler: { ...handler, GET: handler.GET ?? renderEmpty } };
}

function renderEmpty(): PageResponse<unknown> {
  return { data: {} };
}

/** What is at the end of every chain of middlewares when no route fits. */
export function throwNotFound(): never {
  throw new HttpError(404);
}

function pickHandler<State>(
  { handler }: Route<State>,
  method: string,
): HandlerFn<unknown, State> | null {
  if (handler === undefined) throw new Error("Cannot run route: no handler");
  if (!isHandlerByMethod(handler)) return handler;
  const found = handler[method.toUpperCase() as Method];
  return found ?? (method === "HEAD" ? handler.GET ?? null : null);
}

async function renderOutcome<State>(
  ctx: Context<State>,
  route: Route<State>,
  outcome: PageResponse<unknown>,
  status: number,
): Promise<Response> {
  const headers = new Headers();
  for (const [name, value] of listHeaders(outcome.headers)) {
    headers.set(name, value);
  }
  const init = { headers, status: outcome.status ?? status };
  if (route.component === undefined) return await ctx.render(null, init);
  const vnode = await renderComponent(
    ctx,
    route.component,
    () => null,
    outcome.data,
  );
  return vnode instanceof Response ? vnode : await ctx.render(vnode, init);
}

function listHeaders(headers: HeadersInit = {}): Iterable<[string, string]> {
  if (headers instanceof Headers || Array.isArray(headers)) return headers;
  return Object.entries(headers);
}
