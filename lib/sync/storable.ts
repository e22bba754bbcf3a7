/**
 * Makes free-form JSON safe to store: Clerk's metadata may have any key.
 *
 * BSON refuses NUL in a key, takes any object with a key `_bsontype` for one of
 * its own classes, silently replaces lone surrogates, and MongoDB refuses deep
 * nesting; keys such as `$set`, `a.b` and `__proto__` are legal inside a value
 * and stay as they are.
 */

/** Shown where a NUL was: the picture of it, U+2400. */
const NUL_PICTURE = "\u2400";

/** An object with this key, which a browser can write, fails in the encoder. */
const BSON_CLASS_KEY = "_bsontype";

/** MongoDB stores 100 levels; a document of ours adds a few. */
const MAX_DEPTH = 80;

/**
 * Copies a JSON value so that BSON takes it and gives it back unchanged.
 *
 * @param value A value as JSON.parse() makes it.
 * @returns A copy; scalars and dates are themselves.
 */
export function toStorable(value: unknown): unknown {
  return convert(value, 0);
}

/**
 * Text as BSON gives it back: lone surrogates become U+FFFD.
 *
 * @param text Text; null and undefined are themselves.
 * @returns Text that is equal to what is stored of it.
 */
export function toStorableText(
  text: string | null | undefined,
): string | null | undefined {
  return text?.toWellFormed() ?? text;
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
      toStorableKey(key),
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

function toStorableKey(key: string): string {
  if (key === BSON_CLASS_KEY) return `${key}${NUL_PICTURE}`;
  return key.replaceAll("\0", NUL_PICTURE).toWellFormed();
}
