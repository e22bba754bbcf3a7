/**
 * ULIDs: run ids in order of creation, and event ids that a repeated POST arrives at again.
 *
 * Format: 48 bits of milliseconds and 80 bits of entropy in Crockford's base 32
 * (https://github.com/ulid/spec). Seeded ids follow Inngest's server: entropy is the client's seed
 * with the event's position, counted from 1, added to its last four bytes.
 */

const ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"; // Crockford base 32
const ENTROPY_BYTES = 10;
const TIME_CHARS = 10;
const SEED_COUNTER_OFFSET = 6; // the last four of ten bytes hold the counter

/** What an SDK sends in `x-inngest-event-id-seed`. */
export interface EventIdSeed {
  /** When the client made the seed, in ms since the epoch. */
  readonly millis: number;
  /** Ten bytes chosen by the client, the same for every try of one send. */
  readonly entropy: Uint8Array;
}

/**
 * Makes a source of ULIDs that only grow, also within one millisecond.
 *
 * @returns a function from a time in ms since the epoch to the next id
 */
export function createUlidSource(): (nowMs: number) => string {
  let lastMs = -1;
  let entropy = new Uint8Array(ENTROPY_BYTES);
  return function nextUlid(nowMs: number): string {
    if (nowMs > lastMs) {
      lastMs = nowMs;
      entropy = crypto.getRandomValues(new Uint8Array(ENTROPY_BYTES));
      entropy[0] = (entropy[0] ?? 0) & 0x7f; // room to count up without overflow
    } else {
      increment(entropy);
    }
    return encodeUlid(lastMs, entropy);
  };
}

/**
 * Derives the id of the event at `position` of a POST from the client's seed.
 *
 * @param seed the seed shared by all tries of one POST
 * @param position place in the array, from 1
 * @returns the same ULID for the same arguments
 */
export function seededUlid(seed: EventIdSeed, position: number): string {
  const entropy = Uint8Array.from(seed.entropy);
  const view = new DataView(entropy.buffer);
  view.setUint32(
    SEED_COUNTER_OFFSET,
    view.getUint32(SEED_COUNTER_OFFSET) + position,
  );
  return encodeUlid(seed.millis, entropy);
}

/**
 * Reads the header `x-inngest-event-id-seed`: `<millis>,<base64 of 10 bytes>`.
 *
 * @param header the header's value, or null when it is absent
 * @returns the seed, or undefined when the header is absent or malformed
 */
export function parseEventIdSeed(
  header: string | null,
): EventIdSeed | undefined {
  const [millisText, entropyText] = header?.split(",") ?? [];
  if (!millisText || !entropyText) return undefined;
  const millis = Number(millisText);
  if (!Number.isSafeInteger(millis) || millis < 0 || millis >= 2 ** 48) {
    return undefined;
  }
  const entropy = decodeBase64(entropyText);
  return entropy?.length === ENTROPY_BYTES ? { millis, entropy } : undefined;
}

function increment(bytes: Uint8Array): void {
  for (let i = bytes.length - 1; i >= 0; i--) {
    const next = ((bytes[i] ?? 0) + 1) & 0xff;
    bytes[i] = next;
    if (next !== 0) return;
  }
}

function encodeUlid(millis: number, entropy: Uint8Array): string {
  let time = "";
  for (let i = 0, rest = millis; i < TIME_CHARS; i++) {
    time = ALPHABET.charAt(rest % 32) + time;
    rest = Math.floor(rest / 32);
  }
  return time + encodeFiveBytes(entropy, 0) + encodeFiveBytes(entropy, 5);
}

/** Forty bits are eight characters exactly, and two halves fit in safe integers. */
function encodeFiveBytes(bytes: Uint8Array, from: number): string {
  let value = 0;
  for (let i = from; i < from + 5; i++) value = value * 256 + (bytes[i] ?? 0);
  let text = "";
  for (let i = 0; i < 8; i++) {
    text = ALPHABET.charAt(value % 32) + text;
    value = Math.floor(value / 32);
  }
  return text;
}

function decodeBase64(text: string): Uint8Array | undefined {
  try {
    return Uint8Array.fromBase64(text);
  } catch {
    return undefined; // malformed, as anything that anyone sends may be
  }
}
