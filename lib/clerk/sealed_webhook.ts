/**
 * A refused webhook that can be verified again: its signature and whole body,
 * encrypted, for whoever reads the database must not read what nobody vouches
 * for.
 *
 * Only what a corrected secret could make good is sealed: a wrong signature on a
 * body that looks like an event. Types that may carry codes or tickets never
 * are: those are not kept in any form, and Svix has the message still.
 * A wrong signature implies that the timestamp was fresh on arrival, for that is
 * checked first; so age does not count again here.
 */
import { timingSafeEqual } from "node:crypto";
import { Webhook } from "svix";
import { type ClerkEnvelope, parseEnvelope } from "./parse_envelope.ts";
import { mayHoldSecrets } from "./remove_secrets.ts";
import { type InngestEvent, toInngestEvent } from "./to_inngest_event.ts";
import {
  fingerprintSecret,
  readSignedHeaders,
  type SignedHeaders,
} from "./verify_webhook.ts";

/** What a second look at a sealed webhook found. */
export type SecondLook =
  | { readonly kind: "verified"; readonly event: InngestEvent }
  | { readonly kind: "still-rejected" }
  /** Sealed under another SESSION_SECRET. */
  | { readonly kind: "unreadable" };

/** Seals webhooks and looks at them again. */
export interface WebhookSealer {
  /**
   * @param headers The request's.
   * @param body The text that was received, unchanged.
   * @returns The sealed webhook; null when it cannot ever be made good.
   */
  seal(headers: Headers, body: string): Promise<Uint8Array<ArrayBuffer> | null>;
  /**
   * @param sealed What seal() returned, in this process or an earlier one.
   * @param now The present.
   * @returns The event, if one of the present secrets verifies it.
   */
  lookAgain(sealed: Uint8Array<ArrayBuffer>, now: Date): Promise<SecondLook>;
}

const IV_BYTES = 12; // AES-GCM's own size.

/**
 * Makes a sealer.
 *
 * @param secrets `whsec_…` each.
 * @param sessionSecret The key is derived from it.
 * @returns The sealer.
 */
export async function createWebhookSealer(
  secrets: readonly string[],
  sessionSecret: string,
): Promise<WebhookSealer> {
  const key = await deriveKey(sessionSecret);
  const endpoints = await Promise.all(secrets.map(async (secret) => ({
    webhook: new Webhook(secret),
    fingerprint: await fingerprintSecret(secret),
  })));
  return {
    async seal(headers, body) {
      const signed = readSignedHeaders(headers);
      if (typeof signed === "string" || !canBecomeEvent(body)) return null;
      return await encrypt(key, JSON.stringify({ signed, body }));
    },
    async lookAgain(sealed, now) {
      const text = await decrypt(key, sealed);
      if (text === null) return { kind: "unreadable" };
      const { signed, body } = JSON.parse(text) as Sealed;
      const endpoint = endpoints.find(({ webhook }) =>
        hasSigned(webhook, signed, body)
      );
      const envelope = readEvent(body);
      if (endpoint === undefined || envelope === null) {
        return { kind: "still-rejected" };
      }
      const origin = { id: signed.id, secret: endpoint.fingerprint };
      return {
        kind: "verified",
        event: toInngestEvent(envelope, origin, now),
      };
    },
  };
}

interface Sealed {
  readonly signed: SignedHeaders;
  readonly body: string;
}

function canBecomeEvent(body: string): boolean {
  const envelope = readEvent(body);
  return envelope !== null && !mayHoldSecrets(envelope.type);
}

function readEvent(body: string): ClerkEnvelope | null {
  const parsed = parseEnvelope(body);
  return parsed.kind === "event" ? parsed.envelope : null;
}

function hasSigned(
  webhook: Webhook,
  { id, timestamp, signature }: SignedHeaders,
  body: string,
): boolean {
  const at = new Date(Number.parseInt(timestamp, 10) * 1000);
  const expected = new TextEncoder().encode(webhook.sign(id, at, body));
  return signature.split(" ").some((candidate) => {
    const given = new TextEncoder().encode(candidate);
    return given.length === expected.length && timingSafeEqual(given, expected);
  });
}

async function deriveKey(secret: string): Promise<CryptoKey> {
  const bytes = new TextEncoder().encode(secret);
  const base = await crypto.subtle.importKey("raw", bytes, "HKDF", false, [
    "deriveKey",
  ]);
  const info = new TextEncoder().encode("rollcall quarantine");
  return await crypto.subtle.deriveKey(
    { name: "HKDF", hash: "SHA-256", salt: new Uint8Array(), info },
    base,
    { name: "AES-GCM", length: 256 },
    false,
    ["encrypt", "decrypt"],
  );
}

async function encrypt(
  key: CryptoKey,
  text: string,
): Promise<Uint8Array<ArrayBuffer>> {
  const iv = crypto.getRandomValues(new Uint8Array(IV_BYTES));
  const bytes = new TextEncoder().encode(text);
  const cipher = await crypto.subtle.encrypt(
    { name: "AES-GCM", iv },
    key,
    bytes,
  );
  const sealed = new Uint8Array(IV_BYTES + cipher.byteLength);
  sealed.set(iv);
  sealed.set(new Uint8Array(cipher), IV_BYTES);
  return sealed;
}

/** The text, or null when the key is another or the bytes were changed. */
async function decrypt(
  key: CryptoKey,
  sealed: Uint8Array<ArrayBuffer>,
): Promise<string | null> {
  const iv = sealed.slice(0, IV_BYTES);
  const cipher = sealed.slice(IV_BYTES);
  try {
    const bytes = await crypto.subtle.decrypt(
      { name: "AES-GCM", iv },
      key,
      cipher,
    );
    return new TextDecoder().decode(bytes);
  } catch (error) {
    if (error instanceof DOMException) return null;
    throw error;
  }
}
