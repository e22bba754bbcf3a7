/**
 * What the first page says in figures: each a bounded look at an index.
 *
 * Lag comes from the hourly record of freshness, so the page costs the same in a
 * flood.
 */
import type { EventRow } from "./event_search.ts";
import type { Store } from "./store.ts";

/** The figures and rows of the first page. */
export interface Overview {
  readonly userCount: number;
  readonly tombstoneCount: number;
  readonly eventCount: number;
  /** Events of the last hour. */
  readonly recentCount: number;
  /** From Clerk's timestamp to the commit, in the last hour, ms; null without events. */
  readonly lagP95Ms: number | null;
  /** Dead letters that nobody has replayed. */
  readonly failureCount: number;
  /** Differences from Clerk that a scan has confirmed. */
  readonly driftCount: number;
  /** When the last scan that came to its end did; null without one. */
  readonly lastGoodScanAt: Date | null;
  readonly newestEvents: readonly EventRow[];
}

/** What the counts are read from. */
export type EventSource = Pick<Store, "db" | "freshness">;

const HOUR_MS = 3_600_000;

/**
 * Reads the first page's figures.
 *
 * @param store The store.
 * @param options The present, and how many of the newest events.
 * @returns What is there now; totals are the server's own counts.
 */
export async function readOverview(
  store: Store,
  { now, rows }: { readonly now: Date; readonly rows: number },
): Promise<Overview> {
  const since = new Date(now.getTime() - HOUR_MS);
  const total = (name: string) =>
    store.db.collection(name).estimatedDocumentCount();
  const [
    userCount,
    tombstoneCount,
    eventCount,
    recentCount,
    failureCount,
    driftCount,
    scans,
    lags,
    newestEvents,
  ] = await Promise.all([
    total("users"),
    total("tombstones"),
    total("webhook_events"),
    countRecent(store, now),
    countByIndex(store, "dead_letters", { replayed_at: null }),
    countByIndex(store, "drift_items", { state: "open" }),
    store.drift.readLatest(),
    store.freshness.readLags(since, now),
    store.webhookEvents.documents.find({}, { projection: { payload: 0 } })
      .sort({ received_at: -1, _id: -1 }).limit(rows).toArray(),
  ]);
  return {
    userCount,
    tombstoneCount,
    eventCount,
    recentCount,
    lagP95Ms: lags.p95Ms,
    failureCount,
    driftCount,
    lastGoodScanAt: scans.good?.finished_at ?? null,
    newestEvents,
  };
}

/** The last hour: the chart's buckets, and what lies before the first of them. */
async function countRecent(store: Store, now: Date): Promise<number> {
  const buckets = await store.readHistory("1h", now);
  const received_at = {
    $gte: new Date(now.getTime() - HOUR_MS),
    $lt: buckets[0]?.from ?? now,
  };
  const edge = await countByIndex(store, "webhook_events", { received_at });
  return buckets
    .flatMap(({ counts }) => Object.values(counts))
    .reduce((sum, count) => sum + count, edge);
}

/**
 * Counts by the `count` command, which an index answers without reading rows.
 *
 * @param store The store.
 * @param collection The collection's name.
 * @param query A filter that one index serves whole.
 * @returns The number.
 */
export async function countByIndex(
  store: EventSource,
  collection: string,
  query: Record<string, unknown>,
): Promise<number> {
  const answer = await store.db.command({ count: collection, query });
  return Number(answer.n);
}
