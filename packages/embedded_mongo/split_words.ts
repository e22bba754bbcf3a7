/** Lists of names, written as a text: fields, operators, stages. */

/** The words of a text, whatever white space lies between. */
export function splitWords(text: string): string[] {
  return text.trim().split(/\s+/);
}
