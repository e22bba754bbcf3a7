/**
 * Reads rows along a plan, in chunks, so that nothing stays open in between.
 *
 * Each chunk starts after the last key of the one before. A cursor can therefore
 * rest for minutes, and writes in between neither disturb it nor are disturbed.
 */

import { MongoError } from "../errors.ts";
import type { Collection } from "./collection.ts";
import { type Row, toRow } from "./row.ts";
import type { IndexPlan, KeyInterval } from "./plan_index.ts";
import type { Plan } from "./plan_query.ts";

const FIRST_CHUNK = 64;
const MAX_CHUNK = 512;
const START = new Uint8Array();

/** Limits on one read. */
export interface ReadOptions {
  /** Rows that the caller expects to need at most, to size the first chunk. */
  readonly expected?: number | undefined;
  /** Date.now() after which the read gives up. */
  readonly deadline?: number | undefined;
}

/**
 * Reads rows.
 *
 * @param collection Where to read.
 * @param plan How to read.
 * @param options Expected number and deadline.
 * @returns The rows, read while they are taken; each row once.
 * @throws {MongoError} MaxTimeMSExpired past the deadline.
 */
export function readRows(
  collection: Collection,
  plan: Plan,
  options: ReadOptions = {},
): Iterable<Row> {
  if (plan.kind === "all") return readAll(collection, options);
  if (plan.kind === "union") return readUnion(collection, plan.plans, options);
  const [first, ...others] = plan.intervals;
  if (first && others.length === 0 && isPoint(plan, first)) {
    const row = collection.findById(first.low);
    return row ? [row] : [];
  }
  const rows = readIndex(collection, plan, options);
  return plan.index.isMultikey ? dropRepeated(rows) : rows;
}

function* readAll(
  collection: Collection,
  options: ReadOptions,
): Iterable<Row> {
  const statement = collection.prepare(
    `SELECT r, doc FROM c${collection.id} WHERE r > ? ORDER BY r LIMIT ?`,
  );
  let last = 0;
  for (const limit of growChunks(options)) {
    const chunk = statement.all(last, limit);
    for (const found of chunk) yield toRow(found);
    if (chunk.length < limit) return;
    last = chunk.at(-1)?.r as number;
  }
}

function* readUnion(
  collection: Collection,
  plans: readonly Plan[],
  options: ReadOptions,
): Iterable<Row> {
  yield* dropRepeated(
    concatRows(plans.map((plan) => readRows(collection, plan, options))),
  );
}

function* concatRows(sources: readonly Iterable<Row>[]): Iterable<Row> {
  for (const source of sources) yield* source;
}

function* dropRepeated(rows: Iterable<Row>): Iterable<Row> {
  const seen = new Set<number>();
  for (const row of rows) {
    if (seen.has(row.number)) continue;
    seen.add(row.number);
    yield row;
  }
}

function* readIndex(
  collection: Collection,
  plan: IndexPlan,
  options: ReadOptions,
): Iterable<Row> {
  const { index, isReverse } = plan;
  const intervals = isReverse ? plan.intervals.toReversed() : plan.intervals;
  for (const interval of intervals) {
    if (isPoint(plan, interval)) {
      const row = collection.findById(interval.low);
      if (row) yield row;
    } else {
      yield* readInterval(collection, {
        indexId: index.id,
        interval,
        isReverse,
        options,
      });
    }
  }
}

/** An `_id` interval from a key to just after it holds one row at most. */
function isPoint({ index }: IndexPlan, { low, high }: KeyInterval): boolean {
  return index.id === undefined && low.length > 0 &&
    high.length === low.length + 1 && high.at(-1) === 0xff &&
    low.every((byte, i) => high[i] === byte);
}

function* readInterval(
  collection: Collection,
  use: {
    readonly indexId: number | undefined;
    readonly interval: KeyInterval;
    readonly isReverse: boolean;
    readonly options: ReadOptions;
  },
): Iterable<Row> {
  const { indexId, interval: { low, high }, isReverse, options } = use;
  const source = indexId === undefined
    ? `c${collection.id} AS i`
    : `i${indexId} AS i CROSS JOIN c${collection.id} AS c ON c.r = i.r`;
  const statement = collection.prepare(
    isReverse
      ? `SELECT i.k, i.r, doc FROM ${source} WHERE (i.k, i.r) < (?, ?) AND i.k >= ?
         ORDER BY i.k DESC, i.r DESC LIMIT ?`
      : `SELECT i.k, i.r, doc FROM ${source} WHERE (i.k, i.r) > (?, ?) AND i.k < ?
         ORDER BY i.k, i.r LIMIT ?`,
  );
  let key: Uint8Array = isReverse ? high : low.length > 0 ? low : START;
  let rowNumber = 0; // Row numbers start at 1, so this lies before all of a key.
  for (const limit of growChunks(options)) {
    const chunk = statement.all(key, rowNumber, isReverse ? low : high, limit);
    for (const found of chunk) yield toRow(found);
    const last = chunk.at(-1);
    if (!last || chunk.length < limit) return;
    key = last.k as Uint8Array;
    rowNumber = last.r as number;
  }
}

function* growChunks({ expected, deadline }: ReadOptions): Iterable<number> {
  let size = Math.min(expected || FIRST_CHUNK, MAX_CHUNK);
  while (true) {
    if (deadline !== undefined && Date.now() > deadline) {
      throw new MongoError("MaxTimeMSExpired", "operation exceeded time limit");
    }
    yield size;
    size = Math.min(size * 2, MAX_CHUNK);
  }
}
