/**
 * Reads from a filter which index keys can match it.
 *
 * Only what holds for every matching document is used: the top level and `$and`.
 * Bounds are order keys, so they stay within the bracket of their type as
 * comparisons do. What is not exact is narrowed here and decided by the filter.
 */

import { BSONRegExp, MaxKey, MinKey } from "bson";
import { compareBytes } from "../bson/compare_values.ts";
import type { Document } from "../bson/document.ts";
import { encodeOrderKey, getRank } from "../bson/order_key.ts";
import { type Condition, listConditions } from "../query/list_conditions.ts";

// A filter takes `a.0` for a place and for a field, an index key for a place.
const HAS_PLACE = /\.\d+(\.|$)/;

/** One end of a range of keys. */
export interface KeyBound {
  readonly key: Uint8Array;
  readonly isInclusive: boolean;
}

/** What one predicate demands of the keys on its path. */
export type KeyPredicate =
  | {
    readonly kind: "points";
    readonly keys: readonly Uint8Array[];
    readonly isExact: boolean;
  }
  | KeyRange;

/** A demand for the keys from one to another. */
export interface KeyRange {
  readonly kind: "range";
  readonly low: KeyBound;
  readonly high: KeyBound;
  readonly isExact: boolean;
  /** One more key that may match: a regular expression equals itself. */
  readonly besides?: Uint8Array;
}

/** The predicates of a filter by path. */
export interface FilterBounds {
  readonly predicates: ReadonlyMap<string, readonly KeyPredicate[]>;
  /** How many conditions the filter has, those without a predicate included. */
  readonly conditionCount: number;
}

/**
 * Reads the bounds of a filter.
 *
 * @param filter The filter as the client sent it.
 * @returns What it demands of index keys.
 */
export function readFilterBounds(filter: Document): FilterBounds {
  const predicates = new Map<string, KeyPredicate[]>();
  let conditionCount = 0;
  for (const condition of listConditions(filter)) {
    const { path, operator } = condition;
    if (path === "$comment" || operator === "$options") continue;
    conditionCount++;
    if (path.startsWith("$") || HAS_PLACE.test(path)) continue;
    const predicate = readPredicate(condition);
    if (!predicate) continue;
    predicates.set(path, [...predicates.get(path) ?? [], predicate]);
  }
  return { predicates, conditionCount };
}

/**
 * Reads what one condition demands of the keys on its path.
 *
 * @param condition The condition.
 * @returns The predicate; undefined where keys cannot say it.
 */
export function readPredicate(
  { operator, operand, siblings }: Condition,
): KeyPredicate | undefined {
  switch (operator) {
    case "$eq":
      return readPoints([operand]);
    case "$in":
      return Array.isArray(operand) ? readAlternatives(operand) : undefined;
    case "$gt":
    case "$gte":
    case "$lt":
    case "$lte":
      return readRange(operator, operand);
    case "$regex":
      return siblings.$options === undefined ? readPrefix(operand) : undefined;
    default:
      return undefined;
  }
}

function readAlternatives(
  values: readonly unknown[],
): KeyPredicate | undefined {
  const [first] = values;
  if (!values.some((value) => value instanceof BSONRegExp)) {
    return readPoints(values);
  }
  return values.length === 1 ? readPrefix(first) : undefined;
}

/** An array matches as a whole or by element, which one key cannot say. */
function readPoints(values: readonly unknown[]): KeyPredicate | undefined {
  if (values.some(Array.isArray)) return undefined;
  const keys = values.map((value) => encodeOrderKey(value)).sort(compareBytes);
  const isNew = (key: Uint8Array, i: number) =>
    i === 0 || compareBytes(keys[i - 1]!, key) !== 0;
  return { kind: "points", isExact: true, keys: keys.filter(isNew) };
}

function readRange(name: string, operand: unknown): KeyPredicate | undefined {
  const isUnbounded = operand === null || Array.isArray(operand) ||
    operand instanceof MinKey || operand instanceof MaxKey ||
    operand instanceof BSONRegExp ||
    Number.isNaN(Number(String(operand))) && getRank(operand) === 0x20;
  if (isUnbounded) return undefined;
  const bound = {
    key: encodeOrderKey(operand),
    isInclusive: name.endsWith("e"),
  };
  const bracket = getBracket(operand);
  return name.startsWith("$g")
    ? { kind: "range", low: bound, high: bracket.high, isExact: true }
    : { kind: "range", low: bracket.low, high: bound, isExact: true };
}

/** The ends of a type's bracket; NaN lies below all numbers and is left out. */
function getBracket(value: unknown): { low: KeyBound; high: KeyBound } {
  const rank = getRank(value);
  return {
    low: rank === 0x20
      ? { key: encodeOrderKey(-Infinity), isInclusive: true }
      : { key: Uint8Array.of(rank - 1), isInclusive: false },
    high: { key: Uint8Array.of(rank + 1), isInclusive: false },
  };
}

/** `/^abc/` narrows to the strings that begin with abc. */
function readPrefix(operand: unknown): KeyPredicate | undefined {
  const pattern = operand instanceof BSONRegExp && operand.options === ""
    ? operand.pattern
    : operand;
  if (typeof pattern !== "string") return undefined;
  const prefix = /^\^([\w @:\/-]+)(?![*?+{|\w @:\/-])/.exec(pattern)?.[1];
  if (prefix === undefined || pattern.includes("|")) return undefined;
  const key = encodeOrderKey(prefix);
  const high = key.slice();
  high[high.length - 1] = 0xff;
  return {
    kind: "range",
    low: { key, isInclusive: true },
    high: { key: high, isInclusive: false },
    isExact: false,
    besides: encodeOrderKey(new BSONRegExp(pattern)),
  };
}
