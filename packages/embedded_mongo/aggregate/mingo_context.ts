/**
 * mingo's operators, corrected where they differ from MongoDB's.
 *
 * Comparisons follow order_key.ts instead of mingo's order. Operands are looked at
 * before mingo sees them: one may stand in a list of its own, null wins, and what
 * would compute wrongly (int64 beyond 2^53, Decimal128) is refused, as is code.
 */

import { Context, evalExpr, OpType } from "mingo/core";
import * as accumulators from "mingo/operators/accumulator";
import * as expressions from "mingo/operators/expression";
import type { Any, Options } from "mingo/types";
import { compareValues } from "../bson/compare_values.ts";
import { type Document, isDocument } from "../bson/document.ts";
import { isTruthy, rejectInexact } from "../bson/numbers.ts";
import { MongoError } from "../errors.ts";
import { REFUSED_EXPRESSIONS } from "./check_expression.ts";
import { correctConversions } from "./corrected_conversions.ts";
import { correctDates } from "./corrected_dates.ts";
import { CORRECTED_OPERATORS } from "./corrected_operators.ts";
import { toExpressionError } from "./expression_errors.ts";
import { splitWords } from "../split_words.ts";

export { evalExpr };

type MingoOptions = Parameters<typeof evalExpr>[2];

/** An operator as mingo calls it: document, operand as it stands, options. */
export type Operator = (
  object: Any,
  expression: Any,
  options: MingoOptions,
) => Any;

/** The operators that are null for null and take numbers only if exact. */
const COMPUTING = new Set(splitWords(`
  $abs $acos $acosh $add $asin $asinh $atan $atan2 $atanh $bitAnd $bitNot $bitOr
  $bitXor $ceil $cos $cosh $dateAdd $dateDiff $dateSubtract $dateTrunc $dayOfMonth
  $dayOfWeek $dayOfYear $degreesToRadians $divide $exp $floor $hour $isoDayOfWeek
  $isoWeek $ln $log $log10 $millisecond $minute $mod $month $multiply $pow
  $radiansToDegrees $round $second $setDifference $setIntersection $setUnion $sin
  $sinh $slice $sqrt $subtract $tan $tanh $trunc $year`));

/** The operators whose operands are always a list. */
const VARIADIC = new Set(splitWords(`
  $add $and $bitAnd $bitOr $bitXor $concatArrays $ifNull $multiply $or $round
  $setEquals $setIntersection $setUnion $trunc`));

/** Accumulators that MongoDB takes as expressions, too. */
const SHARED_ACCUMULATORS = ["$avg", "$max", "$min", "$sum"];

/** The operators of an expression; unknown ones are refused before mingo sees them. */
export const EXPRESSION_OPERATORS: ReadonlySet<string> = new Set(
  [...Object.keys(expressions), ...SHARED_ACCUMULATORS].filter((name) =>
    name.startsWith("$") && !REFUSED_EXPRESSIONS.has(name)
  ),
);

const COMPARISONS = {
  $eq: comparing((order) => order === 0),
  $ne: comparing((order) => order !== 0),
  $gt: comparing((order) => order > 0),
  $gte: comparing((order) => order >= 0),
  $lt: comparing((order) => order < 0),
  $lte: comparing((order) => order <= 0),
  $cmp: comparing(Math.sign),
};

/** mingo's options for this server: no scripts, errors are errors. */
export const mingoOptions: Partial<Options> = {
  context: createContext(),
  scriptEnabled: false,
  failOnError: true,
};

function createContext(): Context {
  const original = Context.init({
    accumulator: accumulators,
    expression: expressions,
  });
  const find = (name: string): Operator => {
    const operator = original.getOperator(OpType.EXPRESSION, name);
    return (object, expression, options) =>
      operator?.(object, expression, options);
  };
  const inherited: Record<string, Operator> = {
    ...correctDates(find),
    ...correctConversions(find),
    $switch: chooseBranch,
    $getField: checkingFieldName(find("$getField")),
    $regexFind: checkingTexts(find("$regexFind")),
    $regexFindAll: checkingTexts(find("$regexFindAll")),
    $regexMatch: checkingTexts(find("$regexMatch")),
  };
  const bordered = Object.keys(expressions)
    .filter((name) => name !== "$literal")
    .map((name) =>
      [name, arranging(name, inherited[name] ?? find(name))] as const
    );
  const own = Object.entries({ ...COMPARISONS, ...CORRECTED_OPERATORS })
    .map(([name, compute]) => [name, evaluating(name, compute)] as const);
  const expression = Object.fromEntries([...bordered, ...own]);
  return Context.from(Context.init({ expression }), original);
}

