/**
 * All that is known of one user: the document, or the tombstone, and one time
 * line of events, writes and what automations did, the newest first.
 */
import type { MembershipDocument } from "../sync/organization_document.ts";
import type { UserDocument } from "../sync/user_document.ts";
import type { LedgerEntry } from "./automation_ledger.ts";
import type { ChangeDocument } from "./changes.ts";
import type { DriftItem } from "./drift_documents.ts";
import type { EventRow } from "./event_search.ts";
import type { Store } from "./store.ts";
import type { TombstoneDocument } from "./synced_collection.ts";

/** One thing that happened to a user. */
export type TimelineEntry =
  | {
    readonly kind: "event";
    readonly at: Date;
    readonly event: EventRow;
    /** What it changed. */
    readonly changes: readonly ChangeDocument[];
  }
  /** A write that no recorded event explains: a repair, or an import. */
  | {
    readonly kind: "change";
    readonly at: Date;
    readonly change: ChangeDocument;
  }
  /** What an automation did. */
  | { readonly kind: "task"; readonly at: Date; readonly task: LedgerEntry };

/** All that is known of one user. */
export interface UserPage {
  /** Null when Rollcall never had it, or has deleted it. */
  readonly user: UserDocument | null;
  readonly tombstone: TombstoneDocument | null;
  readonly memberships: readonly MembershipDocument[];
  /** How the document differs from Clerk, as the last scan confirmed it. */
  readonly drift: DriftItem | null;
  readonly timeline: readonly TimelineEntry[];
  /** Whether there is more than the time line shows. */
  readonly isTimelineCut: boolean;
}

/** As many as anybody scrolls through. */
const MAX_ENTRIES = 100;
const MAX_MEMBERSHIPS = 50;

/**
 * Reads all that is known of a user.
 *
 * @param store The store.
 * @param id Clerk's id.
 * @returns What there is; null when nothing is known of that id.
 */
export async function readUserPage(
  store: Store,
  id: string,
): Promise<UserPage | null> {
  const newest = { limit: MAX_ENTRIES, sort: { at: -1, _id: -1 } } as const;
  const about = { user_id: id };
  const [user, tombstone, memberships, drift, tasks, events, changes] =
    await Promise.all([
      store.users.documents.findOne({ _id: id }),
      store.users.tombstones.findOne({ _id: id }),
      store.memberships.documents.find(about, { limit: MAX_MEMBERSHIPS })
        .toArray(),
      store.drift.items.findOne({ _id: id, state: "open" }),
      store.automationLedger.documents.find(about).toArray(),
      store.webhookEvents.documents.find({ subject: id }, {
        projection: { payload: 0 },
        limit: MAX_ENTRIES,
        sort: { received_at: -1, _id: -1 },
      }).toArray(),
      store.changes.documents.find({ document_id: id }, newest).toArray(),
    ]);
  const isKnown = user ?? tombstone ?? drift ?? tasks[0] ?? events[0] ??
    changes[0];
  if (!isKnown) return null;
  return {
    user,
    tombstone,
    memberships,
    drift,
    timeline: mergeTimeline(events, changes, tasks).slice(0, MAX_ENTRIES),
    isTimelineCut: events.length + changes.length >= MAX_ENTRIES,
  };
}

/** The newest first; a change stands with its event. */
function mergeTimeline(
  events: readonly EventRow[],
  changes: readonly ChangeDocument[],
  tasks: readonly LedgerEntry[],
): TimelineEntry[] {
  const byEvent = Map.groupBy(changes, (change) => change.event_id);
  const known = new Set(events.map((event) => event._id));
  const entries: TimelineEntry[] = [
    ...events.map((event) => ({
      kind: "event" as const,
      at: event.received_at,
      event,
      changes: byEvent.get(event._id) ?? [],
    })),
    ...changes.filter(({ event_id }) => !known.has(event_id)).map((change) => ({
      kind: "change" as const,
      at: change.at,
      change,
    })),
    ...tasks.map((task) => ({
      kind: "task" as const,
      at: task.updated_at,
      task,
    })),
  ];
  return entries.toSorted((a, b) => b.at.getTime() - a.at.getTime());
}
