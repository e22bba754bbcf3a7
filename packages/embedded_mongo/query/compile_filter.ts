/**
 * Compiles a query filter into a test on documents.
 *
 * mingo's query operators are not used here: they compare arrays after sorting
 * them, ignore the order of fields and do not know int64 and Decimal128, and a
 * guard in an update's filter has to be exact. `$expr` is mingo's. What is
 * outside (text, geo, `$where`, `$jsonSchema`) is refused by name.
 */

import { type Document, isDocument } from "../bson/document.ts";
import { badValue, refuse } from "../errors.ts";
import { compileExpression } from "../aggregate/compile_expression.ts";
import { isTruthy } from "../bson/numbers.ts";
import { splitWords } from "../split_words.ts";
import { compileEquality, compileOperator } from "./compile_operator.ts";
import type { PathTrace } from "./visit_path.ts";

/** A compiled filter; the trace receives the array index that `$` stands for. */
export type Filter = (document: Document, trace?: PathTrace) => boolean;

/** The operators that stand for a whole filter. */
export const TOP_LEVEL_OPERATORS: readonly string[] = [
  "$and",
  "$or",
  "$nor",
  "$expr",
  "$comment",
];

const REFUSED = new Set(splitWords(`
  $where $text $jsonSchema $sampleRate $alwaysTrue $alwaysFalse`));

/**
 * Compiles a filter.
 *
 * @param filter The filter as the client sent it.
 * @param variables Values of `$$name` inside `$expr`.
 * @returns The test.
 * @throws {MongoError} BadValue for what MongoDB does not know, NotImplemented
 *   for what only a real server does.
 */
export function compileFilter(
  filter: Document,
  variables: Document = {},
): Filter {
  const tests = Object.keys(filter).map((key) =>
    key.startsWith("$")
      ? compileTopLevel(key, filter[key], variables)
      : compileField(key, filter[key])
  );
  return allOf(tests);
}

/**
 * Whether a value holds operators rather than a document to compare with.
 *
 * @param value The value beside a path in a filter.
 * @returns True for `{ $gt: 1 }`, false for `{ a: 1 }`, `{}` and DBRefs.
 */
export function isOperatorObject(value: unknown): value is Document {
  if (!isDocument(value)) return false;
  const first = Object.keys(value)[0];
  return first !== undefined && first.startsWith("$") &&
    !["$ref", "$id", "$db"].includes(first);
}

function compileTopLevel(
  key: string,
  operand: unknown,
  variables: Document,
): Filter {
  switch (key) {
    case "$and":
      return allOf(compileBranches(key, operand, variables));
    case "$or":
      return anyOf(compileBranches(key, operand, variables));
    case "$nor":
      return not(anyOf(compileBranches(key, operand, variables)));
    case "$comment":
      return () => true;
    case "$expr": {
      const evaluate = compileExpression(operand, variables);
      return (document) => isTruthy(evaluate(document));
    }
  }
  if (REFUSED.has(key)) throw refuse(key);
  throw badValue(
    `unknown top level operator: ${key}. If you have a field name that starts ` +
      "with a '$' symbol, consider using $getField or $setField.",
  );
}

function compileBranches(
  key: string,
  operand: unknown,
  variables: Document,
): Filter[] {
  if (!Array.isArray(operand) || operand.length === 0) {
    throw badValue(`${key} must be a nonempty array`);
  }
  return operand.map((branch) => {
    if (!isDocument(branch)) {
      throw badValue(`${key} entries need to be full objects`);
    }
    return compileFilter(branch, variables);
  });
}

function compileField(path: string, operand: unknown): Filter {
  const parts = path.split(".");
  if (!isOperatorObject(operand)) return compileEquality(parts, operand);
  const operators = Object.keys(operand);
  return allOf(
    operators.filter((name) => name !== "$options").map((name) =>
      name === "$not"
        ? not(compileNegated(path, operand[name]))
        : compileOperator({
          parts,
          name,
          operand: operand[name],
          siblings: operand,
        })
    ),
  );
}

function compileNegated(path: string, operand: unknown): Filter {
  const isRegExp = !isDocument(operand) && typeof operand === "object" &&
    operand !== null && "pattern" in operand;
  if (!isRegExp && !isOperatorObject(operand)) {
    throw badValue("$not needs a regex or a document");
  }
  return compileField(path, operand);
}

function allOf(tests: readonly Filter[]): Filter {
  const [first] = tests;
  if (first && tests.length === 1) return first;
  return (document, trace) => tests.every((test) => test(document, trace));
}

function anyOf(tests: readonly Filter[]): Filter {
  return (document, trace) => tests.some((test) => test(document, trace));
}

/** A negation never sets the trace: there is no element that matched. */
function not(test: Filter): Filter {
  return (document) => !test(document);
}
