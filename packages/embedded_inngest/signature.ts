/**
 * Signatures both ways, and the Bearer that the SDK shows when it calls the engine.
 *
 * Header `x-inngest-signature: t=<unix s>&s=<hex HMAC-SHA256(key, text + t)>`; the key is the
 * signing key without its `signkey-<env>-` prefix, used as text (Inngest SDK spec 4.1.3).
 */
import { createHash, createHmac, timingSafeEqual } from "node:crypto";
import { systemClock } from "./clock.ts";

const TOLERANCE_MS = 5 * 60_000; // Inngest SDK spec 4.1.3
const KEY_PREFIX = /^signkey-[\w]+-/;

/**
 * Signs a text for the header `x-inngest-signature`.
 *
 * @param text the canonical body of a request, or the raw body of a response
 * @param signingKey the full key, prefix included
 * @param nowMs the current time in ms since the epoch; the wall clock's, for both sides compare it
 * @returns the header's value
 */
export function signText(
  text: string,
  signingKey: string,
  nowMs: number = wallClockMs(),
): string {
  const timestamp = String(Math.floor(nowMs / 1000));
  return `t=${timestamp}&s=${mac(text, timestamp, signingKey)}`;
}

/**
 * Checks the signature of an SDK's response.
 *
 * @param header the value of `x-inngest-signature`, or null
 * @param text the raw body
 * @param signingKey the full key, prefix included
 * @param nowMs the current time in ms since the epoch; the wall clock's, for both sides compare it
 * @returns true when the signature is ours and at most five minutes old
 */
export function isSignedBy(
  header: string | null,
  text: string,
  signingKey: string,
  nowMs: number = wallClockMs(),
): boolean {
  const [, timestamp, signature] =
    /^t=(\d+)&s=([0-9a-f]{64})$/.exec(header ?? "") ?? [];
  if (timestamp === undefined || signature === undefined) return false;
  if (Math.abs(nowMs - Number(timestamp) * 1000) > TOLERANCE_MS) return false;
  return timingSafeEqual(
    new TextEncoder().encode(signature),
    new TextEncoder().encode(mac(text, timestamp, signingKey)),
  );
}

/**
 * Works out what the SDK sends as its Bearer token: the prefix and the hash of the decoded key.
 *
 * @param signingKey the full key, prefix included
 * @returns the token that authenticates API calls
 */
export function hashSigningKey(signingKey: string): string {
  const prefix = KEY_PREFIX.exec(signingKey)?.[0] ?? "";
  const secret = signingKey.slice(prefix.length);
  return prefix + createHash("sha256").update(secret, "hex").digest("hex");
}

function mac(text: string, timestamp: string, signingKey: string): string {
  const secret = signingKey.replace(KEY_PREFIX, "");
  return createHmac("sha256", secret).update(text).update(timestamp).digest(
    "hex",
  );
}

/** Not the engine's clock: a signature expires by the clock of whoever checks it. */
function wallClockMs(): number {
  return systemClock.now().getTime();
}
