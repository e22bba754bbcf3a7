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
  | { readonly kind: "points"; readonly keys: readonly Uint8Array[] }
  | KeyRange;

/** A demand for the keys from one to another. */
export interface KeyRange {
  readonly kind: "range";
  readonly low: KeyBound;
  readonly high: KeyBound;
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
  { operator, operand }: Condition,
): KeyPredicate | undefined {
  switch (operator) {
    case "$eq":
      return readPoints([operand]);
    case "$in":
      return Array.isArray(operand) ? readPoints(operand) : undefined;
    case "$gt":
    case "$gte":
    case "$lt":
    case "$lte":
      return readRange(operator, operand);
    default:
      return undefined;
  }
}

/** An array matches as a whole or by element, a pattern many: no one key says it. */
function readPoints(values: readonly unknown[]): KeyPredicate | undefined {
  const isNoPoint = (value: unknown) =>
    Array.isArray(value) || value instanceof BSONRegExp;
  if (values.some(isNoPoint)) return undefined;
  const keys = values.map((value) => encodeOrderKey(value)).sort(compareBytes);
  const isNew = (key: Uint8Array, i: number) =>
    i === 0 || compareBytes(keys[i - 1]!, key) !== 0;
  return { kind: "points", keys: keys.filter(isNew) };
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
    ? { kind: "range", low: bound, high: bracket.high }
    : { kind: "range", low: bracket.low, high: bound };
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
