/**
 * The check of the admin password: constant time, and slow to be guessed.
 *
 * After ten wrong passwords within a minute, from whomever, nobody may try for
 * the rest of that minute. The count is this process's own and is lost with it.
 */
import type { Clock } from "../clock.ts";

/** What the gate says to a password. */
export type GateAnswer =
  | { readonly kind: "open" }
  | { readonly kind: "wrong" }
  | { readonly kind: "closed"; readonly retryAfterS: number };

/** Checks one password. */
export type PasswordGate = (password: string) => Promise<GateAnswer>;

const MAX_FAILURES = 10;
const WINDOW_MS = 60_000;

/**
 * Makes the gate.
 *
 * @param password The right one.
 * @param clock Tells when a minute is over.
 * @returns The check.
 */
export function createPasswordGate(
  password: string,
  clock: Clock,
): PasswordGate {
  const expected = digest(password);
  let failures = 0;
  let windowEndsMs = 0;

  return async function checkPassword(attempt) {
    const now = clock.now().getTime();
    if (now >= windowEndsMs) {
      failures = 0;
      windowEndsMs = now + WINDOW_MS;
    }
    if (failures >= MAX_FAILURES) {
      return {
        kind: "closed",
        retryAfterS: Math.ceil((windowEndsMs - now) / 1000),
      };
    }
    // Counted before anything is awaited, so that guesses at once count too.
    failures++;
    if (!isEqual(await expected, await digest(attempt))) {
      return { kind: "wrong" };
    }
    failures = Math.max(0, failures - 1);
    return { kind: "open" };
  };
}

async function digest(text: string): Promise<Uint8Array> {
  return new Uint8Array(
    await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text)),
  );
}

function isEqual(a: Uint8Array, b: Uint8Array): boolean {
  let difference = 0;
  for (const [index, byte] of a.entries()) difference |= byte ^ (b[index] ?? 0);
  return difference === 0;
}
