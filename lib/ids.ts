/**
 * Random identifiers that people meet: suffixes for clashing names and keys
 * for records that no outside system has named yet.
 */

/** Lower-case letters and digits without 0, 1, l and o, which read alike. */
const READABLE = "abcdefghijkmnpqrstuvwxyz23456789";

/**
 * Makes a short random text that reads well, from the system's secure source.
 *
 * @param length Characters, each worth 5 bits.
 * @returns Lower-case letters and digits.
 */
export function randomReadable(length: number): string {
  const bytes = crypto.getRandomValues(new Uint8Array(length));
  return Array.from(bytes, (byte) => READABLE[byte % READABLE.length]).join("");
}
