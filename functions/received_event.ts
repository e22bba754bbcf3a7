/**
 * An event as a function receives it, whichever road it came by.
 *
 * The signed road ① leaves the reserved key `_webhook` in the data; Clerk's own
 * Inngest template sends the bare data, without id, timestamp or instance. An
 * event that is replayed names its record under the reserved key `_replay`.
 */
import {
  CLERK_PREFIX,
  type ReplayOrigin,
  replayOrigin,
  type WebhookOrigin,
  webhookOrigin,
} from "../lib/events.ts";
import type { TombstoneDocument } from "../lib/store/synced_collection.ts";
import type { SyncSource, Version } from "../lib/sync/version.ts";
import type { Incoming } from "../lib/sync/write_plan.ts";

/** The parts of Inngest's event that functions read. */
export interface IncomingEvent {
  /** Inngest's id: the `svix-id` on the signed road. */
  readonly id?: string | undefined;
  readonly name: string;
  /** Arrival, ms, on the road without a Clerk timestamp. */
  readonly ts?: number | undefined;
  readonly data?: unknown;
}

/** An event taken apart. */
export interface ReceivedEvent {
  /** Key of the event's record: the `svix-id`, or Inngest's first id. */
  readonly eventId: string;
  /** Clerk's event type. */
  readonly type: string;
  /** Clerk's id of the object that the event is about, or null. */
  readonly subject: string | null;
  /** Clerk's data without the reserved keys. */
  readonly data: Readonly<Record<string, unknown>>;
  /** Undefined on the road without a signature. */
  readonly origin: WebhookOrigin | undefined;
  /** Undefined for an event that is handled for the first time. */
  readonly replay: ReplayOrigin | undefined;
  /** When it reached Inngest, or Clerk's timestamp where that is known, ms. */
  readonly ts: number;
}

/**
 * Takes an event apart.
 *
 * @param event The event as Inngest hands it over.
 * @returns Its parts.
 */
export function receiveEvent(event: IncomingEvent): ReceivedEvent {
  const { _webhook, _replay, ...data } = toRecord(event.data);
  const origin = webhookOrigin.safeParse(_webhook).data;
  const replay = replayOrigin.safeParse(_replay).data;
  return {
    eventId: origin?.id ?? replay?.event_id ?? event.id ?? "",
    type: event.name.slice(CLERK_PREFIX.length),
    subject: typeof data.id === "string" ? data.id : null,
    data,
    origin,
    replay,
    ts: event.ts ?? 0,
  };
}

/**
 * The state that an event brings, as the plans of lib/sync take it.
 *
 * @param event The event.
 * @param updatedAtMs Clerk's `updated_at`, if the payload has one.
 * @param now Becomes `sync.synced_at`.
 * @returns Version, road and time.
 */
export function incomingOf(
  event: ReceivedEvent,
  updatedAtMs: number | undefined,
  now: Date,
): Incoming {
  return {
    version: versionOfEvent(event, updatedAtMs),
    source: sourceOfEvent(event),
    now,
  };
}

/**
 * The tombstone that a "deleted" event leaves.
 *
 * @param event The event; its payload has no time of its own.
 * @param id What was deleted.
 * @returns The tombstone, with the envelope's time or that of arrival.
 */
export function tombstoneOf(
  event: ReceivedEvent,
  id: string,
): TombstoneDocument {
  const deletedAtMs = versionOfEvent(event, undefined).updatedAtMs;
  return {
    _id: id,
    deleted_at: new Date(deletedAtMs),
    event_id: event.eventId,
  };
}

/** @returns The road an event came by, for `sync.source`. */
export function sourceOfEvent(event: ReceivedEvent): SyncSource {
  if (event.replay !== undefined) return "replay";
  return event.origin === undefined ? "template" : "webhook";
}

/**
 * The place of an event's state in the order of states.
 *
 * @param event The event.
 * @param updatedAtMs Clerk's `updated_at`, if the payload has one.
 * @returns The version; without `updated_at` the event's own time stands in.
 */
function versionOfEvent(
  event: ReceivedEvent,
  updatedAtMs: number | undefined,
): Version {
  const timestamp = event.origin?.timestamp ?? null;
  return {
    updatedAtMs: updatedAtMs ?? timestamp ?? event.ts,
    eventAt: timestamp === null ? null : new Date(timestamp),
    eventId: event.origin?.id ?? null,
  };
}

function toRecord(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null
    ? value as Record<string, unknown>
    : {};
}
