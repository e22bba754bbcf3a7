/** The headers of a webhook as Svix sends it, for the doctor, the demo and tests. */
import { Webhook } from "svix";

/** What is signed beside the body. */
export interface SignedMessage {
  /** The `svix-id`. */
  readonly id: string;
  /** `whsec_…` */
  readonly secret: string;
  /** When it is sent. */
  readonly at: Date;
}

/**
 * Signs a body.
 *
 * @param body The very text that is posted.
 * @param message Id, secret and time.
 * @returns The headers to post it with.
 */
export function signedHeaders(
  body: string,
  { id, secret, at }: SignedMessage,
): Record<string, string> {
  return {
    "content-type": "application/json",
    "svix-id": id,
    "svix-timestamp": String(Math.floor(at.getTime() / 1000)),
    "svix-signature": new Webhook(secret).sign(id, at, body),
  };
}
