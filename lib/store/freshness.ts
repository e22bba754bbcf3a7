/**
 * How fresh MongoDB is, as a number: the time from Clerk's timestamp to the
 * commit, one document an hour, in buckets that can be added up over any time.
 *
 * The same document tells in which slots of two minutes anything arrived at all,
 * which is what "usual" means when an alert speaks of silence. A batch that
 * Inngest repeats after a crash counts again: these are statistics, the record of
 * events is webhook_events.
 */
import type { Collection, Db } from "mongodb";
import type { EventSettled } from "../events.ts";
import {
  countLags,
  type LagCounts,
  type LagSummary,
  mergeLags,
  summarizeLags,
} from "../lag_histogram.ts";
import { type CollectionUpdates, updatesOf } from "./write_across.ts";

/** A document of the collection `freshness`. */
export interface FreshnessDocument {
  /** When the hour began. */
  _id: Date;
  /** The same, for the index that lets old hours expire. */
  at: Date;
  /** Lags of all writes that were committed in the hour. */
  lags?: LagCounts;
  /** The same by slot; slots without writes are left out. */
  slots?: Readonly<Record<string, LagCounts>>;
  /** Slots in which an event arrived, in no order. */
  busy?: readonly number[];
}

/** In how many of an hour's slots something arrived. */
export interface BusyHour {
  /** When the hour began. */
  readonly at: Date;
  readonly busySlots: number;
}

/** The lags of one hour. */
export interface FreshHour extends LagSummary {
  /** When the hour began. */
  readonly at: Date;
}

/** What a batch of events brings. */
export interface FreshnessBatch {
  /** When events arrived. */
  readonly receivedAt: readonly Date[];
  readonly settled: readonly Pick<
    EventSettled,
    "outcome" | "settled_at" | "lag_ms"
  >[];
}

const HOUR_MS = 3_600_000;

/** The finest time that can be told apart, ms. */
export const SLOT_MS = 120_000;

/** The hourly record of lag and traffic. */
export class Freshness {
  /** The collection itself, for reading. */
  readonly documents: Collection<FreshnessDocument>;

  /** @param db The database. */
  constructor(db: Db) {
    this.documents = db.collection<FreshnessDocument>("freshness");
  }

  /**
   * The updates that count a batch.
   *
   * @param batch Arrivals, and writes with what became of them; only those that
   * changed a document have been made fresh.
   * @returns One update an hour.
   */
  plan({ receivedAt, settled }: FreshnessBatch): CollectionUpdates {
    const committed = settled.flatMap(({ outcome, settled_at, lag_ms }) =>
      outcome === "applied" && lag_ms !== null
        ? [{ atMs: settled_at, lagMs: lag_ms }]
        : []
    );
    const arrivedMs = receivedAt.map((at) => at.getTime());
    const lagsByHour = Map.groupBy(committed, ({ atMs }) => hourOf(atMs));
    const arrivalsByHour = Map.groupBy(arrivedMs, hourOf);
    const hours = new Set([...lagsByHour.keys(), ...arrivalsByHour.keys()]);
    return updatesOf(
      this.documents,
      [...hours].map((hourMs) => ({
        filter: { _id: new Date(hourMs) },
        update: {
          $setOnInsert: { at: new Date(hourMs) },
          ...countCommitted(lagsByHour.get(hourMs) ?? []),
          ...addArrivals(arrivalsByHour.get(hourMs) ?? []),
        },
        upsert: true,
      })),
    );
  }

  /**
   * Reads the lags of a time.
   *
   * @param from Where it begins, rounded down to a slot.
   * @param to Where it ends; a slot that has begun is taken whole.
   * @returns Count and quantiles, each off by 5 % at most.
   */
  async readLags(from: Date, to: Date): Promise<LagSummary> {
    const isWhole = [from, to].every((at) => at.getTime() % HOUR_MS === 0);
    const hours = await this.documents
      .find({ _id: { $gte: new Date(hourOf(from.getTime())), $lt: to } })
      .project<FreshnessDocument>(isWhole ? { lags: 1 } : { slots: 1 })
      .toArray();
    const lags = isWhole
      ? hours.map(({ lags = {} }) => lags)
      : hours.flatMap((hour) => lagsBetween(hour, from, to));
    return summarizeLags(mergeLags(lags));
  }

  /**
   * Reads the lags of each hour.
   *
   * @param from The first hour's beginning.
   * @param to Hours that begin before this.
   * @returns Oldest first; hours without writes or arrivals are left out.
   */
  async readHours(from: Date, to: Date): Promise<readonly FreshHour[]> {
    const hours = await this.documents
      .find({ _id: { $gte: from, $lt: to } }).sort({ _id: 1 })
      .project<FreshnessDocument>({ lags: 1 }).toArray();
    return hours.map(({ _id, lags = {} }) => ({
      at: _id,
      ...summarizeLags(lags),
    }));
  }

  /**
   * Reads when something arrived.
   *
   * @param from The first hour's beginning.
   * @param to Hours that begin before this.
   * @returns Oldest first; hours without arrivals may be left out.
   */
  async readBusyHours(from: Date, to: Date): Promise<readonly BusyHour[]> {
    const hours = await this.documents
      .find({ _id: { $gte: from, $lt: to } }).sort({ _id: 1 })
      .project<FreshnessDocument>({ busy: 1 }).toArray();
    return hours.map(({ _id, busy = [] }) => ({
      at: _id,
      busySlots: busy.length,
    }));
  }
}

function hourOf(ms: number): number {
  return Math.floor(ms / HOUR_MS) * HOUR_MS;
}

function slotOf(ms: number): number {
  return Math.floor((ms - hourOf(ms)) / SLOT_MS);
}

function countCommitted(
  committed: readonly { readonly atMs: number; readonly lagMs: number }[],
) {
  if (committed.length === 0) return {};
  const bySlot = Map.groupBy(committed, ({ atMs }) => slotOf(atMs));
  const histograms: [string, LagCounts][] = [
    ["lags", countLags(committed.map(({ lagMs }) => lagMs))],
    ...[...bySlot].map(([slot, writes]): [string, LagCounts] => [
      `slots.${slot}`,
      countLags(writes.map(({ lagMs }) => lagMs)),
    ]),
  ];
  const $inc = Object.fromEntries(
    histograms.flatMap(([path, counts]) =>
      Object.entries(counts)
        .map(([bucket, count]) => [`${path}.${bucket}`, count])
    ),
  );
  return { $inc };
}

function addArrivals(arrivedMs: readonly number[]) {
  if (arrivedMs.length === 0) return {};
  return {
    $addToSet: { busy: { $each: [...new Set(arrivedMs.map(slotOf))] } },
  };
}

function lagsBetween(
  { _id, slots = {} }: FreshnessDocument,
  from: Date,
  to: Date,
): LagCounts[] {
  return Object.entries(slots).flatMap(([slot, counts]) => {
    const startMs = _id.getTime() + Number(slot) * SLOT_MS;
    const isIn = startMs + SLOT_MS > from.getTime() && startMs < to.getTime();
    return isIn ? [counts] : [];
  });
}
