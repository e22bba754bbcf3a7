/**
 * Reads from a filter which index keys can match it.
 *
 * Only what holds for every matching document is used: the top level and `$and`.
 * Bounds are order keys, so they stay within the bracket of their type as
 * comparisons do. What is not exact is narrowed here and decided by the filter.
 */

import { BSONRegExp, MaxKey, MinKey } from "bson";
import { compareBytes } from "../bson/compare_values.ts";
import { type Document, isDocument } from "../bson/document.ts";
import { encodeOrderKey, getRank } from "../bson/order_key.ts";
import { isOperatorObject } from "../query/compile_filter.ts";

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
  const visit = (part: Document) => {
    for (const [key, operand] of Object.entries(part)) {
      if (key === "$and" && Array.isArray(operand)) {
        operand.filter(isDocument).forEach(visit);
      } else if (key === "$comment") continue;
      else if (key.startsWith("$") || HAS_PLACE.test(key)) conditionCount++;
      else {
        for (const predicate of readPredicates(operand)) {
          conditionCount++;
          if (!predicate) continue;
          predicates.set(key, [...predicates.get(key) ?? [], predicate]);
        }
      }
    }
  };
  visit(filter);
  return { predicates, conditionCount };
}

/**
 * Reads what the operand beside a path demands of the keys on the path.
 *
 * @param operand A value to equal, or operators.
 * @returns An entry a condition; undefined where keys cannot say it.
 */
export function readPredicates(
  operand: unknown,
): (KeyPredicate | undefined)[] {
  if (!isOperatorObject(operand)) return [readEquality([operand])];
  return Object.entries(operand).filter(([name]) => name !== "$options")
    .map(([name, value]) => readOperator(name, value, operand));
}

function readOperator(
  name: string,
  operand: unknown,
  siblings: Document,
): KeyPredicate | undefined {
  switch (name) {
    case "$eq":
      return readEquality([operand]);
    case "$in":
      return Array.isArray(operand) ? readEquality(operand) : undefined;
    case "$gt":
    case "$gte":
    case "$lt":
    case "$lte":
      return readRange(name, operand);
    case "$regex":
      return siblings.$options === undefined ? readPrefix(operand) : undefined;
    default:
      return undefined;
  }
}

/** An array matches as a whole or by element, which one key cannot say. */
function readEquality(values: readonly unknown[]): KeyPredicate | undefined {
  const [first] = values;
  if (values.length === 1 && first instanceof BSONRegExp) {
    return readPrefix(first);
  }
  if (
    values.some((value) => Array.isArray(value) || value instanceof BSONRegExp)
  ) {
    return undefined;
  }
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
