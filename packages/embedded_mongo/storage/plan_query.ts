/**
 * Chooses how a filter and a sort are served: by an index or by reading all.
 *
 * An index serves with its leading fields that are pinned to points, then at most
 * one range; the sort is served when its fields follow. Of several candidates the
 * one that serves both wins, then the one with the fewest entries to read, which
 * is counted up to a limit. Whatever is chosen, the filter decides.
 */

import { compareBytes } from "../bson/compare_values.ts";
import { type Document, isDocument } from "../bson/document.ts";
import { invertKey } from "../bson/order_key.ts";
import { MongoError } from "../errors.ts";
import type { SortField } from "../query/compile_sort.ts";
import type { Collection } from "./collection.ts";
import { isImplied } from "./is_implied.ts";
import {
  type FilterBounds,
  type KeyBound,
  type KeyPredicate,
  readFilterBounds,
} from "./key_bounds.ts";

/** Keys from `low` (inclusive) to `high` (exclusive). */
export interface KeyInterval {
  readonly low: Uint8Array;
  readonly high: Uint8Array;
}

/** An index as the planner sees it; `_id_` has no number. */
export interface PlannedIndex {
  readonly id: number | undefined;
  readonly name: string;
  readonly keyPattern: Document;
  readonly fields: readonly SortField[];
  readonly isMultikey: boolean;
}

/** How to read. */
export type Plan =
  | { readonly kind: "all" }
  | {
    readonly kind: "index";
    readonly index: PlannedIndex;
    readonly intervals: readonly KeyInterval[];
    readonly isReverse: boolean;
    /** Rows come in the order that was asked for. */
    readonly isSorted: boolean;
    /** Every row read matches; the filter need not look. */
    readonly isExact: boolean;
  }
  | { readonly kind: "union"; readonly plans: readonly Plan[] };

type IndexPlan = Extract<Plan, { kind: "index" }>;

/** What is to be planned. */
export interface QueryShape {
  readonly filter: Document;
  readonly sort: readonly SortField[];
  readonly hint?: unknown;
}

const MAX_INTERVALS = 1000;
const ESTIMATE_LIMIT = 1000;
const END_OF_INDEX = Uint8Array.of(0xff);
const ID_INDEX: PlannedIndex = {
  id: undefined,
  name: "_id_",
  keyPattern: { _id: 1 },
  fields: [{ path: "_id", direction: 1 }],
  isMultikey: false,
};

/**
 * Plans a query.
 *
 * @param collection Where it runs.
 * @param shape Filter, sort and hint.
 * @returns The plan.
 * @throws {MongoError} BadValue when the hint names no index.
 */
export function planQuery(collection: Collection, shape: QueryShape): Plan {
  const byId = planById(shape);
  if (byId) return byId;
  const bounds = readFilterBounds(shape.filter);
  const indexes = listIndexes(collection, shape);
  const plans = indexes.flatMap((index) =>
    planIndex(index, bounds, shape.sort)
  );
  if (shape.hint !== undefined) return chooseHinted(indexes, plans, shape);
  const bounded = plans.filter((plan) => plan.isBounded);
  const best = chooseBounded(collection, bounded) ??
    planUnion(collection, shape.filter);
  const sorted = plans.find((plan) => plan.isSorted);
  if (best === undefined) return sorted ?? { kind: "all" };
  if (shape.sort.length === 0 || !sorted || isSorted(best)) return best;
  // An in-memory sort of few rows beats walking the index in order.
  return best.kind === "index" && estimate(collection, best) < ESTIMATE_LIMIT
    ? best
    : sorted;
}

/**
 * Counts the entries of a plan without reading rows.
 *
 * @param collection Where the plan runs.
 * @param plan An index plan.
 * @param limit Where to stop counting.
 * @returns The number of entries, at most `limit`.
 */
export function countEntries(
  collection: Collection,
  plan: IndexPlan,
  limit = Number.MAX_SAFE_INTEGER,
): number {
  const table = plan.index.id === undefined
    ? `c${collection.id}`
    : `i${plan.index.id}`;
  const isLimited = limit !== Number.MAX_SAFE_INTEGER;
  const statement = collection.prepare(
    isLimited
      ? `SELECT count(*) AS n FROM (SELECT 1 FROM ${table} WHERE k >= ? AND k < ? LIMIT ${limit})`
      : `SELECT count(*) AS n FROM ${table} WHERE k >= ? AND k < ?`,
  );
  let total = 0;
  for (const { low, high } of plan.intervals) {
    total += Number(statement.get(low, high)?.n);
    if (total >= limit) return limit;
  }
  return total;
}