/** Gives mingo operands of the form that it knows, and no number it does not. */
function arranging(name: string, operator: Operator): Operator {
  return (object, expression, options) => {
    const operand = arrange(name, expression);
    let values: readonly unknown[] = [];
    try {
      if (!COMPUTING.has(name)) return operator(object, operand, options);
      values = listOperands(operand, evalExpr(object, operand, options));
      for (const value of values) rejectInexact(value);
      if (values.some((value) => value == null)) return null;
      const result = operator(object, operand, options);
      if (Number.isNaN(result) && !values.some(Number.isNaN)) {
        throw new Error(`${name} is not defined for ${values}`);
      }
      return result;
    } catch (error) {
      throw toExpressionError(error, name, values);
    }
  };
}

/** mingo's finds nothing in what is no text. */
function checkingTexts(operator: Operator): Operator {
  return (object, expression, options) => {
    const { input, regex } = expression as Document;
    const text = evalExpr(object, input as Any, options);
    if (text != null && typeof text !== "string") {
      throw new Error("'input' has to be a string");
    }
    const pattern = evalExpr(object, regex as Any, options);
    const isPattern = pattern == null || typeof pattern === "string" ||
      pattern instanceof RegExp;
    if (isPattern) return operator(object, expression, options);
    throw new MongoError("Location51105", "'regex' has to be a pattern");
  };
}

function checkingFieldName(operator: Operator): Operator {
  return (object, expression, options) => {
    const { field } = expression as Document;
    if (typeof evalExpr(object, field as Any, options) === "string") {
      return operator(object, expression, options);
    }
    throw new MongoError(
      "Location3041704",
      "$getField requires 'field' to evaluate to type String",
    );
  };
}

/** mingo's is silent where no branch is taken. */
function chooseBranch(
  object: Any,
  expression: Any,
  options: MingoOptions,
): Any {
  const { branches, ...otherwise } = expression as Document;
  const evaluate = (part: unknown) => evalExpr(object, part as Any, options);
  const taken = Array.isArray(branches)
    ? branches.find((branch) => isTruthy(evaluate(branch.case)))
    : undefined;
  if (taken) return evaluate(taken.then);
  if ("default" in otherwise) return evaluate(otherwise.default);
  throw new MongoError(
    "Location40066",
    "$switch could not find a matching branch for an input, and no default was specified.",
  );
}

function arrange(name: string, expression: Any): Any {
  const isList = Array.isArray(expression);
  if (VARIADIC.has(name)) return isList ? expression : [expression];
  return isList && expression.length === 1 ? expression[0] : expression;
}

function listOperands(operand: Any, value: Any): readonly unknown[] {
  if (Array.isArray(operand)) return value as unknown[];
  if (!isDocument(operand) || !isDocument(value)) return [value];
  const isOperator = Object.keys(operand)[0]?.startsWith("$");
  return Object.keys(isOperator ? value : operand).map((key) => value[key]);
}

/** Evaluates the operands and computes. */
function evaluating(
  name: string,
  compute: (operands: readonly Any[]) => Any,
): Operator {
  return (object, expression, options) => {
    const list = Array.isArray(expression) ? expression : [expression];
    try {
      return compute(evalExpr(object, list, options) as Any[]);
    } catch (error) {
      throw toExpressionError(error, name);
    }
  };
}

/** In expressions a missing field sorts below null; in queries it equals it. */
function comparing(accept: (order: number) => Any) {
  return ([left, right]: readonly Any[]) =>
    left === undefined || right === undefined
      ? accept(Number(left !== undefined) - Number(right !== undefined))
      : accept(compareValues(left, right));
}
