/** Where a form or a link may lead to afterwards: a path of our own, never away. */

/**
 * Checks a path that came with a request.
 *
 * @param value Anything; `//host`, `/\host` and `https:` lead elsewhere.
 * @param fallback Where to go instead; the dashboard by default.
 * @returns The path, or the fallback.
 */
export function safePath(value: unknown, fallback = "/dashboard"): string {
  return typeof value === "string" && /^\/(?![/\\])[^\s\\]*$/.test(value)
    ? value
    : fallback;
}
