/**
 * Compiles an aggregation expression, as `$expr`, `$group` and `$project` use it.
 *
 * mingo evaluates; this file converts its operands and results, answers plain
 * field paths without it, and refuses operators that neither knows.
 */

import {
  type Document,
  getField,
  getOwn,
  getTypeNumber,
  isDocument,
  setField,
  TYPE_NUMBERS,
} from "../bson/document.ts";
import { fromPlain, toPlain } from "../bson/plain_values.ts";
import { badValue, type CodeName, refuse } from "../errors.ts";
import { checkExpression } from "./check_expression.ts";
import { toExpressionError } from "./expression_errors.ts";
import { getMingo } from "./mingo.ts";

/** A compiled expression; undefined stands for a missing value. */
export type Expression = (document: Document) => unknown;

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

function compileChecked(expression: unknown, variables: Document): Expression {
  if (typeof expression === "string") {
    return compileText(expression, variables);
  }
  if (Array.isArray(expression)) {
    const items = expression.map((item) => compileChecked(item, variables));
    return (document) => items.map((item) => item(document) ?? null);
  }
  if (!isDocument(expression)) return () => expression;
  const [first = ""] = Object.keys(expression);
  if (first === "$literal") return () => expression.$literal;
  const compile = getOwn(OWN_OPERATORS, first);
  if (compile) {
    const operand = expression[first];
    const list = Array.isArray(operand) ? operand : [operand];
    return compile(list.map((item) => compileChecked(item, variables)));
  }
  if (first.startsWith("$")) return withMingo(expression, variables);
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

/** Those that hand a value on, which keeps its type here, and `$type` itself. */
const OWN_OPERATORS: Readonly<
  Record<string, (operands: readonly Expression[]) => Expression>
> = {
  $ifNull: (operands) => (document) =>
    operands.map((evaluate) => evaluate(document))
      .find((value, i) => value != null || i === operands.length - 1),
  $type: ([operand]) => (document) => {
    const number = getTypeNumber(operand?.(document));
    return Object.keys(TYPE_NUMBERS)
      .find((alias) => TYPE_NUMBERS[alias] === number) ?? "missing";
  },
};

/** A path is followed here, so that what it finds keeps its BSON type. */
function compileText(expression: string, variables: Document): Expression {
  if (!expression.startsWith("$")) return () => expression;
  const path = readRootPath(expression);
  if (path) return (document) => follow(document, path);
  const [name = "", ...parts] = expression.slice(2).split(".");
  return Object.hasOwn(variables, name)
    ? () => follow(variables[name], parts)
    : withMingo(expression, variables);
}

/** The parts of a path that starts at the document, whichever way it is named. */
function readRootPath(expression: string): string[] | undefined {
  const [head = "", ...parts] = expression.split(".");
  if (head === "$$ROOT" || head === "$$CURRENT") return parts;
  return head.startsWith("$$") ? undefined : [head.slice(1), ...parts];
}

/** Elements of an array that are no documents are passed over. */
function follow(start: unknown, parts: readonly string[]): unknown {
  let value = start;
  for (let i = 0; i < parts.length; i++) {
    if (Array.isArray(value)) {
      return value.filter(isDocument)
        .map((item) => follow(item, parts.slice(i)))
        .filter((found) => found !== undefined);
    }
    if (!isDocument(value)) return undefined;
    value = getField(value, parts[i]!);
  }
  return value;
}

function withMingo(expression: unknown, variables: Document): Expression {
  const bind = compileBinding(expression, variables);
  const { evalExpr, mingoOptions } = getMingo();
  const options = { ...mingoOptions, variables: toPlain(variables) };
  return (document) => {
    try {
      return fromPlain(
        evalExpr({}, bind(document), options as Parameters<typeof evalExpr>[2]),
      );
    } catch (error) {
      throw toExpressionError(error);
    }
  };
}

/** Puts values in place of paths: mingo sees no document, only what it needs. */
function compileBinding(expression: unknown, variables: Document): Expression {
  if (typeof expression === "string" && expression.startsWith("$")) {
    const path = readRootPath(expression);
    return path
      ? (document) => ({ $literal: toPlain(follow(document, path)) })
      : () => expression;
  }
  if (Array.isArray(expression)) {
    const items = expression.map((item) => compileBinding(item, variables));
    return (document) => items.map((bind) => bind(document));
  }
  const plain = toPlain(expression);
  if (!isDocument(expression) || "$literal" in expression) return () => plain;
  if ("$type" in expression) return bindType(expression, variables);
  const fields = Object.entries(completeGetField(expression)).map((
    [name, part],
  ) => [name, compileBinding(part, variables)] as const);
  return (document) => {
    const bound: Document = {};
    for (const [name, bind] of fields) setField(bound, name, bind(document));
    return bound;
  };
}

/** mingo sees numbers of one kind only, so their type has to be known before. */
function bindType(expression: Document, variables: Document): Expression {
  if (JSON.stringify(expression).includes('"$$')) {
    throw refuse("$type of a variable within another operator");
  }
  const evaluate = compileChecked(expression, variables);
  return (document) => ({ $literal: evaluate(document) });
}

/** The short form reads a field of the document, which mingo does not see. */
function completeGetField(expression: Document): Document {
  const { $getField: operand } = expression;
  if (operand === undefined) return expression;
  if (!isDocument(operand) || !("field" in operand)) {
    return { $getField: { field: operand, input: "$$ROOT" } };
  }
  if ("input" in operand) return expression;
  throw badValue("$getField requires 'input' to be specified");
}
