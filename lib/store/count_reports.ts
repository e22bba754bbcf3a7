/**
 * The cheap comparison between two scans: how many objects either side has.
 *
 * Counts that differ prove nothing by themselves, for a webhook may be on its
 * way; counts that go on differing do. Reports of a week are kept.
 */
import type { Collection } from "mongodb";
import {
  type ComparedCollection,
  type Counts,
  type DriftReport,
  noDrift,
} from "./drift_documents.ts";
import type { Store } from "./store.ts";

/** What a comparison came to. */
export interface CountResult {
  readonly startedAt: Date;
  readonly finishedAt: Date;
  /** Null when it failed. */
  readonly counts: Counts | null;
  /** Why it failed, or null. */
  readonly fault: string | null;
  readonly requests: number;
}

const KEPT_MS = 7 * 24 * 60 * 60 * 1000;

/**
 * Counts the synced documents of a collection, by index.
 *
 * @param store The store, with its indexes.
 * @param collection Which one.
 * @returns How many; what the application made itself is left out.
 */
export async function countSynced(
  store: Store,
  collection: ComparedCollection,
): Promise<number> {
  return await store.db.collection(collection)
    .countDocuments({ "sync.synced_at": { $gte: new Date(0) } });
}

/**
 * Adds a report of kind `count`; adding the same one again changes nothing.
 *
 * @param store The store.
 * @param reportId The run.
 * @param result What it came to.
 */
export async function recordCounts(
  { drift: { reports } }: Pick<Store, "drift">,
  reportId: string,
  { startedAt, finishedAt, counts, fault, requests }: CountResult,
): Promise<void> {
  await reports.updateOne(
    { _id: reportId },
    {
      $setOnInsert: {
        kind: "count",
        state: counts === null ? "failed" : "done",
        reason: fault,
        started_at: startedAt,
        finished_at: finishedAt,
        checked: 0,
        requests,
        counts,
        totals: noDrift(),
      },
    },
    { upsert: true },
  );
  await prune(reports, finishedAt);
}

/**
 * Reads the newest comparisons, for pages and alerts.
 *
 * @param store The store.
 * @param limit How many.
 * @returns The newest first, failed ones included.
 */
export async function readCountReports(
  { drift: { reports } }: Pick<Store, "drift">,
  limit: number,
): Promise<DriftReport[]> {
  return await reports.find({ kind: "count" })
    .sort({ started_at: -1 }).limit(limit).toArray();
}

async function prune(
  reports: Collection<DriftReport>,
  now: Date,
): Promise<void> {
  await reports.deleteMany({
    kind: "count",
    started_at: { $lt: new Date(now.getTime() - KEPT_MS) },
  });
}
