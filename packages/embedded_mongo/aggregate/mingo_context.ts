/**
 * mingo's operators, corrected where they differ from MongoDB's.
 *
 * Comparisons follow order_key.ts instead of mingo's order. What would compute
 * wrongly on int64 beyond 2^53 or on Decimal128 is refused, as is code.
 */

import { Context, evalExpr, OpType } from "mingo/core";
import * as accumulators from "mingo/operators/accumulator";
import * as expressions from "mingo/operators/expression";
import type { Any, Options } from "mingo/types";
import { compareValues } from "../bson/compare_values.ts";
import type { Document } from "../bson/document.ts";
import { rejectInexact } from "../bson/numbers.ts";
import { MongoError, refuse } from "../errors.ts";
import { REFUSED_EXPRESSIONS } from "./compile_expression.ts";
import { correctDates } from "./corrected_dates.ts";
import { CORRECTED_OPERATORS, isConvertible } from "./corrected_operators.ts";

export { evalExpr };

type MingoOptions = Parameters<typeof evalExpr>[2];

/** An operator as mingo calls it: document, operand as it stands, options. */
export type Operator = (
  object: Any,
  expression: Any,
  options: MingoOptions,
) => Any;

const ARITHMETIC = [
  "$add",
  "$subtract",
  "$multiply",
  "$divide",
  "$mod",
  "$abs",
  "$ceil",
  "$floor",
  "$round",
  "$trunc",
  "$pow",
  "$sqrt",
  "$exp",
  "$ln",
  "$log",
  "$log10",
  "$bitAnd",
  "$bitOr",
  "$bitXor",
] as const;

/** The conversions that may fail, with what `$convert` calls their targets. */
const CONVERSIONS: Readonly<Record<string, string>> = {
  $toDate: "date",
  $toDouble: "double",
  $toInt: "int",
  $toLong: "long",
};

/** Accumulators that MongoDB takes as expressions, too. */
const SHARED_ACCUMULATORS = ["$avg", "$max", "$min", "$sum"];

/** mingo's operators with the corrections of this file. */
export const mingoContext: Context = createContext();

/** mingo's options for this server: no scripts, errors are errors. */
export const mingoOptions: Partial<Options> = {
  context: mingoContext,
  scriptEnabled: false,
  failOnError: true,
};

/** The operators of an expression; unknown ones are refused before mingo sees them. */
export const EXPRESSION_OPERATORS: ReadonlySet<string> = new Set(
  [...Object.keys(expressions), ...SHARED_ACCUMULATORS].filter((name) =>
    name.startsWith("$") && !REFUSED_EXPRESSIONS.has(name)
  ),
);

function createContext(): Context {
  const original = Context.init({
    accumulator: accumulators,
    expression: expressions,
  });
  const corrected = {
    ...compareOperators(),
    ...guardArithmetic(original),
    ...guardConversions(original),
    ...correctDates(original),
    ...Object.fromEntries(
      Object.entries(CORRECTED_OPERATORS).map(([name, compute]) =>
        [name, evaluating((operands) => compute(operands))] as const
      ),
    ),
  };
  return Context.from(Context.init({ expression: corrected }), original);
}

/** Evaluates the operands, looks whether they are exact, and computes. */
function evaluating(compute: (operands: readonly Any[]) => Any): Operator {
  return (object, expression, options) => {
    const value = evalExpr(object, expression, options);
    const isList = Array.isArray(expression) && Array.isArray(value);
    return compute(isList ? value : [value]);
  };
}

function compareOperators() {
  const compare =
    (accept: (order: number) => Any) =>
    (object: Any, expression: Any, options: MingoOptions) => {
      const operands = evalExpr(object, expression, options);
      const [left, right] = Array.isArray(operands) ? operands : [];
      return accept(compareExpressionValues(left, right));
    };
  return {
    $eq: compare((order) => order === 0),
    $ne: compare((order) => order !== 0),
    $gt: compare((order) => order > 0),
    $gte: compare((order) => order >= 0),
    $lt: compare((order) => order < 0),
    $lte: compare((order) => order <= 0),
    $cmp: compare(Math.sign),
  };
}

/** In expressions a missing field sorts below null; in queries it equals it. */
function compareExpressionValues(left: unknown, right: unknown): number {
  if (left === undefined || right === undefined) {
    return Number(left !== undefined) - Number(right !== undefined);
  }
  return compareValues(left, right);
}

/** Looks at the operands first; mingo would turn them into wrong numbers. */
function guardArithmetic(original: Context): Record<string, Operator> {
  return Object.fromEntries(ARITHMETIC.map((name) => {
    const operator = original.getOperator(OpType.EXPRESSION, name);
    const takesList = name === "$round" || name === "$trunc";
    const guarded: Operator = (object, expression, options) => {
      const operands = evalExpr(object, expression, options);
      for (const operand of [operands].flat()) rejectInexact(operand);
      const isAlone = takesList && !Array.isArray(expression);
      return operator?.(object, isAlone ? [expression] : expression, options);
    };
    return [name, guarded];
  }));
}

function guardConversions(original: Context): Record<string, Operator> {
  const refuseInput = () => {
    throw new MongoError("ConversionFailure", "Cannot convert that value");
  };
  const single = Object.entries(CONVERSIONS).map(([name, target]) => {
    const operator = original.getOperator(OpType.EXPRESSION, name);
    const guarded: Operator = (object, expression, options) => {
      const value = evalExpr(object, expression, options);
      rejectInexact(value);
      return isConvertible(value, target)
        ? operator?.(object, expression, options)
        : refuseInput();
    };
    return [name, guarded] as const;
  });
  const convert = original.getOperator(OpType.EXPRESSION, "$convert");
  const $convert: Operator = (object, expression, options) => {
    const { input, to, onError } = expression as Document;
    const value = evalExpr(object, input, options);
    rejectInexact(value);
    const target = evalExpr(object, to, options) as string;
    const isFree = target === "string" || target === "bool";
    if (!isFree && !Object.values(CONVERSIONS).includes(target)) {
      throw refuse(`$convert to ${target}`);
    }
    if (isFree || isConvertible(value, target)) {
      return convert?.(object, expression, options);
    }
    return onError === undefined
      ? refuseInput()
      : evalExpr(object, onError, options);
  };
  return { ...Object.fromEntries(single), $convert };
}
