/**
 * Decides whether a filter promises what a partial or sparse index demands.
 *
 * Answers yes only for promises that are plain to see: equal conditions, ranges
 * within ranges, and the presence of a field that is compared with a value.
 */

import { areEqual, compareValues } from "../bson/compare_values.ts";
import type { Document } from "../bson/document.ts";
import { isNumeric } from "../bson/numbers.ts";
import { getRank } from "../bson/order_key.ts";
import { type Condition, listConditions } from "../query/list_conditions.ts";

/**
 * Whether every document that matches the query matches the demand.
 *
 * @param demand The filter of the index.
 * @param query The filter of the client.
 * @returns False whenever it is not plain to see.
 */
export function isImplied(demand: Document, query: Document): boolean {
  const promises = listConditions(query);
  return listConditions(demand).every((wanted) =>
    promises.some((promise) => covers(promise, wanted))
  );
}

function covers(promise: Condition, wanted: Condition): boolean {
  if (promise.path !== wanted.path) return false;
  if (
    promise.operator === wanted.operator &&
    areEqual(promise.operand, wanted.operand)
  ) {
    return true;
  }
  const isComparison = /^\$(eq|gte?|lte?)$/.test(promise.operator);
  const { operand } = promise;
  if (!isComparison || operand === null || Array.isArray(operand)) return false;
  if (wanted.operator === "$exists") return wanted.operand === true;
  const isNaNPromise = isNumeric(operand) && Number.isNaN(Number(operand));
  return getRank(operand) === getRank(wanted.operand) && !isNaNPromise &&
    isWithin(promise, wanted);
}

function isWithin(promise: Condition, wanted: Condition): boolean {
  const order = compareValues(promise.operand, wanted.operand);
  const direction = wanted.operator.startsWith("$g")
    ? 1
    : wanted.operator.startsWith("$l")
    ? -1
    : 0;
  const isSameSide = promise.operator === "$eq" ||
    promise.operator.slice(0, 2) === wanted.operator.slice(0, 2);
  if (direction === 0 || !isSameSide) return false;
  const isStrict = promise.operator === "$gt" || promise.operator === "$lt";
  return order * direction > 0 ||
    order === 0 && (wanted.operator.endsWith("e") || isStrict);
}
