/**
 * Reads a `Retry-After` header, whatever is in it.
 *
 * The services that are asked document whole seconds; edges in front of them may
 * send a date, zero or nonsense, and none of that may stop a scan or a function.
 *
 * Source: RFC 9110 §10.2.3; clerk-docs, system limits.
 */

/**
 * Says how long to wait.
 *
 * @param header The header as received, or null.
 * @param now What an HTTP date is compared with.
 * @returns Milliseconds, 0 or more; undefined when the header says nothing.
 */
export function parseRetryAfter(
  header: string | null,
  now: Date,
): number | undefined {
  const text = header?.trim() ?? "";
  if (/^\d{1,9}$/.test(text)) return Number(text) * 1000;
  // Date.parse takes "7.5" and "-3" for years; an HTTP date names its day.
  const atMs = /^[A-Za-z]{3,9},? /.test(text) ? Date.parse(text) : NaN;
  return Number.isNaN(atMs) ? undefined : Math.max(0, atMs - now.getTime());
}
