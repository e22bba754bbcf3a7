/**
 * Compiles an aggregation expression, as `$expr`, `$group` and `$project` use it.
 *
 * mingo evaluates; this file converts its operands and results, answers plain
 * field paths without it, and refuses operators that neither knows.
 */

import { type Document, getField, isDocument } from "../bson/document.ts";
import { fromPlain, toPlain } from "../bson/plain_values.ts";
import { MongoError, refuse } from "../errors.ts";
import { getMingo } from "./mingo.ts";

/** A compiled expression; undefined stands for a missing value. */
export type Expression = (document: Document) => unknown;

const REFUSED = new Set(["$function", "$accumulator", "$meta"]);

/**
 * Compiles an expression.
 *
 * @param expression The expression as the client sent it.
 * @param variables Values of `$$name`.
 * @returns A function from a document to the value.
 * @throws {MongoError} Location40324 for an operator that does not exist.
 */
export function compileExpression(
  expression: unknown,
  variables: Document = {},
): Expression {
  if (typeof expression === "string") {
    const path = /^\$([^$][^.]*(?:\.[^.]+)*)$/.exec(expression)?.[1];
    if (path !== undefined) return compilePath(path, expression, variables);
    if (!expression.startsWith("$")) return () => expression;
  } else if (typeof expression !== "object" || expression === null) {
    return () => expression;
  }
  checkExpression(expression);
  return withMingo(expression, variables);
}

/**
 * Refuses an expression that holds an operator this server does not have.
 *
 * @param expression Any expression.
 * @throws {MongoError} Location40324 or NotImplemented.
 */
export function checkExpression(expression: unknown): void {
  if (Array.isArray(expression)) return expression.forEach(checkExpression);
  if (!isDocument(expression)) return;
  for (const [key, operand] of Object.entries(expression)) {
    if (key === "$literal") continue;
    if (REFUSED.has(key)) throw refuse(key);
    if (key.startsWith("$") && !getMingo().EXPRESSION_OPERATORS.has(key)) {
      throw new MongoError("Location40324", `Unrecognized expression '${key}'`);
    }
    checkExpression(operand);
  }
}

/** Follows documents only; an array on the way is left to mingo. */
function compilePath(
  path: string,
  expression: string,
  variables: Document,
): Expression {
  const parts = path.split(".");
  const slow = withMingo(expression, variables);
  return (document) => {
    let value: unknown = document;
    for (const part of parts) {
      if (Array.isArray(value)) return slow(document);
      if (!isDocument(value)) return undefined;
      value = getField(value, part);
    }
    return value;
  };
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
