/**
 * The operators that stand beside a path in a filter, one entry each.
 *
 * Comparisons stay within the bracket of the operand's type, as in MongoDB: a
 * string is neither above nor below a date. `$elemMatch` re-enters the filter
 * compiler, which is the one cycle among these files.
 */

import { BSONRegExp, MaxKey, MinKey } from "bson";
import { areEqual, compareValues } from "../bson/compare_values.ts";
import {
  type Document,
  getTypeNumber,
  isDocument,
  TYPE_NUMBERS,
} from "../bson/document.ts";
import { toSafeInteger } from "../bson/numbers.ts";
import { getRank } from "../bson/order_key.ts";
import { MongoError, refuse } from "../errors.ts";
import {
  compileFilter,
  type Filter,
  isOperatorObject,
} from "./compile_filter.ts";
import { compileRegExp } from "./compile_regexp.ts";
import { type LeafMode, type PathTrace, visitPath } from "./visit_path.ts";

type ValueTest = (value: unknown) => boolean;

interface OperatorUse {
  readonly parts: readonly string[];
  readonly name: string;
  readonly operand: unknown;
  /** The whole operator object: `$regex` reads `$options` from it. */
  readonly siblings: Document;
}

const VALUE_TESTS: Readonly<
  Record<string, (operand: unknown, siblings: Document) => ValueTest>
> = {
  $eq: compileEqual,
  $gt: (operand) => compileRange(operand, (order) => order > 0),
  $gte: (operand) => compileRange(operand, (order) => order >= 0),
  $lt: (operand) => compileRange(operand, (order) => order < 0),
  $lte: (operand) => compileRange(operand, (order) => order <= 0),
  $in: compileIn,
  $regex: compileRegexOperator,
  $mod: compileMod,
  $type: compileType,
  $bitsAllSet: (operand) => compileBits(operand, (hit, mask) => hit === mask),
  $bitsAnySet: (operand) => compileBits(operand, (hit) => hit !== 0n),
  $bitsAllClear: (operand) => compileBits(operand, (hit) => hit === 0n),
  $bitsAnyClear: (operand) => compileBits(operand, (hit, mask) => hit !== mask),
};

const GEO =
  /^\$(geo|near|nearSphere|within|geoWithin|geoIntersects|box|center)/;

/**
 * Compiles the test of a path that must equal a value.
 *
 * @param parts The path, split at its dots.
 * @param operand The value; a regular expression is matched, not compared.
 * @returns The test.
 */
export function compileEquality(
  parts: readonly string[],
  operand: unknown,
): Filter {
  return somewhere(parts, compileEqual(operand));
}

/**
 * Compiles one operator beside a path.
 *
 * @param use Path, operator, operand and its siblings.
 * @returns The test.
 * @throws {MongoError} BadValue for an operator or operand MongoDB rejects.
 */
export function compileOperator(use: OperatorUse): Filter {
  const { parts, name, operand, siblings } = use;
  const compileTest = VALUE_TESTS[name];
  if (compileTest) return somewhere(parts, compileTest(operand, siblings));
  switch (name) {
    case "$ne":
      return nowhere(parts, compileEqual(rejectRegExp(name, operand)));
    case "$nin":
      return nowhere(parts, compileIn(operand));
    case "$exists":
      return toBoolean(operand)
        ? somewhere(parts, isPresent)
        : nowhere(parts, isPresent);
    case "$all":
      return compileAll(parts, operand);
    case "$elemMatch":
      return compileElementFilter(parts, operand);
    case "$size":
      return compileSize(parts, operand);
  }
  if (GEO.test(name)) {
    throw refuse(`${name} (geospatial queries)`, "NoQueryExecutionPlans");
  }
  throw new MongoError("BadValue", `unknown operator: ${name}`);
}

function somewhere(
  parts: readonly string[],
  test: ValueTest,
  leaf: LeafMode = "elements-and-array",
): Filter {
  return (document, trace) => visitPath(document, { parts, leaf, test, trace });
}

function nowhere(parts: readonly string[], test: ValueTest): Filter {
  const found = somewhere(parts, test);
  return (document) => !found(document);
}

function isPresent(value: unknown): boolean {
  return value !== undefined;
}

