/**
 * Step ③ of the path: many events, few requests.
 *
 * While one request to Inngest is under way, the events that arrive wait
 * together for the next one; an idle sender sends at once. Each caller is
 * answered only when Inngest has durably taken the events of its batch. When
 * Inngest cannot be reached, callers are refused at once for a moment instead
 * of piling up, and Svix brings their webhooks again; then one batch tries, and
 * until it has got through the others are still refused.
 */
import type { Clock } from "../clock.ts";
import { AppError } from "../errors.ts";

/** An event as Inngest's SDK takes it. */
export interface OutgoingEvent {
  readonly id?: string;
  readonly name: string;
  readonly ts?: number;
  readonly data: Readonly<Record<string, unknown>>;
}

/** Inngest did not take an event; the same event may be sent again. */
export class EventNotTakenError extends AppError {
  override readonly name = "EventNotTakenError";

  /**
   * @param state Why, as the end of the sentence.
   * @param cause The failure below.
   */
  constructor(state: string, cause?: unknown) {
    super(`Cannot hand event to Inngest: ${state}`, {
      code: "event-not-taken",
      status: 503,
      retryable: true,
      cause,
    });
  }
}

/** What a sender needs, and its bounds. */
export interface EventSenderOptions {
  /** Sends one batch and resolves when it is durable. */
  readonly sendBatch: (events: readonly OutgoingEvent[]) => Promise<unknown>;
  readonly clock: Clock;
  /** Events in one request. */
  readonly maxBatchEvents?: number;
  /** Characters of JSON in one request, as an estimate. */
  readonly maxBatchChars?: number;
  /** Events waiting, over which new ones are refused. */
  readonly maxWaiting?: number;
  /** How long a batch may take, ms. */
  readonly timeoutMs?: number;
  /** How long to refuse events after a batch failed, ms. */
  readonly coolDownMs?: number;
}

/** Sends events in batches. */
export interface EventSender {
  /**
   * Sends one event.
   *
   * @param event The event; an `id` makes sending twice harmless.
   * @param sizeChars Length of its JSON, if known; 2,000 when not.
   * @throws {EventNotTakenError} when Inngest has not taken it.
   */
  send(event: OutgoingEvent, sizeChars?: number): Promise<void>;
}

interface Waiting {
  readonly event: OutgoingEvent;
  readonly sizeChars: number;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

const TYPICAL_EVENT_CHARS = 2_000;

/**
 * Makes a sender.
 *
 * @param options The transport, the clock and the bounds.
 * @returns The sender.
 */
export function createEventSender(options: EventSenderOptions): EventSender {
  const {
    sendBatch,
    clock,
    maxBatchEvents = 500,
    // Inngest Cloud takes requests of 512 KB on its smallest plan.
    maxBatchChars = 400_000,
    maxWaiting = 10_000,
    timeoutMs = 5_000,
    coolDownMs = 1_000,
  } = options;
  const waiting: Waiting[] = [];
  let isSending = false;
  let refuseUntilMs = 0;
  /** The last batch found nobody. */
  let isInDoubt = false;

  function send(
    event: OutgoingEvent,
    sizeChars = TYPICAL_EVENT_CHARS,
  ): Promise<void> {
    const isTrying = isInDoubt && isSending;
    if (isTrying || clock.now().getTime() < refuseUntilMs) {
      return Promise.reject(
        new EventNotTakenError("it could not be reached a moment ago"),
      );
    }
    if (waiting.length >= maxWaiting) {
      return Promise.reject(
        new EventNotTakenError(`${maxWaiting} events are waiting already`),
      );
    }
    return new Promise((resolve, reject) => {
      waiting.push({ event, sizeChars, resolve, reject });
      if (!isSending) {
        isSending = true;
        // Events that arrive in the same turn of the event loop go together.
        queueMicrotask(drain);
      }
    });
  }

  async function drain(): Promise<void> {
    while (waiting.length > 0) await deliver(takeBatch());
    isSending = false;
  }

  async function deliver(batch: readonly Waiting[]): Promise<void> {
    try {
      await withTimeout(sendBatch(batch.map((item) => item.event)), timeoutMs);
      isInDoubt = false;
      for (const item of batch) item.resolve();
    } catch (error) {
      isInDoubt = !isRefusal(error);
      if (isInDoubt) {
        refuseUntilMs = clock.now().getTime() + coolDownMs;
        refuse([...batch, ...waiting.splice(0)], "it did not answer", error);
      } else if (batch.length === 1) {
        refuse(batch, "it refuses the event", error);
      } else {
        // One event that Inngest refuses must not take the others with it.
        await Promise.all(batch.map((item) => deliver([item])));
      }
    }
  }

  function takeBatch(): Waiting[] {
    let chars = 0;
    let count = 0;
    while (count < waiting.length && count < maxBatchEvents) {
      chars += waiting[count]?.sizeChars ?? 0;
      if (count > 0 && chars > maxBatchChars) break;
      count++;
    }
    return waiting.splice(0, count);
  }

  return { send };
}

/** Whether Inngest answered, and did not like what it was sent. */
function isRefusal(error: unknown): boolean {
  return error instanceof Error &&
    /^Inngest API Error: 4(00|13|22)\b/.test(error.message);
}

function refuse(
  items: readonly Waiting[],
  state: string,
  cause: unknown,
): void {
  const error = new EventNotTakenError(state, cause);
  for (const item of items) item.reject(error);
}

async function withTimeout(
  work: Promise<unknown>,
  timeoutMs: number,
): Promise<void> {
  const { promise: timeout, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(
    () => reject(new Error(`no answer within ${timeoutMs} ms`)),
    timeoutMs,
  );
  try {
    await Promise.race([work, timeout]);
  } finally {
    clearTimeout(timer);
  }
}
