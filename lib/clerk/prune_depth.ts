/**
 * Keeps hostile nesting from reaching parts that recurse.
 *
 * A user's own browser can write `unsafe_metadata` thousands of levels deep
 * within Clerk's 8 KB. JSON.stringify and BSON encoders recurse, and MongoDB
 * refuses more than 100 levels. Refusing the event would let a user block the
 * sync of his own account, so the depth is cut instead.
 */

/** Levels below `data` that are kept: MongoDB's 100, less our own wrapping. */
const MAX_DEPTH = 64;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/** Stands where a deeper value was. */
export const PRUNED = "[nested too deep]";

/**
 * Cuts values nested deeper than 64 levels.
 *
 * @param value The parsed value; changed in place where it is too deep.
 * @param text The text it was parsed from: few brackets mean little depth.
 * @returns The value, or the mark when it is itself too deep.
 */
export function pruneDepth(value: unknown, text: string): unknown {
  if (!mayBeDeep(text)) return value;
  const pending: { parent: object; depth: number }[] = [];
  if (isContainer(value)) pending.push({ parent: value, depth: 1 });
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    for (const [key, child] of Object.entries(next.parent)) {
      if (!isContainer(child)) continue;
      if (next.depth < MAX_DEPTH) {
        pending.push({ parent: child, depth: next.depth + 1 });
      } else {Object.defineProperty(next.parent, key, {
          value: PRUNED,
          enumerable: true,
        });}
    }
  }
  return value;
}

/** Whether the JSON text opens more levels at once than are kept. */
function mayBeDeep(text: string): boolean {
  let open = 0;
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code === QUOTE) index = endOfString(text, index);
    else if (code === 0x5b || code === 0x7b) open++;
    else if (code === 0x5d || code === 0x7d) open--;
    if (open > MAX_DEPTH) return true;
  }
  return false;
}

/** Index of the quote that closes the string opened at `start`. */
function endOfString(text: string, start: number): number {
  let end = text.indexOf('"', start + 1);
  while (end !== -1 && isEscaped(text, end)) end = text.indexOf('"', end + 1);
  return end === -1 ? text.length : end;
}

function isEscaped(text: string, index: number): boolean {
  let backslashes = 0;
  while (text.charCodeAt(index - 1 - backslashes) === BACKSLASH) backslashes++;
  return backslashes % 2 === 1;
}

function isContainer(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}
