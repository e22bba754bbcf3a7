/** JSON from somebody else, who may send something else instead. */

/**
 * Parses JSON.
 *
 * @param text Anything: an edge may answer in HTML, or stop half-way.
 * @returns The value; undefined when the text is no JSON.
 */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
