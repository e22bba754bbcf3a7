/**
 * `csrf()`: refuses requests that change something and come from elsewhere, by
 * `Sec-Fetch-Site` and, where that is missing, by `Origin`.
 *
 * Requests with neither header are let through: they come from no browser.
 */
import type { Context } from "../context.ts";
import type { Middleware } from "../middleware.ts";
import { HttpError } from "../shared/http_error.ts";

/** Options of {@linkcode csrf}. */
// deno-lint-ignore no-explicit-any -- the original's signature
export interface CsrfOptions<State = any> {
  /** Origins to be trusted; the app's own by default. */
  origin?:
    | string
    | string[]
    | ((origin: string, context: Context<State>) => boolean);
}

const SAFE_METHODS = new Set(["GET", "HEAD", "OPTIONS"]);

/**
 * Makes a middleware that answers 403 to requests from other origins.
 *
 * @param options See {@linkcode CsrfOptions}.
 * @returns The middleware.
 */
export function csrf<State>(options: CsrfOptions = {}): Middleware<State> {
  return async function refuseForeign(ctx) {
    const { method, headers } = ctx.req;
    const site = headers.get("Sec-Fetch-Site");
    const origin = headers.get("Origin");
    const isOwn = SAFE_METHODS.has(method) ||
      site === "same-origin" || site === "none" ||
      site === null && origin === null ||
      origin !== null && isTrusted(origin, ctx, options);
    if (!isOwn) throw new HttpError(403);
    return await ctx.next();
  };
}

function isTrusted<State>(
  origin: string,
  ctx: Context<State>,
  { origin: trusted }: CsrfOptions<State>,
): boolean {
  if (!trusted) return origin === ctx.url.origin;
  if (typeof trusted === "function") return trusted(origin, ctx);
  return [trusted].flat().includes(origin);
}
