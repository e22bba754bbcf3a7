/**
 * Expression operators in which mingo differs from MongoDB, done as MongoDB's
 * manual says.
 *
 * They work on mingo's plain values. What needs a time zone besides is refused
 * rather than approximated. Found by comparing random expressions with SecantusDB.
 */

import { compareValues } from "../bson/compare_values.ts";
import { type Document, isDocument, setField } from "../bson/document.ts";
import { isTruthy, rejectInexact } from "../bson/numbers.ts";
import { type CodeName, MongoError } from "../errors.ts";

/** An operator on its operands, evaluated; one that is no list is a list of one. */
type Compute = (operands: readonly unknown[]) => unknown;

/** Those that need nothing but their operands, by name. */
export const CORRECTED_OPERATORS: Readonly<Record<string, Compute>> = {
  $allElementsTrue: ([array]) =>
    readArray("$allElementsTrue", array).every(isTruthy),
  $anyElementTrue: ([array]) =>
    readArray("$anyElementTrue", array).some(isTruthy),
  $arrayToObject: ([array]) => array == null ? null : buildObject(array),
  $avg: (operands) => average(readNumbers(operands)),
  $concat: concat,
  $isArray: ([value]) => Array.isArray(value),
  $last: ([array]) => array == null ? null : readArray("$last", array).at(-1),
  $max: (operands) => findExtreme(operands, 1),
  $mergeObjects: (operands) => mergeObjects(toList(operands)),
  $min: (operands) => findExtreme(operands, -1),
  $mod: computeRemainder,
  $not: ([value]) => !isTruthy(value),
  $replaceAll: replaceAll,
  $size: ([array]) => readArray("$size", array).length,
  $split: split,
  $substrCP: takePart,
  $sum: (operands) => readNumbers(operands).reduce((a, b) => a + b, 0),
  $toLower: ([value]) =>
    toText("$toLower", value).replace(/[A-Z]/g, (c) => c.toLowerCase()),
  $toUpper: ([value]) =>
    toText("$toUpper", value).replace(/[a-z]/g, (c) => c.toUpperCase()),
};

/**
 * Merges documents, the last one winning; nothing and null do not count.
 *
 * @param values The documents.
 * @returns The merged document.
 * @throws {MongoError} Location40400 for a value of another type.
 */
export function mergeObjects(values: readonly unknown[]): Document {
  let merged: Document = {};
  for (const value of values) {
    if (value === undefined || value === null) continue;
    if (!isDocument(value)) {
      throw new MongoError(
        "Location40400",
        "$mergeObjects requires object inputs",
      );
    }
    merged = { ...merged, ...value };
  }
  return merged;
}

function readArray(name: string, value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value;
  throw new Error(`The argument to ${name} must be an array`);
}

function readText(
  name: string,
  value: unknown,
  codeName?: CodeName,
): string {
  if (typeof value === "string") return value;
  const message = `${name} only supports strings`;
  throw codeName ? new MongoError(codeName, message) : new Error(message);
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

/** What is no number does not count. */
function readNumbers(operands: readonly unknown[]): number[] {
  const list = toList(operands);
  for (const value of list) rejectInexact(value);
  return list.filter((value) => typeof value === "number");
}

function average(numbers: readonly number[]): number | null {
  if (numbers.length === 0) return null;
  return numbers.reduce((a, b) => a + b, 0) / numbers.length;
}

/** Takes `[key, value]` and `{ k, v }`. */
function buildObject(pairs: unknown): Document {
  const result: Document = {};
  for (const pair of readArray("$arrayToObject", pairs)) {
    const [key, value] = isDocument(pair)
      ? [pair.k, pair.v]
      : readArray("$arrayToObject", pair);
    setField(result, readText("$arrayToObject", key, "Location40394"), value);
  }
  return result;
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
    throw new Error("$mod only supports numeric types");
  }
  if (divisor === 0) {
    throw new MongoError("Location16610", "can't $mod by zero");
  }
  return dividend % divisor + 0; // Without a negative zero.
}

function replaceAll([spec]: readonly unknown[]): unknown {
  const { input, find, replacement } = isDocument(spec) ? spec : {};
  if (input == null || find == null || replacement == null) return null;
  const text = readText("$replaceAll", input);
  const wanted = readText("$replaceAll", find, "Location51745");
  const instead = readText("$replaceAll", replacement, "Location51744");
  return text.replaceAll(wanted, () => instead);
}

function split([text, separator]: readonly unknown[]): unknown {
  if (text == null || separator == null) return null;
  if (separator === "") {
    throw new MongoError(
      "Location40087",
      "$split requires a non-empty separator",
    );
  }
  return readText("$split", text)
    .split(readText("$split", separator, "Location10503900"));
}

function takePart([value, start, count]: readonly unknown[]): string {
  const read = (place: unknown, codes: readonly [CodeName, CodeName]) => {
    const isNumber = typeof place === "number" && Number.isInteger(place);
    if (isNumber && place >= 0) return place;
    throw new MongoError(
      codes[isNumber ? 1 : 0],
      "$substrCP needs whole numbers that are not negative",
    );
  };
  const from = read(start, ["Location34450", "Location34455"]);
  const length = read(count, ["Location34452", "Location34454"]);
  const characters = [...toText("$substrCP", value)];
  return characters.slice(from, from + length).join("");
}

function toText(name: string, value: unknown): string {
  if (value == null) return "";
  if (typeof value === "string") return value;
  if (typeof value === "number") return String(value);
  if (value instanceof Date) return value.toISOString();
  throw new MongoError(
    "Location16007",
    `${name} cannot convert that type to a string`,
  );
}
