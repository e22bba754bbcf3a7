/**
 * Delivers the simulated instance's webhooks as Svix does: signed, again after a
 * failure, and now and then twice or late. Some get lost, which is what drift is.
 */
import { signedHeaders } from "../../lib/clerk/signed_headers.ts";
import {
  type ClerkWebhook,
  encodeClerkJson,
} from "./clerk_instance/clerk_webhook.ts";
import { createRandom } from "./clerk_instance/seeded_random.ts";

/** Where to, and what may go wrong on the way. */
export interface SimulatedSvixOptions {
  readonly url: string;
  /** `whsec_…` */
  readonly secret: string;
  /** Same seed, same mishaps. */
  readonly seed: number;
}

/** The road from the simulated instance to the service. */
export interface SimulatedSvix {
  /** Delivers one webhook, with the mishaps of real life. */
  deliver(webhook: ClerkWebhook): Promise<void>;
  /** While this is true webhooks get lost. */
  isLosing: boolean;
  /** Delivers what is still held back. */
  flush(): Promise<void>;
  /** Posts a body with a signature that is right or forged. */
  post(body: string, options: { readonly isForged: boolean }): Promise<void>;
  /** Deliveries so far. */
  readonly sent: number;
}

/** One in so many comes twice, and one in so many after the next one. */
const DUPLICATE_EVERY = 12;
const LATE_EVERY = 9;
/** Attempts at one message, as long as the service does not take it. */
const ATTEMPTS = 5;

const FORGERS_SECRET = `whsec_${btoa("x".repeat(24))}`;

/**
 * @param options Address, secret and seed.
 * @returns The road; it holds no connection and no timer of its own.
 */
export function createSimulatedSvix(
  { url, secret, seed }: SimulatedSvixOptions,
): SimulatedSvix {
  const random = createRandom(seed);
  const oneIn = (count: number) => random() * count < 1;
  let serial = 0;
  let held: (() => Promise<void>) | undefined;
  let sent = 0;

  const send = async (id: string, body: string, signedWith = secret) => {
    for (let count = 0; count < ATTEMPTS; count++) {
      const status = await postOnce(url, body, { id, secret: signedWith });
      sent++;
      if (status < 500) return;
    }
  };
  const makeId = () => `msg_demo_${seed}_${++serial}`;

  return {
    isLosing: false,
    get sent() {
      return sent;
    },
    async deliver(webhook) {
      if (this.isLosing) return;
      const id = makeId();
      const body = encodeClerkJson(webhook);
      const deliver = () => send(id, body);
      if (held === undefined && oneIn(LATE_EVERY)) {
        held = deliver;
        return;
      }
      await deliver();
      if (oneIn(DUPLICATE_EVERY)) await deliver();
      await this.flush();
    },
    async flush() {
      const late = held;
      held = undefined;
      await late?.();
    },
    async post(body, { isForged }) {
      await send(makeId(), body, isForged ? FORGERS_SECRET : secret);
    },
  };
}

async function postOnce(
  url: string,
  body: string,
  { id, secret }: { readonly id: string; readonly secret: string },
): Promise<number> {
  const response = await fetch(url, {
    method: "POST",
    headers: signedHeaders(body, { id, secret, at: new Date() }),
    body,
  });
  await response.body?.cancel();
  return response.status;
}
