/**
 * A refused body as it may be kept: its shape and its ids, nothing else.
 *
 * Nobody vouches for such a body, and it may be cut off anywhere, so it is not
 * parsed: it is read token by token, and only what is known to be harmless stays.
 * A genuine event that one of our secrets failed to verify holds codes, tickets
 * and personal data like any other.
 */

/** A string with the colon that makes it a key, a number, a word or a mark. */
const TOKEN =
  /("(?:[^"\\]|\\.)*"?)(\s*:)?|-?\d[\d.eE+-]*|true|false|null|[{}[\],]|\s+|[^]/g;

const NAMES = /^"(?:type|object|slug|status|id|\w+_id)"$/;
const TIMES = /^"(?:timestamp|\w+_at)"$/;
const HARMLESS_NAME = /^"[\w.-]{0,64}"$/;
const HARMLESS_KEY = /^"\w{1,64}"$/;
const HIDDEN = '"…"';

/**
 * Redacts a body.
 *
 * @param text The body, or the beginning of it; it need not be JSON.
 * @returns Its keys, event type, ids and times; `"…"` for every other text or
 * number, `?` for what JSON does not have.
 */
export function redactBody(text: string): string {
  let key = "";
  return text.replace(TOKEN, (token, string?: string, colon?: string) => {
    if (string !== undefined && colon !== undefined) {
      key = string;
      return (HARMLESS_KEY.test(string) ? string : HIDDEN) + ":";
    }
    if (string !== undefined) {
      return NAMES.test(key) && HARMLESS_NAME.test(string) ? string : HIDDEN;
    }
    if (/^-?\d/.test(token)) return TIMES.test(key) ? token : HIDDEN;
    return /^(?:true|false|null|[{}[\],])$/.test(token)
      ? token
      : token.trim() === ""
      ? " "
      : "?";
  }).replace(/\?{2,}/g, "?");
}
