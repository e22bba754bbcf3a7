/**
 * Compiles an aggregation expression, as `$expr`, `$group` and `$project` use it.
 *
 * mingo evaluates; this file converts its operands and results, answers plain
 * field paths without it, and refuses operators that neither knows.
 */

import {
  type Document,
  getField,
  getTypeNumber,
  isDocument,
  setField,
  TYPE_NUMBERS,
} from "../bson/document.ts";
import { fromPlain, toPlain } from "../bson/plain_values.ts";
import { type CodeName, MongoError, refuse } from "../errors.ts";
import { getMingo } from "./mingo.ts";

/** A compiled expression; undefined stands for a missing value. */
export type Expression = (document: Document) => unknown;

/** Operators and accumulators of a real server that this one refuses by name. */
export const REFUSED_EXPRESSIONS: ReadonlySet<string> = new Set([
  "$accumulator",
  "$binarySize",
  "$bottom",
  "$bottomN",
  "$bsonSize",
  "$dateToParts",
  "$firstN",
  "$function",
  "$indexOfCP",
  "$isoWeekYear",
  "$lastN",
  "$maxN",
  "$median",
  "$meta",
  "$minN",
  "$percentile",
  "$sampleRate",
  "$sigmoid",
  "$stdDevPop",
  "$stdDevSamp",
  "$substr",
  "$substrBytes",
  "$toDecimal",
  "$toHashedIndexKey",
  "$toObjectId",
  "$toUUID",
  "$top",
  "$topN",
  "$tsIncrement",
  "$tsSecond",
  "$week",
  "$zip",
]);

/**
 * Compiles an expression.
 *
 * @param expression The expression as the client sent it.
 * @param variables Values of `$$name`.
 * @param codeName What an unknown operator is called where this one stands.
 * @returns A function from a document to the value.
 * @throws {MongoError} `codeName` for an operator that does not exist.
 */
export function compileExpression(
  expression: unknown,
  variables: Document = {},
  codeName?: CodeName,
): Expression {
  checkExpression(expression, codeName);
  return compileChecked(expression, variables);
}

/**
 * Refuses an expression that holds an operator this server does not have.
 *
 * @param expression Any expression.
 * @param codeName What an unknown operator is called where this one stands.
 * @throws {MongoError} `codeName` or NotImplemented.
 */
export function checkExpression(
  expression: unknown,
  codeName: CodeName = "InvalidPipelineOperator",
): void {
  if (Array.isArray(expression)) {
    for (const item of expression) checkExpression(item, codeName);
    return;
  }
  if (!isDocument(expression)) return;
  for (const [key, operand] of Object.entries(expression)) {
    if (key === "$literal") continue;
    if (REFUSED_EXPRESSIONS.has(key)) throw refuse(key);
    if (key.startsWith("$") && !getMingo().EXPRESSION_OPERATORS.has(key)) {
      throw new MongoError(codeName, `Unrecognized expression '${key}'`);
    }
    checkExpression(operand, codeName);
  }
}

function compileChecked(expression: unknown, variables: Document): Expression {
  if (typeof expression === "string") {
    return compileText(expression, variables);
  }
  if (Array.isArray(expression)) {
    const items = expression.map((item) => compileChecked(item, variables));
    return (document) => items.map((item) => item(document) ?? null);
  }
  if (!isDocument(expression)) return () => expression;
  const [first] = Object.keys(expression);
  if (first === "$literal") return () => expression.$literal;
  if (first === "$type") return compileType(expression.$type, variables);
  if (first?.startsWith("$")) return withMingo(expression, variables);
  const fields = Object.entries(expression).map(([name, value]) =>
    [name, compileChecked(value, variables)] as const
  );
  return (document) => {
    const result: Document = {};
    for (const [name, evaluate] of fields) {
      const value = evaluate(document);
      if (value !== undefined) setField(result, name, value);
    }
    return result;
  };
}

/** Here, since mingo sees numbers of one kind only. */
function compileType(operand: unknown, variables: Document): Expression {
  const [only] = Array.isArray(operand) ? operand : [operand];
  const evaluate = compileChecked(only, variables);
  return (document) => {
    const number = getTypeNumber(evaluate(document));
    return Object.keys(TYPE_NUMBERS)
      .find((alias) => TYPE_NUMBERS[alias] === number) ?? "missing";
  };
}

/** A path is followed here, so that what it finds keeps its BSON type. */
function compileText(expression: string, variables: Document): Expression {
  if (!expression.startsWith("$")) return () => expression;
  const [head = "", ...parts] = expression.split(".");
  const slow = withMingo(expression, variables);
  if (/^\$[^$]/.test(head)) {
    const path = [head.slice(1), ...parts];
    return (document) => follow(document, path, () => slow(document));
  }
  const name = head.slice(2);
  if (name === "ROOT" || name === "CURRENT") {
    return (document) => follow(document, parts, () => slow(document));
  }
  if (!Object.hasOwn(variables, name)) return slow;
  return (document) => follow(variables[name], parts, () => slow(document));
}

/** Follows documents only; an array on the way is left to mingo. */
function follow(
  start: unknown,
  parts: readonly string[],
  throughArray: () => unknown,
): unknown {
  let value = start;
  for (const part of parts) {
    if (Array.isArray(value)) return throughArray();
    if (!isDocument(value)) return undefined;
    value = getField(value, part);
  }
  return value;
}

function withMingo(expression: unknown, variables: Document): Expression {
  const plain = toPlain(expression);
  const { evalExpr, mingoOptions } = getMingo();
  const options = { ...mingoOptions, variables: toPlain(variables) };
  return (document) => {
    try {
      return fromPlain(
        evalExpr(
          toPlain(document),
          plain,
          options as Parameters<typeof evalExpr>[2],
        ),
      );
    } catch (error) {
      throw toExpressionError(error);
    }
  };
}

function toExpressionError(error: unknown): MongoError {
  if (error instanceof MongoError) return error;
  return new MongoError(
    "BadValue",
    `Cannot evaluate expression: ${
      error instanceof Error ? error.message : error
    }`,
  );
}
