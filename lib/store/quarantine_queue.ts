/**
 * From the webhook route to the quarantine without making anybody wait.
 *
 * add() copies a few kilobytes and returns; the writing happens later, a batch at
 * a time. Under a flood most refusals are dropped and counted: a forger must not
 * decide how busy the database is.
 */
import { Buffer } from "node:buffer";
import type { Clock } from "../clock.ts";
import { logger } from "../telemetry/log.ts";
import type { NewEntry } from "./quarantine.ts";
import type { Store } from "./store.ts";

/** A webhook that was refused. */
export interface RefusedWebhook {
  /** Code of the problem that is answered. */
  readonly reason: string;
  readonly status: number;
  readonly headers: Headers;
  readonly body: string;
}

/** Takes refused webhooks; disposing it writes what is waiting. */
export interface QuarantineQueue extends AsyncDisposable {
  /** Takes note of one, or drops it; never waits and never throws. */
  add(refused: RefusedWebhook): void;
  /** Resolves once nothing is waiting to be written. */
  idle(): Promise<void>;
}

/** What the queue needs, and its bounds. */
export interface QuarantineQueueOptions {
  readonly store: Pick<Store, "quarantine" | "ensureIndexes">;
  readonly clock: Clock;
  /** Takes codes and personal data out of a body. */
  readonly redact: (body: string) => string;
  /** Encrypts what can be verified again; null for everything else. */
  readonly seal: (
    headers: Headers,
    body: string,
  ) => Promise<Uint8Array<ArrayBuffer> | null>;
  /** Hears how many were written. */
  readonly onKept?: (count: number) => void;
  /** Entries waiting, over which new ones are dropped; default 100. */
  readonly maxWaiting?: number;
  /** Entries a minute, over which new ones are dropped; default 600. */
  readonly maxPerMinute?: number;
}

interface Waiting extends Omit<RefusedWebhook, "body" | "headers"> {
  readonly at: Date;
  readonly headers: Record<string, string>;
  readonly sizeBytes: number;
  /** The beginning of the body; a copy, so that the rest can be freed. */
  readonly bodyStart: Uint8Array;
  /** All of it, where that is little and a corrected secret may verify it. */
  readonly whole: Pick<RefusedWebhook, "headers" | "body"> | null;
}

const MAX_BODY_BYTES = 4096;
/** What waits is at most a hundred times this. */
const MAX_WHOLE_LENGTH = 64 * 1024;
const MAX_HEADER_LENGTH = 256;
const MINUTE_MS = 60_000;

/** Who sent what; neither the signature nor anything that could be a key. */
const KEPT_HEADERS = [
  "svix-id",
  "svix-timestamp",
  "webhook-id",
  "webhook-timestamp",
  "content-type",
  "content-length",
  "user-agent",
];

const log = logger("quarantine");

/**
 * Makes a queue.
 *
 * @param options Store, clock, redaction and bounds.
 * @returns The queue.
 */
export function createQuarantineQueue(
  options: QuarantineQueueOptions,
): QuarantineQueue {
  const { store, clock, onKept, maxWaiting = 100, maxPerMinute = 600 } =
    options;
  const waiting: Waiting[] = [];
  let writing: Promise<void> | undefined;
  let minute = 0;
  let taken = 0;
  let dropped = 0;

  function add(refused: RefusedWebhook): void {
    const at = clock.now();
    const thisMinute = Math.floor(at.getTime() / MINUTE_MS);
    if (thisMinute !== minute) {
      if (dropped > 0) log.warn("Refused webhooks not kept", { dropped });
      minute = thisMinute;
      taken = 0;
      dropped = 0;
    }
    if (taken >= maxPerMinute || waiting.length >= maxWaiting) {
      dropped++;
      return;
    }
    taken++;
    waiting.push(copy(refused, at));
    writing ??= writeAll();
  }

  async function writeAll(): Promise<void> {
    // The answer goes out first.
    await new Promise((resolve) => setTimeout(resolve));
    while (waiting.length > 0) {
      const items = waiting.splice(0);
      try {
        const batch = await Promise.all(
          items.map((item) => toEntry(item, options)),
        );
        await store.ensureIndexes();
        await store.quarantine.keep(batch);
        onKept?.(batch.length);
      } catch (error) {
        log.error("Refused webhooks not kept", {
          lost: items.length,
          error: String(error),
        });
      }
    }
    writing = undefined;
  }

  const idle = async () => await writing;
  return { add, idle, [Symbol.asyncDispose]: idle };
}

function copy(refused: RefusedWebhook, at: Date): Waiting {
  const { reason, status, headers, body } = refused;
  const start = new Uint8Array(Math.min(MAX_BODY_BYTES, body.length * 3));
  const { written } = new TextEncoder().encodeInto(body, start);
  return {
    at,
    reason,
    status,
    headers: Object.fromEntries(
      KEPT_HEADERS.flatMap((name) => {
        const value = headers.get(name);
        return value === null
          ? []
          : [[name, value.slice(0, MAX_HEADER_LENGTH)]];
      }),
    ),
    sizeBytes: Buffer.byteLength(body),
    bodyStart: start.subarray(0, written),
    whole: reason === "bad-signature" && body.length <= MAX_WHOLE_LENGTH
      ? { headers, body }
      : null,
  };
}

async function toEntry(
  { at, reason, status, headers, sizeBytes, bodyStart, whole }: Waiting,
  { redact, seal }: Pick<QuarantineQueueOptions, "redact" | "seal">,
): Promise<NewEntry> {
  return {
    _id: crypto.randomUUID(),
    at,
    reason,
    status,
    headers,
    size_bytes: sizeBytes,
    body: redact(new TextDecoder().decode(bodyStart)),
    sealed: whole && await seal(whole.headers, whole.body),
  };
}
