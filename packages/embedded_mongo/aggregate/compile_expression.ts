/**
 * Compiles an aggregation expression, as `$expr`, `$group` and `$project` use it.
 *
 * mingo evaluates; this file converts its operands and results, answers plain
 * field paths without it, and refuses operators that neither knows.
 */

import { type Document, getField, isDocument } from "../bson/document.ts";
import { fromPlain, toPlain } from "../bson/plain_values.ts";
import { type CodeName, MongoError, refuse } from "../errors.ts";
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
 * @throws {MongoError} InvalidPipelineOperator for an operator that does not exist.
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
    if (REFUSED.has(key)) throw refuse(key);
    if (key.startsWith("$") && !getMingo().EXPRESSION_OPERATORS.has(key)) {
      throw new MongoError(codeName, `Unrecognized expression '${key}'`);
    }
    checkExpression(operand, codeName);
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
