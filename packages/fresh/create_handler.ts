/**
 * What answers requests, made of everything that an app has registered.
 *
 * A request goes through these steps: `Router.match()` finds the chain for its
 * method and path; `compileMiddlewares()` made that chain of what
 * `listMiddlewares()` found on the way down; `renderRoute()` stands at its end.
 * Paths without a route run through the root's middlewares only.
 */
import { STATUS_CODES } from "node:http";
import type { BuildCache } from "./build_cache.ts";
import type { ResolvedFreshConfig } from "./config.ts";
import { Context } from "./context.ts";
import { compileMiddlewares, type Middleware } from "./middleware.ts";
import { throwNotFound } from "./rendering/render_route.ts";
import type { Registration } from "./routing/registration.ts";
import { ALL_METHODS, Router } from "./routing/router.ts";
import { createSegment, listMiddlewares } from "./routing/segment.ts";
import { HttpError } from "./shared/http_error.ts";

/** What answers requests; fits `Deno.serve`. */
export type AppHandler = (
  request: Request,
  info?: Deno.ServeHandlerInfo,
) => Promise<Response>;

/** What an app knows when it is asked for its handler. */
export interface HandlerOptions<State> {
  /** In the order of their registration. */
  readonly registrations: readonly Registration<State>[];
  /** Read with each request. */
  readonly config: ResolvedFreshConfig;
  readonly buildCache: BuildCache<State>;
  /** Hears of errors before any error page answers them. */
  readonly onError: (error: unknown) => void;
}

/** Stands in when the handler is called without a connection, as in tests. */
const NO_CONNECTION: Deno.ServeHandlerInfo = {
  remoteAddr: { transport: "tcp", hostname: "localhost", port: 1234 },
  completed: Promise.resolve(),
};

/**
 * Makes the handler.
 *
 * @param options What is registered, and what was built.
 * @returns The handler. It rejects only for paths that are not properly
 * percent-encoded; other errors are answered.
 */
export function createHandler<State>(
  { registrations, config, buildCache, onError }: HandlerOptions<State>,
): AppHandler {
  const table = {
    root: createSegment<State>(null),
    router: new Router<Middleware<State>>(),
    onError,
  };
  for (const register of registrations) register(table, config.basePath);
  const { router } = table;
  const rootChain = listMiddlewares(table.root);
  const rootHandler = compileMiddlewares(rootChain, onError);

  return async (req, info = NO_CONNECTION) => {
    const url = readUrl(req, config);
    const method = req.method.toUpperCase();
    const { item, params, pattern: route } = router.match(method, url);
    if (route !== null && !isRoutable(method)) {
      return answerUncaught(new Error(`Cannot route request: ${method}`));
    }
    const last = item === null && route !== null
      ? answerMethod(method, router.listMethods(route))
      : throwNotFound;
    const next = async () => await last();
    const ctx = new Context<State>({
      req,
      url,
      info,
      route,
      params,
      config,
      next,
      buildCache,
    });
    return await answer(ctx, item ?? rootHandler, method);
  };
}

/** Repeated slashes are collapsed: `//host` must not become a host. */
function readUrl(
  { url: text, headers }: Request,
  { trustProxy }: ResolvedFreshConfig,
): URL {
  const url = new URL(text);
  if (url.pathname.includes("//")) {
    url.pathname = url.pathname.replace(/\/+/g, "/");
  }
  if (!trustProxy) return url;
  const protocol = headers.get("x-forwarded-proto");
  const host = headers.get("x-forwarded-host");
  if (protocol) url.protocol = `${protocol}:`;
  if (host) url.host = host;
  return url;
}

/** Others fail as in Fresh, where no middleware sees them either. */
function isRoutable(method: string): boolean {
  return ALL_METHODS.some((known) => known === method);
}

/** A path that exists, asked with a method that it does not have. */
function answerMethod(method: string, allowed: string[]): () => Response {
  return () => {
    if (method !== "OPTIONS") throw new HttpError(405);
    const headers = { Allow: allowed.join(", ") };
    return new Response(null, { status: 204, headers });
  };
}

async function answer<State>(
  ctx: Context<State>,
  handler: Middleware<State>,
  method: string,
): Promise<Response> {
  try {
    const response: unknown = await handler(ctx);
    if (!(response instanceof Response)) {
      throw new Error(
        `Expected a "Response" instance to be returned, but got: ${response}`,
      );
    }
    return method === "HEAD" ? new Response(null, response) : response;
  } catch (error) {
    return answerUncaught(error);
  }
}

function answerUncaught(error: unknown): Response {
  const status = error instanceof HttpError ? error.status : 500;
  if (status >= 500) {
    // deno-lint-ignore no-console -- nobody else has seen it
    console.error(error);
  }
  const message = error instanceof HttpError
    ? error.message || STATUS_CODES[status]
    : "Internal server error";
  return new Response(message, { status });
}
