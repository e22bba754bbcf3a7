/** Writes lists of operators in a few lines. */

/** The words of a text, whatever white space lies between. */
export function splitWords(text: string): string[] {
  return text.trim().split(/\s+/);
}
