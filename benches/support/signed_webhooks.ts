/** Signed webhooks as bytes of HTTP requests, made before the clock starts. */
import { createHmac } from "node:crypto";
import { clerkPayload } from "../../tests/support/clerk_payloads.ts";

/** A request ready to be written. */
export interface SignedWebhook {
  readonly eventId: string;
  readonly userId: string;
  readonly bytes: Uint8Array;
}

/**
 * Makes `user.created` webhooks, each of a user of its own.
 *
 * @param count How many.
 * @param secret `whsec_…`.
 * @param prefix Keeps the ids of different runs apart.
 * @returns The requests.
 */
export function signWebhooks(
  count: number,
  secret: string,
  prefix: string,
): SignedWebhook[] {
  const { text } = clerkPayload("user.created__email-password");
  const { data } = JSON.parse(text);
  const key = Uint8Array.from(
    atob(secret.replace("whsec_", "")),
    (character) => character.charCodeAt(0),
  );
  const timestamp = Math.floor(Date.now() / 1000);
  return Array.from({ length: count }, (_, index) => {
    const eventId = `msg_${prefix}_${index}`;
    const userId = `user_${prefix}_${index}`;
    const body = text.replaceAll(data.id, userId);
    const signature = createHmac("sha256", key)
      .update(`${eventId}.${timestamp}.${body}`).digest("base64");
    const bytes = new TextEncoder().encode(
      [
        "POST /api/webhooks/clerk HTTP/1.1",
        "host: 127.0.0.1",
        "content-type: application/json",
        `content-length: ${new TextEncoder().encode(body).length}`,
        `svix-id: ${eventId}`,
        `svix-timestamp: ${timestamp}`,
        `svix-signature: v1,${signature}`,
        "",
        body,
      ].join("\r\n"),
    );
    return { eventId, userId, bytes };
  });
}
