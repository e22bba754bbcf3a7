/**
 * `trailingSlashes()`: redirects to the one form of an address that counts.
 */
import type { Middleware } from "../middleware.ts";

/**
 * Makes a middleware that adds or removes the slash at the end of paths.
 *
 * @param mode Whether addresses end in a slash.
 * @returns The middleware.
 */
export function trailingSlashes<State>(
  mode: "always" | "never",
): Middleware<State> {
  return function redirectToForm(ctx) {
    const { pathname, search } = ctx.url;
    const hasSlash = pathname.endsWith("/");
    if (pathname === "/" || hasSlash === (mode === "always")) return ctx.next();
    const path = hasSlash ? pathname.slice(0, -1) : `${pathname}/`;
    return ctx.redirect(path + search);
  };
}