/** One value of `_id` is one row at most: nothing serves better. */
function planById({ filter, hint }: QueryShape): IndexPlan | undefined {
  if (hint !== undefined || !Object.hasOwn(filter, "_id")) return undefined;
  const { predicates, conditionCount } = readFilterBounds({ _id: filter._id });
  const [point] = predicates.get("_id") ?? [];
  const [key, another] = point?.kind === "points" ? point.keys : [];
  if (conditionCount !== 1 || !key || another) return undefined;
  return {
    ...createFullPlan(ID_INDEX),
    intervals: [{ low: key, high: concat(key, END_OF_INDEX) }],
    isSorted: true,
    isExact: Object.keys(filter).length === 1,
  };
}

function listIndexes(
  collection: Collection,
  shape: QueryShape,
): PlannedIndex[] {
  const usable = collection.indexes.filter((index) =>
    index.definition.hidden !== true &&
    (!index.partialFilter || isImplied(index.partialFilter, shape.filter)) &&
    (!index.isSparse ||
      index.fields.some(({ path }) =>
        isImplied({ [path]: { $exists: true } }, shape.filter)
      ))
  );
  return [
    ID_INDEX,
    ...usable.map((index) => ({
      id: index.id,
      name: index.name,
      keyPattern: index.definition.key as Document,
      fields: index.fields,
      isMultikey: index.isMultikey,
    })),
  ];
}

function chooseHinted(
  indexes: readonly PlannedIndex[],
  plans: readonly Candidate[],
  shape: QueryShape,
): Plan {
  const { hint } = shape;
  if (isDocument(hint) && "$natural" in hint) return { kind: "all" };
  const wanted = JSON.stringify(hint);
  const index = indexes.find(({ name, keyPattern }) =>
    hint === name || isDocument(hint) && JSON.stringify(keyPattern) === wanted
  );
  if (!index) {
    throw new MongoError(
      "BadValue",
      "error processing query: planner returned error: hint provided does not correspond to an existing index",
    );
  }
  return plans.find((plan) => plan.index === index) ??
    { ...createFullPlan(index), isSorted: shape.sort.length === 0 };
}

function isSorted(plan: Plan): boolean {
  return plan.kind === "index" && plan.isSorted;
}

type Candidate = IndexPlan & {
  readonly isBounded: boolean;
  readonly fieldCount: number;
};

function chooseBounded(
  collection: Collection,
  candidates: readonly Candidate[],
): Candidate | undefined {
  const ranked = candidates.toSorted((left, right) =>
    Number(right.isSorted) - Number(left.isSorted) ||
    right.fieldCount - left.fieldCount
  );
  const [first, ...others] = ranked;
  if (!first || others.length === 0 || first.index.id === undefined) {
    return first;
  }
  let best = first;
  let fewest = estimate(collection, first);
  for (const other of others) {
    // An index that also sorts is worth more than a somewhat shorter one.
    const isComparable = other.isSorted === best.isSorted ||
      fewest === ESTIMATE_LIMIT;
    const entries = isComparable ? estimate(collection, other) : fewest;
    if (entries < fewest) [best, fewest] = [other, entries];
  }
  return best;
}

function estimate(collection: Collection, plan: IndexPlan): number {
  return countEntries(collection, plan, ESTIMATE_LIMIT);
}

/** `$or` is served when each branch is. */
function planUnion(collection: Collection, filter: Document): Plan | undefined {
  const branches = filter.$or;
  if (!Array.isArray(branches) || !branches.every(isDocument)) return undefined;
  const plans = branches.map((branch) =>
    planQuery(collection, { filter: branch, sort: [] })
  );
  return plans.some((plan) => plan.kind === "all")
    ? undefined
    : { kind: "union", plans };
}

function createFullPlan(index: PlannedIndex): IndexPlan {
  return {
    kind: "index",
    index,
    intervals: [{ low: new Uint8Array(), high: END_OF_INDEX }],
    isReverse: false,
    isSorted: false,
    isExact: false,
  };
}

