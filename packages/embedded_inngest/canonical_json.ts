/**
 * JSON in the canonical form of RFC 8785, the text over which requests to the SDK are signed.
 *
 * The SDK parses a body and signs its canonical form again, so the engine sends that form itself
 * and signs what it sends. JavaScript's own number and string output already is RFC 8785's.
 */

/**
 * Writes a parsed JSON value with sorted keys and no white space.
 *
 * @param value a value that came from JSON
 * @returns the canonical text; `undefined` becomes `null`
 */
export function canonicalJson(value: unknown): string {
  if (value === null || typeof value !== "object") {
    return JSON.stringify(value) ?? "null";
  }
  return Array.isArray(value) ? canonicalList(value) : canonicalRecord(value);
}

function canonicalList(items: readonly unknown[]): string {
  let text = "";
  for (const item of items) {
    text += (text === "" ? "[" : ",") + canonicalJson(item);
  }
  return text === "" ? "[]" : `${text}]`;
}

/** Text is joined as it comes: this is the hottest loop of a request, and lists of pieces cost. */
function canonicalRecord(record: object): string {
  let text = "";
  for (const key of Object.keys(record).sort()) {
    const member: unknown = Reflect.get(record, key);
    if (member === undefined) continue;
    text += `${text === "" ? "{" : ","}${quoteKey(key)}:${
      canonicalJson(member)
    }`;
  }
  return text === "" ? "{}" : `${text}}`;
}

const MAX_QUOTED_KEYS = 2_000; // keys come from outside, so the cache is bounded
const MAX_QUOTED_CHARS = 64;
const quotedKeys = new Map<string, string>();

function quoteKey(key: string): string {
  let quoted = quotedKeys.get(key);
  if (quoted === undefined) {
    quoted = JSON.stringify(key);
    const isKept = quotedKeys.size < MAX_QUOTED_KEYS &&
      key.length <= MAX_QUOTED_CHARS;
    if (isKept) quotedKeys.set(key, quoted);
  }
  return quoted;
}
