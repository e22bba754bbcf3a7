/**
 * What one index can do for a filter and a sort.
 *
 * An index serves with its leading fields that are pinned to points, then at most
 * one range; the sort is served when its fields follow. Which index is taken is
 * the concern of plan_query.ts.
 */

import { compareBytes } from "../bson/compare_values.ts";
import type { Document } from "../bson/document.ts";
import { invertKey, joinKeys } from "../bson/order_key.ts";
import type { SortField } from "../query/compile_sort.ts";
import type {
  FilterBounds,
  KeyBound,
  KeyPredicate,
  KeyRange,
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

/** How to read along an index. */
export interface IndexPlan {
  readonly kind: "index";
  readonly index: PlannedIndex;
  readonly intervals: readonly KeyInterval[];
  readonly isReverse: boolean;
  /** Rows come in the order that was asked for. */
  readonly isSorted: boolean;
  /** Every row read matches; the filter need not look. */
  readonly isExact: boolean;
}

/** A plan with what it is chosen by. */
export interface Candidate extends IndexPlan {
  /** Whether it reads less than the whole index. */
  readonly isBounded: boolean;
  /** How many fields of the index it narrows. */
  readonly fieldCount: number;
}

const MAX_INTERVALS = 1000;
const END_OF_INDEX = Uint8Array.of(0xff);

/**
 * Plans to read a whole index.
 *
 * @param index The index.
 * @returns The plan, which promises nothing.
 */
export function createFullPlan(index: PlannedIndex): IndexPlan {
  return {
    kind: "index",
    index,
    intervals: [{ low: new Uint8Array(), high: END_OF_INDEX }],
    isReverse: false,
    isSorted: false,
    isExact: false,
  };
}

/**
 * Plans to read what one key leads to.
 *
 * @param index The index.
 * @param key The order key of all its fields.
 * @returns The plan, not yet said to be sorted or exact.
 */
export function createPointPlan(
  index: PlannedIndex,
  key: Uint8Array,
): IndexPlan {
  return { ...createFullPlan(index), intervals: [toPoint(key)] };
}

/**
 * Plans a filter and a sort along an index.
 *
 * @param index The index.
 * @param bounds What the filter demands of keys.
 * @param sort The sort; empty for none.
 * @returns The plan; nothing when the index is of no use.
 */
export function planIndex(
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
      points.keys.map((key) => joinKeys(prefix, orient(key, field)))
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
      : toPoint(prefix)
  ).sort((left, right) => compareBytes(left.low, right.low));
  usedCount += range?.usedCount ?? 0;
  const isBounded = usedCount > 0;
  const direction = findSortDirection(index, { position, sort, prefixes });
  const narrowed = index.fields.slice(0, position + (range ? 1 : 0));
  // What lies outside the bounds decides the place of an array, too.
  const canSort = direction !== 0 && !(index.isMultikey &&
    narrowed.some(({ path }) => sort.some((field) => field.path === path)));
  if (!isBounded && !canSort) return [];
  return [{
    ...createFullPlan(index),
    intervals,
    isBounded,
    isReverse: canSort && direction < 0,
    isSorted: canSort,
    isExact: !index.isMultikey && usedCount === bounds.conditionCount,
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
): (KeyRange & { readonly usedCount: number }) | undefined {
  const ranges = predicates.filter((predicate) => predicate.kind === "range");
  const [first, ...others] = ranges;
  if (!first) return undefined;
  if (isMultikey) return { ...first, usedCount: 1 };
  let { low, high } = first;
  for (const other of others) {
    if (compareBounds(other.low, low, 1) > 0) low = other.low;
    if (compareBounds(other.high, high, -1) < 0) high = other.high;
  }
  return { ...first, low, high, usedCount: ranges.length };
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

function toPoint(key: Uint8Array): KeyInterval {
  return { low: key, high: joinKeys(key, END_OF_INDEX) };
}

function toInterval(
  prefix: Uint8Array,
  range: KeyRange,
  field: SortField,
): KeyInterval {
  const [from, to] = field.direction > 0
    ? [range.low, range.high]
    : [range.high, range.low];
  return {
    low: joinKeys(prefix, cut(from, field, !from.isInclusive)),
    high: joinKeys(prefix, cut(to, field, to.isInclusive)),
  };
}

/** The place just before all keys with that value, or just after them. */
function cut(bound: KeyBound, field: SortField, isAfter: boolean): Uint8Array {
  const key = orient(bound.key, field);
  return isAfter ? joinKeys(key, END_OF_INDEX) : key;
}

function orient(key: Uint8Array, field: SortField): Uint8Array {
  return field.direction > 0 ? key : invertKey(key);
}
