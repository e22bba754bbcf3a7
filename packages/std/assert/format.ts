/**
 * How values are printed in the messages of assertions: sorted, one entry a
 * line, nothing shortened, as `@std/assert` prints them.
 */

/**
 * Prints a value.
 *
 * @param value Any value, at any depth.
 * @returns Its text, of many lines where it has entries.
 */
export function format(value: unknown): string {
  return Deno.inspect(value, {
    depth: Infinity,
    sorted: true,
    trailingComma: true,
    compact: false,
    iterableLimit: Infinity,
    getters: true,
    strAbbreviateSize: Infinity,
  });
}
