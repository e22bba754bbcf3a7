/**
 * What the engine leaves to Inngest's own server, and how it says so.
 */

/** The end of a sentence whose subject is what the engine lacks: that it does, and the way out. */
export const IS_NOT_IMPLEMENTED =
  "is not implemented by the embedded engine: do without it, or point INNGEST_BASE_URL at " +
  "Inngest's own server";

const UNSERVED: readonly (readonly [path: RegExp, what: string])[] = [
  [/^\/v1\/signals$/, "the signals API"],
  [/^\/v1\/realtime\//, "the realtime API"],
  [/^\/v0\/connect\//, "the connect API"],
  [/^\/v1\/checkpoint(\/[^/]+\/steps)?$/, "the API of durable endpoints"],
];

/**
 * Names the part of Inngest's API that a path belongs to, when the engine lacks that part.
 *
 * @param pathname the path of a request
 */
export function findGap(pathname: string): string | undefined {
  return UNSERVED.find(([path]) => path.test(pathname))?.[1];
}
