/**
 * Search by the beginning of a text, on the plain indexes that any MongoDB has.
 *
 * Stored texts are matched as typed and in the spellings that people use (lower,
 * upper, capitalised), each a range of an index. It makes no regular expression
 * of what somebody typed, so hostile text is a text like any other.
 */
import type { Document } from "mongodb";

/** Nobody types more; longer texts are cut. */
const MAX_LENGTH = 200;

/** Sorts after every character that a text goes on with. */
const LAST = "\u{10ffff}";

/**
 * Makes the condition that a field begins with a text.
 *
 * @param text As typed, not empty.
 * @returns The range.
 */
export function beginsWith(text: string): Document {
  return { $gte: text, $lt: text + LAST };
}

/**
 * Brings what somebody typed into the form that is searched.
 *
 * @param text As typed.
 * @returns Trimmed, well formed, at most 200 characters.
 */
export function toSearchText(text: string | null): string {
  return (text ?? "").slice(0, MAX_LENGTH).toWellFormed().trim();
}

/**
 * Lists the spellings in which a text may be stored.
 *
 * @param text As typed.
 * @returns The different ones, the typed one first.
 */
export function spellingsOf(text: string): readonly string[] {
  const lower = text.toLowerCase();
  const capitalised = lower.replace(
    /(^|[\s'-])(\p{L})/gu,
    (_, gap: string, letter: string) => gap + letter.toUpperCase(),
  );
  return [...new Set([text, lower, capitalised, text.toUpperCase()])];
}
