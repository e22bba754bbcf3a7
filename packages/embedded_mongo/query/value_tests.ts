/**
 * The operators of a filter that look at one value, one entry each.
 *
 * Comparisons stay within the bracket of the operand's type, as in MongoDB: a
 * string is neither above nor below a date. Which values of a path are looked at
 * is the concern of compile_operator.ts.
 */

import { BSONRegExp, MaxKey, MinKey } from "bson";
import { areEqual, compareValues } from "../bson/compare_values.ts";
import {
  type Document,
  getTypeNumber,
  TYPE_NUMBERS,
} from "../bson/document.ts";
import { toSafeInteger } from "../bson/numbers.ts";
import { getRank } from "../bson/order_key.ts";
import { badValue } from "../errors.ts";
import { isOperatorObject } from "./compile_filter.ts";
import { compileRegExp } from "./compile_regexp.ts";

/** A test on one value; undefined stands for a missing field. */
export type ValueTest = (value: unknown) => boolean;

/** The operators by name; `$regex` reads `$options` from its siblings. */
export const VALUE_TESTS: Readonly<
  Record<string, (operand: unknown, siblings: Document) => ValueTest>
> = {
  $eq: (operand) =>
    operand instanceof BSONRegExp
      ? (value) => value !== undefined && areEqual(value, operand)
      : compileEqual(operand),
  $gt: (operand) => compileRange(operand, (order) => order > 0),
  $gte: (operand) => compileRange(operand, (order) => order >= 0),
  $lt: (operand) => compileRange(operand, (order) => order < 0),
  $lte: (operand) => compileRange(operand, (order) => order <= 0),
  $in: compileIn,
  $regex: compileRegexOperator,
  $mod: compileMod,
  $type: compileType,
};

/**
 * Compiles the test for a value to be equal to another.
 *
 * @param operand The value; a regular expression is matched, not compared.
 * @returns The test.
 */
export function compileEqual(operand: unknown): ValueTest {
  if (operand instanceof BSONRegExp) return compileRegexTest(operand);
  if (operand === null) return (value) => value === null || value === undefined;
  if (typeof operand === "string") return (value) => value === operand;
  return (value) => value !== undefined && areEqual(value, operand);
}

function compileRegexTest(regexp: BSONRegExp): ValueTest {
  const test = compileRegExp(regexp.pattern, regexp.options);
  return (value) =>
    typeof value === "string" ? test(value) : value instanceof BSONRegExp &&
      value.pattern === regexp.pattern && value.options === regexp.options;
}

function compileRange(
  operand: unknown,
  accepts: (order: number) => boolean,
): ValueTest {
  rejectRegExp("comparison", operand);
  if (operand instanceof MinKey || operand instanceof MaxKey) {
    return (value) =>
      value !== undefined && accepts(compareValues(value, operand));
  }
  const rank = getRank(operand);
  const isNaNOperand = rank === 0x20 && Number.isNaN(Number(operand));
  return (value) => {
    if (getRank(value) !== rank) return false;
    if (value === undefined && operand !== null) return false;
    const order = compareValues(value, operand);
    if (rank === 0x20 && (isNaNOperand || Number.isNaN(Number(value)))) {
      return order === 0 && accepts(0);
    }
    return accepts(order);
  };
}

/**
 * Refuses a regular expression where MongoDB takes none.
 *
 * @param name The operator.
 * @param operand Its operand.
 * @returns The operand.
 * @throws {MongoError} BadValue.
 */
export function rejectRegExp(name: string, operand: unknown): unknown {
  if (operand instanceof BSONRegExp) {
    throw badValue(`Can't have regex as arg to ${name}.`);
  }
  return operand;
}

/**
 * Compiles the test for a value to be among several.
 *
 * @param operand The array of a `$in`.
 * @returns The test.
 * @throws {MongoError} BadValue unless it is an array without operators.
 */
export function compileIn(operand: unknown): ValueTest {
  if (!Array.isArray(operand)) {
    throw badValue("$in needs an array");
  }
  if (operand.some(isOperatorObject)) {
    throw badValue("cannot nest $ under $in");
  }
  const texts = new Set(operand.filter((item) => typeof item === "string"));
  const others = operand.filter((item) => typeof item !== "string")
    .map(compileEqual);
  return (value) =>
    typeof value === "string" && texts.has(value) ||
    others.some((test) => test(value));
}

function compileRegexOperator(operand: unknown, siblings: Document): ValueTest {
  const { $options } = siblings;
  if ($options !== undefined && typeof $options !== "string") {
    throw badValue("$options has to be a string");
  }
  if (operand instanceof BSONRegExp) {
    return compileRegexTest(
      new BSONRegExp(operand.pattern, $options ?? operand.options),
    );
  }
  if (typeof operand === "string") {
    return compileRegexTest(new BSONRegExp(operand, $options ?? ""));
  }
  throw badValue("$regex has to be a string");
}

function compileMod(operand: unknown): ValueTest {
  const [divisor, remainder] = Array.isArray(operand) && operand.length === 2
    ? operand.map(toSafeInteger)
    : [];
  if (divisor === undefined || remainder === undefined) {
    throw badValue("malformed mod, needs to be an array of two numbers");
  }
  if (divisor === 0) throw badValue("divisor cannot be 0");
  return (value) => {
    const dividend = toSafeInteger(value);
    return dividend !== undefined && dividend % divisor === remainder;
  };
}

function compileType(operand: unknown): ValueTest {
  const wanted = new Set(
    (Array.isArray(operand) ? operand : [operand]).flatMap(toTypeNumbers),
  );
  return (value) => value !== undefined && wanted.has(getTypeNumber(value));
}

function toTypeNumbers(alias: unknown): number[] {
  if (alias === "number") return [1, 16, 18, 19];
  const number = typeof alias === "string"
    ? TYPE_NUMBERS[alias]
    : toSafeInteger(alias);
  const isKnown = number !== undefined &&
    Object.values(TYPE_NUMBERS).includes(number);
  if (!isKnown) {
    throw badValue(`Unknown type name alias: ${alias}`);
  }
  return [number];
}
