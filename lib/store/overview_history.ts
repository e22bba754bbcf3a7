/**
 * The charts' numbers: events by kind, failures and lag over a time, in buckets.
 *
 * Counts are exact and come from indexes alone; lag comes from the hourly record
 * of freshness. A bucket that is over hardly changes, so each is kept for a while
 * in memory: the first look at a week costs a few hundred small counts, the next
 * ones a handful.
 */
import { countByIndex, type EventSource } from "./overview.ts";

/** The times that can be shown; a bucket is as many ms as its step. */
export const SPANS = {
  "1h": { label: "1 hour", stepMs: 2 * 60_000, buckets: 30 },
  "24h": { label: "24 hours", stepMs: 30 * 60_000, buckets: 48 },
  "7d": { label: "7 days", stepMs: 4 * 3_600_000, buckets: 42 },
} as const;

/** Name of a time. */
export type Span = keyof typeof SPANS;

/** The types that get a colour of their own. */
export const CHARTED_TYPES = [
  "user.created",
  "user.updated",
  "user.deleted",
] as const;

/** What happened between two instants. */
export interface HistoryBucket {
  readonly from: Date;
  readonly to: Date;
  /** Events by charted type; `other` are all the rest. */
  readonly counts: Readonly<
    Record<typeof CHARTED_TYPES[number] | "other", number>
  >;
  readonly failed: number;
  /** Of what was committed in this time, ms; null without any. */
  readonly lagP50Ms: number | null;
  readonly lagP95Ms: number | null;
}

/** Reads histories; keeps what it has read. */
export type HistoryReader = (
  span: Span,
  now: Date,
) => Promise<readonly HistoryBucket[]>;

interface Kept {
  readonly bucket: Promise<HistoryBucket>;
  readonly untilMs: number;
}

const MINUTE_MS = 60_000;
const MAX_KEPT = 500;

/**
 * Makes a reader with a memory of its own.
 *
 * @param store The database and its record of freshness.
 * @returns The reader.
 */
export function createHistoryReader(store: EventSource): HistoryReader {
  const kept = new Map<string, Kept>();
  return async function readHistory(span, now) {
    const { stepMs, buckets } = SPANS[span];
    const nowMs = now.getTime();
    const endMs = Math.floor(nowMs / stepMs) * stepMs + stepMs;
    forget(kept, nowMs);
    return await Promise.all(
      Array.from({ length: buckets }, (_, index) => {
        const toMs = endMs - (buckets - 1 - index) * stepMs;
        const key = `${span}:${toMs}`;
        const known = kept.get(key);
        if (known) return known.bucket;
        const bucket = readBucket(store, toMs - stepMs, toMs);
        kept.set(key, { bucket, untilMs: Infinity });
        bucket.then(
          (read) => {
            const keepMs = isEmpty(read) ? 0 : keepFor(nowMs - toMs);
            if (keepMs === 0) kept.delete(key);
            else kept.set(key, { bucket, untilMs: nowMs + keepMs });
          },
          () => kept.delete(key),
        );
        return bucket;
      }),
    );
  };
}

/**
 * How long a bucket that ended so long ago is worth keeping, ms: events arrive a
 * moment late, their outcomes a few minutes; an old bucket changes no more.
 */
function keepFor(endedMs: number): number {
  if (endedMs < MINUTE_MS) return 0;
  return endedMs < 10 * MINUTE_MS ? 2_000 : 15 * MINUTE_MS;
}

/** Nothing to look at costs nothing to look at again. */
function isEmpty({ counts }: HistoryBucket): boolean {
  return Object.values(counts).every((count) => count === 0);
}

function forget(kept: Map<string, Kept>, nowMs: number): void {
  for (const [key, { untilMs }] of kept) {
    if (untilMs <= nowMs || kept.size > MAX_KEPT) kept.delete(key);
  }
}

async function readBucket(
  store: EventSource,
  fromMs: number,
  toMs: number,
): Promise<HistoryBucket> {
  const [from, to] = [new Date(fromMs), new Date(toMs)];
  const received_at = { $gte: from, $lt: to };
  const count = (conditions: Record<string, unknown>) =>
    countByIndex(store, "webhook_events", { ...conditions, received_at });
  const total = await count({});
  const none = { "user.created": 0, "user.updated": 0, "user.deleted": 0 };
  if (total === 0) {
    const counts = { ...none, other: 0 };
    return { from, to, counts, failed: 0, lagP50Ms: null, lagP95Ms: null };
  }
  const [created, updated, deleted, failed, lags] = await Promise.all([
    ...CHARTED_TYPES.map((type) => count({ type })),
    count({ state: "failed" }),
    store.freshness.readLags(from, to),
  ] as [
    Promise<number>,
    Promise<number>,
    Promise<number>,
    Promise<number>,
    ReturnType<typeof store.freshness.readLags>,
  ]);
  return {
    from,
    to,
    counts: {
      "user.created": created,
      "user.updated": updated,
      "user.deleted": deleted,
      other: Math.max(0, total - created - updated - deleted),
    },
    failed,
    lagP50Ms: lags.p50Ms,
    lagP95Ms: lags.p95Ms,
  };
}
