/**
 * Expression operators in which mingo differs from MongoDB, done as MongoDB's
 * manual says.
 *
 * They work on mingo's plain values. What needs a time zone besides is refused
 * rather than approximated. Found by comparing random expressions with SecantusDB.
 */

import { compareValues } from "../bson/compare_values.ts";
import { isDocument } from "../bson/document.ts";
import { rejectInexact } from "../bson/numbers.ts";
import { type CodeName, MongoError } from "../errors.ts";
import { mergeObjects } from "./merge_objects.ts";

/** An operator on its operands, evaluated; one that is no list is a list of one. */
type Compute = (operands: readonly unknown[]) => unknown;

/** Those that need nothing but their operands, by name. */
export const CORRECTED_OPERATORS: Readonly<Record<string, Compute>> = {
  $concat: concat,
  $last: ([array]) => array == null ? null : readArray("$last", array).at(-1),
  $max: (operands) => findExtreme(operands, 1),
  $mergeObjects: (operands) => mergeObjects(toList(operands)),
  $min: (operands) => findExtreme(operands, -1),
  $mod: computeRemainder,
  $not: ([value]) => value == null || value === false || value === 0,
  $replaceAll: replaceAll,
  $size: ([array]) => readArray("$size", array).length,
  $split: split,
  $toLower: ([value]) =>
    toText("$toLower", value).replace(/[A-Z]/g, (c) => c.toLowerCase()),
  $toUpper: ([value]) =>
    toText("$toUpper", value).replace(/[a-z]/g, (c) => c.toUpperCase()),
};

/**
 * Whether a value can be converted to a number or a date at all; mingo takes an
 * empty array and an empty text for zero, and truth for the year 1970.
 *
 * @param value A plain value.
 * @param target What `$convert` would call it.
 * @returns False for what MongoDB refuses whatever it holds.
 */
export function isConvertible(value: unknown, target: string): boolean {
  if (target === "date" && typeof value === "boolean") return false;
  if (target === "int" && value instanceof Date) return false;
  return value !== "" && !Array.isArray(value) && !isDocument(value);
}

function fail(codeName: CodeName, message: string): MongoError {
  return new MongoError(codeName, message);
}

function readArray(name: string, value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value;
  throw fail("Location17124", `The argument to ${name} must be an array`);
}

function readText(name: string, value: unknown): string {
  if (typeof value === "string") return value;
  throw fail("BadValue", `${name} only supports strings`);
}

/** Null before a wrong type wins, as operands are looked at in order. */
function concat(operands: readonly unknown[]): unknown {
  let text = "";
  for (const operand of operands) {
    if (operand == null) return null;
    text += readText("$concat", operand);
  }
  return text;
}

/** A lone array stands for its elements. */
function toList(operands: readonly unknown[]): readonly unknown[] {
  const [only] = operands;
  return operands.length === 1 && Array.isArray(only) ? only : operands;
}

function findExtreme(operands: readonly unknown[], sign: 1 | -1): unknown {
  let extreme: unknown = null;
  for (const value of toList(operands)) {
    if (value == null) continue;
    if (extreme === null || compareValues(value, extreme) * sign > 0) {
      extreme = value;
    }
  }
  return extreme;
}

function computeRemainder([dividend, divisor]: readonly unknown[]): unknown {
  if (dividend == null || divisor == null) return null;
  for (const operand of [dividend, divisor]) rejectInexact(operand);
  if (typeof dividend !== "number" || typeof divisor !== "number") {
    throw fail("BadValue", "$mod only supports numeric types");
  }
  if (divisor === 0) throw fail("Location16610", "can't $mod by zero");
  return dividend % divisor + 0; // Without a negative zero.
}

function replaceAll([spec]: readonly unknown[]): unknown {
  const { input, find, replacement } = isDocument(spec) ? spec : {};
  if (input == null || find == null || replacement == null) return null;
  const text = readText("$replaceAll", replacement);
  return readText("$replaceAll", input)
    .replaceAll(readText("$replaceAll", find), () => text);
}

function split([text, separator]: readonly unknown[]): unknown {
  if (text == null || separator == null) return null;
  if (separator === "") {
    throw fail("BadValue", "$split requires a non-empty separator");
  }
  return readText("$split", text).split(readText("$split", separator));
}

function toText(name: string, value: unknown): string {
  if (value == null) return "";
  if (typeof value === "string") return value;
  if (typeof value === "number") return String(value);
  if (value instanceof Date) return value.toISOString();
  throw fail("BadValue", `${name} cannot convert that type to a string`);
}
