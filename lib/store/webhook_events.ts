/**
 * The lasting record of what arrived: one document a `svix-id`, with the
 * redacted payload and what became of it.
 *
 * It outlives Inngest's memory of event ids (24 h), which is shorter than Svix's
 * retries and replays. Two streams meet here in any order, each in batches: the
 * arrival of an event and the word of a sync function that it is settled.
 */
import type { Collection, Db, UpdateOneModel } from "mongodb";
import { CLERK_PAYLOADS, type EventSettled } from "../events.ts";
import { type CollectionUpdates, updatesOf } from "./write_across.ts";

/** As long Inngest knows an id: what arrives again is no retry of ours. */
const INNGEST_MEMORY_MS = 24 * 3_600_000;

/** Where an event stands. */
export type EventState = "received" | "applied" | "discarded" | "failed";

/** A document of the collection `webhook_events`. */
export interface WebhookEventDocument {
  /** The `svix-id`; Inngest's event id for events that came without one. */
  _id: string;
  /** Clerk's event type. */
  type: string;
  /** Clerk's id of the object that the event is about, or null. */
  subject: string | null;
  state: EventState;
  /** Why it was discarded or how it failed. */
  reason: string | null;
  /** When it was recorded first. */
  received_at: Date;
  /** The envelope's timestamp, or null. */
  event_at: Date | null;
  instance_id: string | null;
  /** Fingerprint of the secret that verified it; null on Clerk's own road. */
  secret: string | null;
  road: "webhook" | "template";
  /** Clerk's data without codes, tickets and private metadata; null once erased. */
  payload: Record<string, unknown> | null;
  settled_at: Date | null;
  /** From Clerk's timestamp to the commit, ms. */
  lag_ms: number | null;
  /** Inngest's id of the run that settled it; absent where nothing did. */
  run_id?: string;
  /** When its payload was erased on demand. */
  erased_at?: Date;
  /** When the same event was seen again after it had been settled. */
  redelivered_at: Date | null;
}

/** What is known of an event when it arrives. */
export interface ReceivedEvent extends
  Pick<
    WebhookEventDocument,
    | "_id"
    | "type"
    | "subject"
    | "received_at"
    | "event_at"
    | "instance_id"
    | "secret"
    | "road"
  > {
  readonly payload: Readonly<Record<string, unknown>>;
}

/** What record-event has heard. */
export interface EventBatch {
  readonly received?: readonly ReceivedEvent[];
  readonly settled?: readonly EventSettled[];
}

/** The record of events. */
export class WebhookEvents {
  /** The collection itself, for reading. */
  readonly documents: Collection<WebhookEventDocument>;

  /** @param db The database. */
  constructor(db: Db) {
    this.documents = db.collection<WebhookEventDocument>("webhook_events");
  }

  /**
   * The updates that record arrivals and what became of events. What is known
   * already stays; made twice, in any order, in one batch or in many, they end
   * the same.
   *
   * @param batch Any number of both, duplicates included; outcomes in the order
   * in which they were settled.
   * @returns The updates, to be made in their order.
   */
  plan({ received = [], settled = [] }: EventBatch): CollectionUpdates {
    return updatesOf(this.documents, [
      ...received.flatMap(toReceivedUpdates),
      ...settled.flatMap(toSettledUpdates),
    ]);
  }

  /** @returns When the newest event arrived; null when none did. */
  async readNewestAt(): Promise<Date | null> {
    const newest = await this.documents.findOne({}, {
      sort: { received_at: -1, _id: -1 },
      projection: { received_at: 1 },
    });
    return newest?.received_at ?? null;
  }
}

type Update = UpdateOneModel<WebhookEventDocument>;

function toReceivedUpdates(
  { _id, received_at, payload, ...facts }: ReceivedEvent,
): Update[] {
  return [
    {
      filter: { _id },
      update: {
        $set: facts,
        // Null is less than any payload, so what was erased stays so.
        $min: { received_at, payload },
        $setOnInsert: {
          state: "received",
          reason: null,
          settled_at: null,
          lag_ms: null,
          redelivered_at: null,
        },
      },
      upsert: true,
    },
    ...(Object.hasOwn(CLERK_PAYLOADS, facts.type)
      ? []
      : [toSecondArrival(_id, received_at)]),
  ];
}

/** Of what no function handles, only a second arrival tells of a redelivery. */
function toSecondArrival(_id: string, received_at: Date): Update {
  const forgottenAt = new Date(received_at.getTime() - INNGEST_MEMORY_MS);
  return {
    filter: { _id, received_at: { $lt: forgottenAt } },
    update: { $set: { redelivered_at: received_at } },
  };
}

function toSettledUpdates(settled: EventSettled): Update[] {
  const _id = settled.event_id;
  const settled_at = new Date(settled.settled_at);
  const facts = {
    state: settled.outcome,
    reason: settled.reason,
    settled_at,
    lag_ms: settled.lag_ms,
    ...(settled.run_id === undefined ? {} : { run_id: settled.run_id }),
  };
  const birth = {
    type: settled.type,
    received_at: settled_at,
    redelivered_at: null,
  };
  // Unsigned states have no identity: an equal one came by another event.
  if (settled.reason === "duplicate" && settled.source !== "template") {
    return toDuplicateUpdates(_id, settled_at, birth);
  }
  if (settled.outcome === "discarded") {
    return toDiscardedUpdates(_id, facts, birth);
  }
  const update = { $set: facts, $setOnInsert: birth };
  return [{ filter: { _id }, update, upsert: true }];
}

/** An event that was applied once stays so, however old it is the next time. */
function toDiscardedUpdates(
  _id: string,
  facts: Pick<
    WebhookEventDocument,
    "state" | "reason" | "settled_at" | "lag_ms" | "run_id"
  >,
  birth: Birth,
): Update[] {
  return [
    createUnlessThere(_id, { ...birth, ...facts }),
    {
      filter: { _id, state: "applied" },
      update: { $set: { redelivered_at: facts.settled_at } },
    },
    {
      filter: { _id, state: { $ne: "applied" } },
      update: { $set: facts },
    },
  ];
}

/**
 * The same event again: usually a redelivery of one that is settled, which
 * stays what it is; else the retry of a run that wrote and then crashed, or the
 * replay of one that wrote and then failed.
 */
function toDuplicateUpdates(
  _id: string,
  settled_at: Date,
  birth: Birth,
): Update[] {
  return [
    createUnlessThere(_id, {
      ...birth,
      state: "received",
      reason: null,
      settled_at: null,
      lag_ms: null,
    }),
    {
      filter: {
        _id,
        state: { $nin: ["received", "failed"] },
        // This very word, recorded once more, is no redelivery.
        settled_at: { $ne: settled_at },
      },
      update: { $set: { redelivered_at: settled_at } },
    },
    {
      filter: { _id, state: { $in: ["received", "failed"] } },
      update: { $set: { state: "applied", reason: null, settled_at } },
    },
  ];
}

/** What the word of an event's end has to say before its arrival is recorded. */
type Birth = Pick<
  WebhookEventDocument,
  "type" | "received_at" | "redelivered_at"
>;

function createUnlessThere(
  _id: string,
  document: Partial<WebhookEventDocument>,
): Update {
  return { filter: { _id }, update: { $setOnInsert: document }, upsert: true };
}
