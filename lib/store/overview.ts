/**
 * What the first page says in figures: each a bounded look at an index.
 *
 * Lag is measured on the newest events of the last hour, up to a fixed number,
 * so the page costs the same in a flood.
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
  readonly newestEvents: readonly EventRow[];
}

/** What the counts are read from. */
export type EventSource = Pick<Store, "db" | "webhookEvents">;

const HOUR_MS = 3_600_000;
const LAG_SAMPLE = 200;

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
    lags,
    newestEvents,
  ] = await Promise.all([
    total("users"),
    total("tombstones"),
    total("webhook_events"),
    countRecent(store, now),
    countByIndex(store, "dead_letters", { replayed_at: null }),
    readLags(store, { from: since, to: now, limit: LAG_SAMPLE }),
    store.webhookEvents.documents.find({}, { projection: { payload: 0 } })
      .sort({ received_at: -1, _id: -1 }).limit(rows).toArray(),
  ]);
  return {
    userCount,
    tombstoneCount,
    eventCount,
    recentCount,
    lagP95Ms: quantile(lags, 0.95),
    failureCount,
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

/**
 * Reads the lags of the newest settled events of a time.
 *
 * @param store The store.
 * @param span The time, and how many events are looked at.
 * @returns Lags in ms, smallest first.
 */
export async function readLags(
  store: EventSource,
  span: { readonly from: Date; readonly to: Date; readonly limit: number },
): Promise<readonly number[]> {
  const rows = await store.webhookEvents.documents
    .find({ received_at: { $gte: span.from, $lt: span.to } }, {
      projection: { _id: 0, lag_ms: 1 },
    })
    .sort({ received_at: -1, _id: -1 })
    .limit(span.limit)
    .toArray();
  return rows
    .flatMap(({ lag_ms }) => lag_ms === null ? [] : [lag_ms])
    .filter((lag) => lag !== undefined)
    .toSorted((a, b) => a - b);
}

/**
 * Picks the value that a share of all values does not exceed (nearest rank).
 *
 * @param sorted Smallest first.
 * @param share Between 0 and 1.
 * @returns The value; null when there is none.
 */
export function quantile(
  sorted: readonly number[],
  share: number,
): number | null {
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? null;
}