function planIndex(
  index: PlannedIndex,
  bounds: FilterBounds,
  sort: readonly SortField[],
): Candidate[] {
  let prefixes: Uint8Array[] = [new Uint8Array()];
  let usedCount = 0;
  let position = 0;
  for (; position < index.fields.length; position++) {
    const field = index.fields[position]!;
    const points = bounds.predicates.get(field.path)
      ?.find((predicate) => predicate.kind === "points");
    if (!points || prefixes.length * points.keys.length > MAX_INTERVALS) break;
    prefixes = prefixes.flatMap((prefix) =>
      points.keys.map((key) => concat(prefix, orient(key, field)))
    );
    usedCount++;
  }
  const rangeField = index.fields[position];
  const range = rangeField &&
    combineRanges(
      bounds.predicates.get(rangeField.path) ?? [],
      index.isMultikey,
    );
  const intervals = prefixes.map((prefix) =>
    range && rangeField
      ? toInterval(prefix, range, rangeField)
      : { low: prefix, high: concat(prefix, END_OF_INDEX) }
  ).sort((left, right) => compareBytes(left.low, right.low));
  usedCount += range?.usedCount ?? 0;
  const isBounded = usedCount > 0;
  const direction = findSortDirection(index, { position, sort, prefixes });
  const canSort = direction !== 0 && !(index.isMultikey && range);
  if (!isBounded && !canSort) return [];
  return [{
    ...createFullPlan(index),
    intervals,
    isBounded,
    isReverse: canSort && direction < 0,
    isSorted: canSort,
    isExact: !index.isMultikey && usedCount === bounds.conditionCount &&
      range?.isExact !== false,
    fieldCount: position + (range ? 1 : 0),
  }];
}

/** 1 or -1 when walking the index that way yields the sort, else 0. */
function findSortDirection(
  index: PlannedIndex,
  reached: {
    readonly position: number;
    readonly sort: readonly SortField[];
    readonly prefixes: readonly Uint8Array[];
  },
): number {
  const { position, sort, prefixes } = reached;
  const pinned = new Set(
    index.fields.slice(0, position).map(({ path }) => path),
  );
  const open = prefixes.length === 1
    ? sort.filter(({ path }) => !pinned.has(path))
    : sort;
  if (sort.length === 0) return 0;
  if (open.length === 0) return prefixes.length === 1 ? 1 : 0;
  const fields = index.fields.slice(prefixes.length === 1 ? position : 0);
  const directions = new Set(
    open.map(({ path, direction }, i) =>
      fields[i]?.path === path ? fields[i].direction * direction : 0
    ),
  );
  const [only = 0] = directions;
  const isWholeIndexSorted = prefixes.length === 1 || position <= 1;
  return directions.size === 1 && isWholeIndexSorted ? only : 0;
}

function combineRanges(
  predicates: readonly KeyPredicate[],
  isMultikey: boolean,
):
  | { low: KeyBound; high: KeyBound; isExact: boolean; usedCount: number }
  | undefined {
  const ranges = predicates.filter((predicate) => predicate.kind === "range");
  const [first, ...others] = ranges;
  if (!first) return undefined;
  let { low, high, isExact } = first;
  if (isMultikey) return { low, high, isExact, usedCount: 1 };
  for (const other of others) {
    if (compareBounds(other.low, low, 1) > 0) low = other.low;
    if (compareBounds(other.high, high, -1) < 0) high = other.high;
    isExact &&= other.isExact;
  }
  return { low, high, isExact, usedCount: ranges.length };
}

/** Orders bounds; of two on one key the exclusive one is tighter. */
function compareBounds(
  left: KeyBound,
  right: KeyBound,
  tighter: 1 | -1,
): number {
  return compareBytes(left.key, right.key) ||
    (Number(right.isInclusive) - Number(left.isInclusive)) * tighter;
}

function toInterval(
  prefix: Uint8Array,
  range: { readonly low: KeyBound; readonly high: KeyBound },
  field: SortField,
): KeyInterval {
  const [from, to] = field.direction > 0
    ? [range.low, range.high]
    : [range.high, range.low];
  return {
    low: concat(prefix, cut(from, field, !from.isInclusive)),
    high: concat(prefix, cut(to, field, to.isInclusive)),
  };
}

/** The place just before all keys with that value, or just after them. */
function cut(bound: KeyBound, field: SortField, isAfter: boolean): Uint8Array {
  const key = orient(bound.key, field);
  return isAfter ? concat(key, END_OF_INDEX) : key;
}

function orient(key: Uint8Array, field: SortField): Uint8Array {
  return field.direction > 0 ? key : invertKey(key);
}

function concat(left: Uint8Array, right: Uint8Array): Uint8Array {
  const joined = new Uint8Array(left.length + right.length);
  joined.set(left);
  joined.set(right, left.length);
  return joined;
}
