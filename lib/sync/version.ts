/**
 * The order of events about one object: which of two states is the newer.
 *
 * Clerk promises no delivery order and no strictly growing `updated_at`, so the
 * time of the last update is compared first, then the envelope's timestamp,
 * then the event's id, which makes the order total. What is unknown sorts first.
 */

/** What a state is ordered by. */
export interface Version {
  /** Clerk's `updated_at`, ms. */
  readonly updatedAtMs: number;
  /** The envelope's timestamp; null on the road without one. */
  readonly eventAt: Date | null;
  /** The `svix-id`; null on the road without one. */
  readonly eventId: string | null;
}

/** How a document remembers the event that it reflects, under its key `sync`. */
export interface SyncStamp {
  /** Clerk's `updated_at`, ms. */
  readonly version: number;
  /** The envelope's timestamp, or null. */
  readonly event_at: Date | null;
  /** The `svix-id`, or null. */
  readonly event_id: string | null;
  /** Which road brought the state. */
  readonly source: SyncSource;
  /** When Rollcall wrote it. */
  readonly synced_at: Date;
  /** Fields that this state left out; absent where it was whole. */
  readonly older?: OlderFields;
}

/** The place in the order that a stamp keeps. */
export type StampedVersion = Pick<
  SyncStamp,
  "version" | "event_at" | "event_id"
>;

/**
 * By the name of a field that the newest state left out: which state told it last,
 * null for none. A state in between may still tell it.
 */
export type OlderFields = Readonly<Record<string, StampedVersion | null>>;

/** The roads by which a state of an object reaches the sync. */
export type SyncSource =
  | "webhook"
  | "template"
  | "backfill"
  | "reconcile"
  | "fetch"
  | "replay";

/**
 * Compares two states of one object.
 *
 * @returns Negative when `a` is older, positive when newer, 0 for the same event.
 */
export function compareVersions(a: Version, b: Version): number {
  return a.updatedAtMs - b.updatedAtMs ||
    toTime(a.eventAt) - toTime(b.eventAt) ||
    compareText(a.eventId ?? "", b.eventId ?? "");
}

/**
 * The version that a document reflects.
 *
 * @param stamp The document's `sync`, or undefined when it never had one.
 * @returns Its version; the oldest possible for a document without a stamp.
 */
export function versionOf(
  stamp: StampedVersion | null | undefined,
): Version {
  return {
    updatedAtMs: stamp?.version ?? Number.NEGATIVE_INFINITY,
    eventAt: stamp?.event_at ?? null,
    eventId: stamp?.event_id ?? null,
  };
}

function toTime(at: Date | null): number {
  return at === null ? 0 : at.getTime();
}

/** By code unit: ids are ASCII, where this is MongoDB's order too. */
function compareText(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
