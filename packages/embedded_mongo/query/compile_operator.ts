/**
 * The operators that stand beside a path in a filter.
 *
 * Most ask whether any value of the path passes a test; the others are here.
 * `$elemMatch` re-enters the filter compiler, which is the one cycle among these
 * files.
 */

import { type Document, getOwn, isDocument } from "../bson/document.ts";
import { isTruthy, toSafeInteger } from "../bson/numbers.ts";
import { badValue, refuse } from "../errors.ts";
import {
  compileFilter,
  type Filter,
  isOperatorObject,
} from "./compile_filter.ts";
import {
  compileEqual,
  compileIn,
  rejectRegExp,
  VALUE_TESTS,
  type ValueTest,
} from "./value_tests.ts";
import { type LeafMode, type PathTrace, visitPath } from "./visit_path.ts";

interface OperatorUse {
  readonly parts: readonly string[];
  readonly name: string;
  readonly operand: unknown;
  /** The whole operator object: `$regex` reads `$options` from it. */
  readonly siblings: Document;
}

const PATH_OPERATORS: Readonly<
  Record<string, (parts: readonly string[], operand: unknown) => Filter>
> = {
  $ne: (parts, operand) =>
    nowhere(parts, compileEqual(rejectRegExp("$ne", operand))),
  $nin: (parts, operand) => nowhere(parts, compileIn(operand)),
  $exists: (parts, operand) =>
    (isTruthy(operand) ? somewhere : nowhere)(parts, isPresent),
  $all: compileAll,
  $elemMatch: compileElementFilter,
  $size: compileSize,
};

/** The names of all operators beside a path but `$not` and `$options`. */
export const FILTER_OPERATORS: readonly string[] = [
  ...Object.keys(VALUE_TESTS),
  ...Object.keys(PATH_OPERATORS),
];

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
  const compileTest = getOwn(VALUE_TESTS, name);
  if (compileTest) return somewhere(parts, compileTest(operand, siblings));
  const compile = getOwn(PATH_OPERATORS, name);
  if (compile) return compile(parts, operand);
  if (GEO.test(name)) {
    throw refuse(`${name} (geospatial queries)`, "NoQueryExecutionPlans");
  }
  if (name.startsWith("$bits")) throw refuse(name);
  throw badValue(`unknown operator: ${name}`);
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

function compileAll(parts: readonly string[], operand: unknown): Filter {
  if (!Array.isArray(operand)) {
    throw badValue("$all needs an array");
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
    throw badValue("$elemMatch needs an Object");
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
  if (size === undefined || size < 0 || size !== Number(operand)) {
    throw badValue("$size may not be negative or fractional");
  }
  return somewhere(
    parts,
    (value) => Array.isArray(value) && value.length === size,
    "array-only",
  );
}
