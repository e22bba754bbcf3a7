/**
 * Makes free-form JSON safe to store: Clerk's metadata may have any key.
 *
 * BSON refuses NUL in a key, silently replaces lone surrogates, and MongoDB
 * refuses deep nesting; keys such as `$set`, `a.b` and `__proto__` are legal
 * inside a value and stay as they are.
 */

/** Shown where a NUL was: the picture of it, U+2400. */
const NUL_PICTURE = "\u2400";

/** MongoDB stores 100 levels; a document of ours adds a few. */
const MAX_DEPTH = 80;

/**
 * Copies a JSON value so that BSON takes it and gives it back unchanged.
 *
 * @param value A value as JSON.parse() makes it.
 * @returns The value itself when nothing had to change, else a copy.
 */
export function toStorable(value: unknown): unknown {
  return convert(value, 0);
}

function convert(value: unknown, depth: number): unknown {
  if (typeof value === "string") return value.toWellFormed();
  if (typeof value !== "object" || value === null || value instanceof Date) {
    return value;
  }
  if (depth >= MAX_DEPTH) return "[nested too deep]";
  if (Array.isArray(value)) {
    return value.map((item) => convert(item, depth + 1));
  }
  const copy: Record<string, unknown> = {};
  for (const [key, child] of Object.entries(value)) {
    if (child === undefined) continue;
    // Plain assignment to `__proto__` would set the copy's prototype.
    Object.defineProperty(
      copy,
      key.replaceAll("\0", NUL_PICTURE).toWellFormed(),
      {
        value: convert(child, depth + 1),
        enumerable: true,
        configurable: true,
        writable: true,
      },
    );
  }
  return copy;
}
