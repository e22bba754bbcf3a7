/**
 * Step ② to ③: a verified envelope as the Inngest event that carries it.
 *
 * The event's id is the `svix-id`, so that Inngest starts each function once
 * for all attempts at the same message; `data` is Clerk's own, so that the same
 * functions serve Clerk's Inngest template. Nothing secret gets past here.
 */
import { CLERK_PREFIX, type WebhookOrigin } from "../events.ts";
import type { ClerkEnvelope } from "./parse_envelope.ts";
import { removeSecrets } from "./remove_secrets.ts";

/** An event as Inngest's event API takes it. */
export interface InngestEvent {
  /** Inngest starts each function once an id. */
  readonly id: string;
  /** `clerk/` and Clerk's event type. */
  readonly name: string;
  /** Milliseconds; a future one would delay the functions. */
  readonly ts: number;
  /** Clerk's data and the reserved key `_webhook`. */
  readonly data: Readonly<Record<string, unknown>>;
}

/** Inngest refuses older timestamps: 1980-01-01. */
const MIN_TS = 315_532_800_000;

/**
 * Makes the event of one verified webhook.
 *
 * @param envelope The event as Clerk sent it.
 * @param origin The `svix-id` and the fingerprint of the secret that verified.
 * @param now The present, which `ts` does not exceed.
 * @returns The event to send.
 */
export function toInngestEvent(
  envelope: ClerkEnvelope,
  origin: { readonly id: string; readonly secret: string },
  now: Date,
): InngestEvent {
  const webhook: WebhookOrigin = {
    id: origin.id,
    timestamp: envelope.timestamp,
    instance_id: envelope.instanceId,
    secret: origin.secret,
  };
  // Reserved as well: what comes from outside is never a replay.
  const { _replay, ...data } = removeSecrets(envelope.type, envelope.data);
  return {
    id: origin.id,
    name: `${CLERK_PREFIX}${envelope.type}`,
    ts: toEventTime(envelope.timestamp, now.getTime()),
    data: { ...data, _webhook: webhook },
  };
}

function toEventTime(timestamp: number | null, now: number): number {
  if (timestamp === null || timestamp < MIN_TS) return now;
  return Math.min(timestamp, now);
}
