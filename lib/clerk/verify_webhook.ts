/**
 * Step ② of the path: tells a genuine webhook from a forged one.
 *
 * Clerk signs through Svix (Standard Webhooks): HMAC-SHA256 over id, timestamp
 * and raw body, at most five minutes old. The headers come as `svix-*` or, in
 * whitelabel mode, as `webhook-*`. Several secrets may be configured while one
 * is being rotated; any of them verifies. This file does not read the body's
 * content: that is parse_envelope.ts.
 */
import { Webhook, WebhookVerificationError } from "svix";

/** What a signature check found. */
export type Verification =
  | {
    readonly kind: "verified";
    /** The `svix-id`: the same across retries and replays. */
    readonly id: string;
    /** When this attempt was made, by Svix's clock. */
    readonly attemptedAt: Date;
    /** Fingerprint of the secret that fits. */
    readonly secret: string;
  }
  | {
    readonly kind: "rejected";
    readonly reason: "missing-header" | "stale-timestamp" | "bad-signature";
    /** A sentence for the sender, without anything secret. */
    readonly detail: string;
  };

/** Checks one request; the body is the text that was received, unchanged. */
export type VerifyWebhook = (headers: Headers, body: string) => Verification;

/** The three headers of a signature. */
export interface SignedHeaders {
  readonly id: string;
  readonly timestamp: string;
  readonly signature: string;
}

/**
 * Makes the check for a set of secrets.
 *
 * @param secrets `whsec_…` each; an empty list rejects everything.
 * @returns The check.
 * @throws {Error} when a secret is not base64.
 */
export async function createWebhookVerifier(
  secrets: readonly string[],
): Promise<VerifyWebhook> {
  const keys = await Promise.all(secrets.map(async (secret) => ({
    webhook: new Webhook(secret),
    fingerprint: await fingerprintSecret(secret),
  })));

  return function verifyWebhook(headers, body) {
    const signed = readSignedHeaders(headers);
    if (typeof signed === "string") {
      return reject(
        "missing-header",
        `Cannot verify webhook: header "${signed}" is missing`,
      );
    }
    let isStale = false;
    for (const { webhook, fingerprint } of keys) {
      const failure = tryVerify(webhook, signed, body);
      if (failure === undefined) return accept(signed, fingerprint);
      isStale ||= /timestamp/i.test(failure.message);
    }
    return isStale
      ? reject(
        "stale-timestamp",
        "Cannot verify webhook: the timestamp is not within five minutes of the present",
      )
      : reject("bad-signature", "Cannot verify webhook: no signature matches");
  };
}

/**
 * A name for a secret that gives nothing of it away.
 *
 * @param secret Any text.
 * @returns The first 8 hex digits of its SHA-256.
 */
export async function fingerprintSecret(secret: string): Promise<string> {
  const digest = await crypto.subtle.digest(
    "SHA-256",
    new TextEncoder().encode(secret),
  );
  return new Uint8Array(digest.slice(0, 4)).toHex();
}

/**
 * Reads a signature's headers, by either of their names.
 *
 * @param headers The request's.
 * @returns All three, or the name of the first that is missing.
 */
export function readSignedHeaders(headers: Headers): SignedHeaders | string {
  const read = (name: string) =>
    headers.get(`svix-${name}`) ?? headers.get(`webhook-${name}`);
  const id = read("id");
  const timestamp = read("timestamp");
  const signature = read("signature");
  if (!id) return "svix-id";
  if (!timestamp) return "svix-timestamp";
  if (!signature) return "svix-signature";
  return { id, timestamp, signature };
}

function tryVerify(
  webhook: Webhook,
  signed: SignedHeaders,
  body: string,
): Error | undefined {
  try {
    webhook.verify(body, {
      "svix-id": signed.id,
      "svix-timestamp": signed.timestamp,
      "svix-signature": signed.signature,
    });
    return undefined;
  } catch (error) {
    if (error instanceof WebhookVerificationError) return error;
    throw error;
  }
}

function accept(signed: SignedHeaders, secret: string): Verification {
  const attemptedAt = new Date(Number.parseInt(signed.timestamp, 10) * 1000);
  return { kind: "verified", id: signed.id, attemptedAt, secret };
}

function reject(
  reason: Extract<Verification, { kind: "rejected" }>["reason"],
  detail: string,
): Verification {
  return { kind: "rejected", reason, detail };
}
