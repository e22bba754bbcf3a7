/**
 * What the rules of the alerts look at, read from the store: every read is
 * bounded and served by an index, for it happens every minute.
 */
import {
  findSilenceDue,
  type Hearing,
  type SilenceLimits,
} from "../alerts/silence.ts";
import type { AlertSignals } from "../alerts/judge_alerts.ts";
import { learnUsualTraffic } from "../alerts/usual_traffic.ts";
import { REPAIRABLE_KINDS } from "../sync/drift.ts";
import { readCountReports } from "./count_reports.ts";
import type { DriftReport } from "./drift_documents.ts";
import { countByIndex } from "./overview.ts";
import type { Store } from "./store.ts";

/** What the store does not know. */
export interface SignalOptions {
  readonly now: Date;
  readonly limits: SilenceLimits;
  /** Fingerprints of the configured secrets. */
  readonly secrets: readonly string[];
  readonly canScan: boolean;
  /** When somebody looked for the first time. */
  readonly watchedSince: Date;
  /** Since when somebody looks without a break. */
  readonly listeningSince: Date;
}

const MINUTE_MS = 60_000;
const LAG_MS = 15 * MINUTE_MS;
const HISTORY_MS = 28 * 24 * 60 * MINUTE_MS;
/** Newest arrivals that the first days are judged by. */
const NEWEST = 100;
/** Comparisons of counts that make a difference lasting, ten minutes apart. */
const LASTING_COUNTS = 4;

/**
 * Reads the signals.
 *
 * @param store The store.
 * @param options The present, and what the store does not know.
 * @returns Everything but what Clerk has to be asked.
 */
export async function readAlertSignals(
  store: Store,
  options: SignalOptions,
): Promise<Omit<AlertSignals, "unseenChangeAt">> {
  const { now, secrets, canScan, watchedSince } = options;
  const since = new Date(now.getTime() - LAG_MS);
  const [
    traffic,
    driftItems,
    counts,
    deadLetters,
    lag,
    outcomes,
    latest,
    used,
  ] = await Promise.all([
    readTraffic(store, options),
    countByIndex(store, "drift_items", {
      state: "open",
      kind: { $in: REPAIRABLE_KINDS },
    }),
    readCountReports(store, LASTING_COUNTS),
    countByIndex(store, "dead_letters", { replayed_at: null }),
    store.freshness.readLags(since, now),
    readOutcomes(store, now),
    store.drift.readLatest(),
    store.secretUse.readAll(),
  ]);
  return {
    now,
    traffic,
    driftItems,
    countedApart: findCountedApart(counts),
    deadLetters,
    lag,
    outcomes,
    scans: canScan
      ? { goodAt: latest.good?.finished_at ?? watchedSince }
      : undefined,
    secrets: used
      .filter(({ _id }) => secrets.includes(_id))
      .map(({ _id, first_at, last_at }) => ({
        fingerprint: _id,
        firstAt: first_at,
        lastAt: last_at,
      })),
  };
}

async function readTraffic(
  store: Store,
  { now, limits, listeningSince }: SignalOptions,
): Promise<AlertSignals["traffic"]> {
  const [first, newest] = await Promise.all([
    readArrivals(store, { direction: 1, limit: 1 }),
    readArrivals(store, { direction: -1, limit: NEWEST }),
  ]);
  const [firstAt] = first;
  const [newestAt] = newest;
  if (firstAt === undefined || newestAt === undefined) return undefined;
  // What arrived while nobody listened may be on its way.
  const silentSince = newestAt > listeningSince ? newestAt : listeningSince;
  const heard = { firstAt, newestAt, listeningSince };
  const earliestMs = silentSince.getTime() + limits.minSilenceMs;
  if (earliestMs > now.getTime()) {
    // Too early for any alert, and so for the question what is usual.
    return { ...heard, silenceDueAt: new Date(earliestMs) };
  }
  const hours = await store.freshness.readBusyHours(
    new Date(silentSince.getTime() - HISTORY_MS),
    now,
  );
  const usual = learnUsualTraffic({ firstAt, hours, newest }, silentSince);
  const hearing: Hearing = { firstAt, silentSince, usual };
  return { ...heard, silenceDueAt: findSilenceDue(hearing, limits) };
}

async function readArrivals(
  { webhookEvents }: Store,
  { direction, limit }: {
    readonly direction: 1 | -1;
    readonly limit: number;
  },
): Promise<readonly Date[]> {
  const events = await webhookEvents.documents
    .find({}, { projection: { _id: 0, received_at: 1 } })
    .sort({ received_at: direction, _id: direction })
    .limit(limit).toArray();
  return events.map(({ received_at }) => received_at);
}

/** The last hour's events, from the buckets that the charts are made of. */
async function readOutcomes(
  store: Store,
  now: Date,
): Promise<AlertSignals["outcomes"]> {
  const buckets = await store.readHistory("1h", now);
  return {
    events: buckets
      .flatMap(({ counts }) => Object.values(counts))
      .reduce((sum, count) => sum + count, 0),
    failed: buckets.reduce((sum, { failed }) => sum + failed, 0),
  };
}

/** How far apart both sides' counts were in each of the newest comparisons. */
function findCountedApart(reports: readonly DriftReport[]): number {
  if (reports.length < LASTING_COUNTS) return 0;
  const apart = reports.map(({ counts }) =>
    counts === null ? 0 : Object.values(counts).reduce(
      (sum, side) =>
        side === null ? sum : sum + Math.abs(side.clerk - side.mongodb),
      0,
    )
  );
  return Math.min(...apart);
}