function compileEqual(operand: unknown): ValueTest {
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

function rejectRegExp(name: string, operand: unknown): unknown {
  if (operand instanceof BSONRegExp) {
    throw new MongoError("BadValue", `Can't have regex as arg to ${name}.`);
  }
  return operand;
}

function compileIn(operand: unknown): ValueTest {
  if (!Array.isArray(operand)) {
    throw new MongoError("BadValue", "$in needs an array");
  }
  if (operand.some(isOperatorObject)) {
    throw new MongoError("BadValue", "cannot nest $ under $in");
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
    throw new MongoError("BadValue", "$options has to be a string");
  }
  if (operand instanceof BSONRegExp) {
    return compileRegexTest(
      new BSONRegExp(operand.pattern, $options ?? operand.options),
    );
  }
  if (typeof operand === "string") {
    return compileRegexTest(new BSONRegExp(operand, $options ?? ""));
  }
  throw new MongoError("BadValue", "$regex has to be a string");
}

function compileMod(operand: unknown): ValueTest {
  const [divisor, remainder] = Array.isArray(operand) && operand.length === 2
    ? operand.map(toSafeInteger)
    : [];
  if (divisor === undefined || remainder === undefined) {
    throw new MongoError(
      "BadValue",
      "malformed mod, needs to be an array of two numbers",
    );
  }
  if (divisor === 0) throw new MongoError("BadValue", "divisor cannot be 0");
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
    throw new MongoError("BadValue", `Unknown type name alias: ${alias}`);
  }
  return [number];
}

function compileAll(parts: readonly string[], operand: unknown): Filter {
  if (!Array.isArray(operand)) {
    throw new MongoError("BadValue", "$all needs an array");
  }
  const filters = operand.map((item) =>
    isDocument(item) && "$elemMatch" in item
      ? compileElementFilter(parts, item.$elemMatch)
      : compileEquality(parts, item)
  );
  return (document, trace) =>
    filters.length > 0 && filters.every((filter) => filter(document, trace));
}

/** The element that matched is what `$` stands for, unless an outer array is. */
function compileElementFilter(
  parts: readonly string[],
  operand: unknown,
): Filter {
  const accepts = compileElemMatch(operand);
  return (document, trace) => {
    let matched = -1;
    const outer: PathTrace = {};
    const hasMatched = visitPath(document, {
      parts,
      leaf: "array-only",
      trace: outer,
      test: (value) => {
        matched = Array.isArray(value) ? value.findIndex(accepts) : -1;
        return matched >= 0;
      },
    });
    if (hasMatched && trace) trace.arrayIndex = outer.arrayIndex ?? matched;
    return hasMatched;
  };
}

function compileElemMatch(operand: unknown): ValueTest {
  if (!isDocument(operand)) {
    throw new MongoError("BadValue", "$elemMatch needs an Object");
  }
  const first = Object.keys(operand)[0];
  const isOnValues = isOperatorObject(operand) &&
    !["$and", "$or", "$nor", "$where", "$expr"].includes(first ?? "");
  const filter = compileFilter(isOnValues ? { v: operand } : operand);
  // A value is wrapped in a document; an array inside is matched as one value.
  return isOnValues
    ? (item: unknown) => filter({ v: item })
    : (item: unknown) =>
      isDocument(item)
        ? filter(item)
        : Array.isArray(item) && filter({ ...item });
}

function compileSize(parts: readonly string[], operand: unknown): Filter {
  const size = toSafeInteger(operand);
  if (size === undefined || size < 0) {
    throw new MongoError("BadValue", "$size may not be negative or fractional");
  }
  return somewhere(
    parts,
    (value) => Array.isArray(value) && value.length === size,
    "array-only",
  );
}

function compileBits(
  operand: unknown,
  accepts: (hit: bigint, mask: bigint) => boolean,
): ValueTest {
  const mask = Array.isArray(operand)
    ? operand.reduce(
      (bits: bigint, bit) => bits | 1n << BigInt(toSafeInteger(bit) ?? 0),
      0n,
    )
    : BigInt(toSafeInteger(operand) ?? -1);
  if (mask < 0n) {
    throw new MongoError("BadValue", "bit mask must be a number or positions");
  }
  return (value) => {
    const bits = toSafeInteger(value);
    return bits !== undefined && accepts(BigInt(bits) & mask, mask);
  };
}

function toBoolean(operand: unknown): boolean {
  return operand !== false && operand !== null && toSafeInteger(operand) !== 0;
}
