/**
 * Identifiers in Clerk's form: a prefix and a KSUID (27 base62 characters that
 * sort by the second of creation).
 *
 * The 16 payload bytes, random at Clerk, carry two numbers here: the first four
 * the caller's serial, so that ids of one second sort by serial and a generated
 * user's index can be read back from its id.
 *
 * Source: KSUID is 4 bytes of seconds since 1400000000 and 16 bytes of payload.
 */

import { hashOf } from "./seeded_random.ts";

const ALPHABET =
  "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const KSUID_EPOCH_S = 1_400_000_000;
const KSUID_LENGTH = 27;
const WORDS = 5; // 20 bytes as 32-bit words, the most significant first

/** What an id says about the thing it names. */
export interface ClerkIdParts {
  /** Second of creation, Unix time. */
  readonly createdAtS: number;
  /** The serial given to {@linkcode makeClerkId}. */
  readonly serial: number;
}

/**
 * Makes the one id that a prefix, an instant, a serial and a seed stand for.
 *
 * @param prefix Clerk's kind, such as `user` or `idn`.
 * @param createdAtMs Instant of creation, Unix ms.
 * @param serial An unsigned 32-bit number, unique for the prefix and seed.
 * @param seed Makes the remaining 12 bytes.
 * @returns For example `user_3ANnfgL0mI4m6MJhl5HIrCukojP`.
 */
export function makeClerkId(
  prefix: string,
  createdAtMs: number,
  serial: number,
  seed: number,
): string {
  const words = [
    Math.floor(createdAtMs / 1000) - KSUID_EPOCH_S,
    serial,
    hashOf(seed, serial),
    hashOf(seed + 1, serial),
    hashOf(seed + 2, serial),
  ];
  return `${prefix}_${encodeBase62(words)}`;
}

/**
 * Reads the creation second and the serial back from an id.
 *
 * @param id With or without its prefix.
 * @returns Undefined when the text is not a KSUID.
 */
export function readClerkId(id: string): ClerkIdParts | undefined {
  const ksuid = id.slice(id.lastIndexOf("_") + 1);
  if (ksuid.length !== KSUID_LENGTH) return undefined;
  const words = decodeBase62(ksuid);
  if (words === undefined) return undefined;
  const [seconds = 0, serial = 0] = words;
  return { createdAtS: seconds + KSUID_EPOCH_S, serial };
}

/** Long division by 62, on 32-bit words: ten times faster than BigInt. */
function encodeBase62(words: number[]): string {
  let text = "";
  for (let digit = 0; digit < KSUID_LENGTH; digit++) {
    let remainder = 0;
    for (let at = 0; at < WORDS; at++) {
      const value = remainder * 2 ** 32 + (words[at] ?? 0);
      words[at] = Math.floor(value / 62);
      remainder = value % 62;
    }
    text = ALPHABET.charAt(remainder) + text;
  }
  return text;
}

function decodeBase62(text: string): number[] | undefined {
  const words = new Array<number>(WORDS).fill(0);
  for (const character of text) {
    let carry = ALPHABET.indexOf(character);
    if (carry < 0) return undefined;
    for (let at = WORDS - 1; at >= 0; at--) {
      const value = (words[at] ?? 0) * 62 + carry;
      words[at] = value % 2 ** 32;
      carry = Math.floor(value / 2 ** 32);
    }
    if (carry > 0) return undefined;
  }
  return words;
}
