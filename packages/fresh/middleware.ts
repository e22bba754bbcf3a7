/**
 * Middlewares, and how a list of them becomes one.
 *
 * `ctx.next` is set anew before each of them runs, and the first error that
 * comes by is kept in `ctx.error`.
 */
import { type Context, readUiTree } from "./context.ts";

/** Answers a request, or lets `ctx.next()` do so. */
export type Middleware<State> = (
  ctx: Context<State>,
) => Response | Promise<Response>;

/** The former name of {@linkcode Middleware}. */
export type MiddlewareFn<State> = Middleware<State>;

/** A middleware, or a function that loads it when it is first needed. */
export type MaybeLazyMiddleware<State> = (
  ctx: Context<State>,
) => Response | Promise<Response | Middleware<State>>;

/**
 * Makes one middleware of many, each the `ctx.next()` of the one before.
 *
 * @param middlewares In the order in which they run.
 * @param onError Told of each error once, where it first appears.
 * @returns The chain; after its last link it calls the `ctx.next` it was given.
 */
export function compileMiddlewares<State>(
  middlewares: readonly MaybeLazyMiddleware<State>[],
  onError: (error: unknown) => void,
): Middleware<State> {
  const links = middlewares.map((middleware) => loadOnce(middleware));

  async function run(
    index: number,
    ctx: Context<State>,
    tail: () => Promise<Response>,
  ): Promise<Response> {
    const link = links[index];
    if (link === undefined) return await tail();
    const tree = readUiTree(ctx);
    const { app, layouts } = tree;
    // Not assigned at once: V8 puts a function that is assigned to a property
    // into old space, and with it all that it refers to, the whole request.
    const next = () => run(index + 1, ctx, tail);
    ctx.next = next;
    try {
      return await link(ctx);
    } catch (error) {
      if (ctx.error !== error) {
        ctx.error = error;
        onError(error);
      }
      throw error;
    } finally {
      tree.app = app;
      tree.layouts = layouts;
    }
  }

  return (ctx) => run(0, ctx, ctx.next);
}

function loadOnce<State>(
  middleware: MaybeLazyMiddleware<State>,
): Middleware<State> {
  let current = middleware;
  return async (ctx) => {
    const answer = await current(ctx);
    if (typeof answer !== "function") return answer;
    current = answer;
    return await answer(ctx);
  };
}
