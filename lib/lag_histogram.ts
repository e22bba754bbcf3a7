/**
 * Lags counted in buckets that can be added up: over minutes, hours, processes.
 *
 * A quantile of quantiles means nothing, but buckets merge, and any quantile can
 * be read from their sum. A bucket is 10 % wider than the one before it, so what
 * is read is off by 5 % at most, from a millisecond to days; a day of lags needs
 * some two hundred numbers, and only those that occur are kept.
 *
 * Source of the idea: DDSketch (Masson, Rim, Lee 2019), with fixed buckets.
 */

/** How many lags fell into each bucket, by the bucket's number. */
export type LagCounts = Readonly<Record<string, number>>;

/** What buckets say of the lags in them, ms; null when they are empty. */
export interface LagSummary {
  readonly count: number;
  readonly p50Ms: number | null;
  readonly p95Ms: number | null;
  readonly p99Ms: number | null;
}

const GROWTH = 1.1;

/**
 * Sorts one lag into its bucket.
 *
 * @param lagMs ms; a clock ahead of ours counts as no lag.
 * @returns The bucket's number, from 0.
 */
export function lagBucketOf(lagMs: number): number {
  return Math.ceil(Math.log(Math.max(1, lagMs)) / Math.log(GROWTH));
}

/**
 * Sorts lags into buckets.
 *
 * @param lagsMs Any number of lags, ms.
 * @returns The buckets that occur.
 */
export function countLags(lagsMs: readonly number[]): LagCounts {
  const counts: Record<string, number> = {};
  for (const lagMs of lagsMs) {
    const bucket = lagBucketOf(lagMs);
    counts[bucket] = (counts[bucket] ?? 0) + 1;
  }
  return counts;
}

/**
 * Adds buckets up.
 *
 * @param histograms Any number, in any order.
 * @returns Their sum.
 */
export function mergeLags(histograms: readonly LagCounts[]): LagCounts {
  const sum: Record<string, number> = {};
  for (const histogram of histograms) {
    for (const [bucket, count] of Object.entries(histogram)) {
      sum[bucket] = (sum[bucket] ?? 0) + count;
    }
  }
  return sum;
}

/**
 * Reads the usual quantiles.
 *
 * @param counts Buckets of any time.
 * @returns Count, median, 95th and 99th percentile.
 */
export function summarizeLags(counts: LagCounts): LagSummary {
  return {
    count: Object.values(counts).reduce((sum, count) => sum + count, 0),
    p50Ms: lagQuantile(counts, 0.5),
    p95Ms: lagQuantile(counts, 0.95),
    p99Ms: lagQuantile(counts, 0.99),
  };
}

/**
 * Reads the lag that a share of all lags does not exceed (nearest rank).
 *
 * @param counts Buckets of any time.
 * @param share Between 0 and 1.
 * @returns ms, off by 5 % at most; null when there are none.
 */
export function lagQuantile(counts: LagCounts, share: number): number | null {
  const sorted = Object.entries(counts)
    .map(([bucket, count]) => ({ bucket: Number(bucket), count }))
    .toSorted((a, b) => a.bucket - b.bucket);
  const total = sorted.reduce((sum, { count }) => sum + count, 0);
  let left = Math.max(1, Math.ceil(total * share));
  for (const { bucket, count } of sorted) {
    left -= count;
    if (left <= 0) return middleOf(bucket);
  }
  return null;
}

/** The middle of a bucket by ratio, where the error is the same to either side. */
function middleOf(bucket: number): number {
  return bucket === 0 ? 1 : Math.round(GROWTH ** (bucket - 0.5));
}
