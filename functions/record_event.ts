/**
 * Keeps the lasting record of events, a batch at a time.
 *
 * It hears every `clerk/*` event, of unknown types too, and the word of the sync
 * functions on what became of each; an event that is replayed has its record. A
 * batch is one command, whatever its size.
 * The template road brings events that nobody has redacted yet, so secrets are
 * taken out here as well.
 */
import type { InngestFunction } from "inngest";
import { removeSecrets } from "../lib/clerk/remove_secrets.ts";
import { EVENT_SETTLED, eventSettled } from "../lib/events.ts";
import type { ReceivedEvent as StoredArrival } from "../lib/store/webhook_events.ts";
import { toStorable } from "../lib/sync/storable.ts";
import { addDeadLetters } from "./dead_letter.ts";
import type { FunctionDependencies } from "./dependencies.ts";
import {
  type IncomingEvent,
  type ReceivedEvent,
  receiveEvent,
} from "./received_event.ts";
import { SYNC_RETRIES } from "./sync_function.ts";

const MAX_BATCH = 100;
const BATCH_TIMEOUT = "1s"; // Inngest's shortest.

/**
 * @param deps Inngest, store, clock and the live feed.
 * @returns The function `record-event`.
 */
export function recordEvent(deps: FunctionDependencies): InngestFunction.Any {
  return deps.inngest.createFunction(
    {
      id: "record-event",
      name: "Record event",
      triggers: [{ event: "clerk/*" }, { event: EVENT_SETTLED }],
      batchEvents: { maxSize: MAX_BATCH, timeout: BATCH_TIMEOUT },
      retries: SYNC_RETRIES,
      onFailure: (failure) => addDeadLetters(deps, failure),
    },
    ({ events }: { events: readonly IncomingEvent[] }) =>
      recordBatch(deps, events),
  );
}

/**
 * Records a batch of arrivals and outcomes.
 *
 * @param deps Store, clock and the live feed.
 * @param events Up to a hundred, of both kinds.
 * @returns How many of each.
 * @throws {MongoError} when the server cannot be reached; the batch can be
 * recorded again.
 */
export async function recordBatch(
  { store, clock, feed }: Pick<
    FunctionDependencies,
    "store" | "clock" | "feed"
  >,
  events: readonly IncomingEvent[],
): Promise<{ readonly received: number; readonly settled: number }> {
  const arrivals = events.filter((event) => event.name !== EVENT_SETTLED);
  const settled = events
    .filter((event) => event.name === EVENT_SETTLED)
    .flatMap((event) => eventSettled.safeParse(event.data).data ?? []);
  await store.ensureIndexes();
  const now = clock.now();
  const received = arrivals
    .map(receiveEvent)
    .filter((event) => event.replay === undefined)
    .map((event) => toArrival(event, now));
  await store.write([
    store.webhookEvents.plan({ received, settled }),
    store.changes.plan(settled),
    // Last, for a batch that fails before it is counted is repeated.
    store.secretUse.plan(received),
    store.freshness.plan({
      receivedAt: received.map((event) => event.received_at),
      settled,
    }),
  ]);
  feed.publish({
    kind: "events-recorded",
    received: received.map((event) => event._id),
    settled: settled.map((event) => event.event_id),
    at: now.getTime(),
  });
  return { received: arrivals.length, settled: settled.length };
}

function toArrival(received: ReceivedEvent, now: Date): StoredArrival {
  const timestamp = received.origin?.timestamp ?? null;
  // First made storable, which bounds the depth: nobody has cut this event yet
  // when it came by the template.
  const storable = toStorable(received.data) as Record<string, unknown>;
  const payload = { ...removeSecrets(received.type, storable) };
  dropPrivateMetadata(payload);
  return {
    _id: received.eventId,
    type: received.type,
    subject: received.subject,
    received_at: now,
    event_at: timestamp === null ? null : new Date(timestamp),
    instance_id: received.origin?.instance_id ?? null,
    secret: received.origin?.secret ?? null,
    road: received.origin === undefined ? "template" : "webhook",
    payload,
  };
}

/** Of the object itself and of those that it carries, such as a session's user. */
function dropPrivateMetadata(object: object): void {
  Reflect.deleteProperty(object, "private_metadata");
  for (const [key, child] of Object.entries(object)) {
    // What is free-form may have any key: a replay writes it as it was.
    const isFreeForm = key.endsWith("_metadata");
    if (!isFreeForm && typeof child === "object" && child !== null) {
      dropPrivateMetadata(child);
    }
  }
}
