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
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(",")}]`;
  const members = Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .sort(([a], [b]) => a < b ? -1 : 1)
    .map(([key, member]) => `${JSON.stringify(key)}:${canonicalJson(member)}`);
  return `{${members.join(",")}}`;
}
