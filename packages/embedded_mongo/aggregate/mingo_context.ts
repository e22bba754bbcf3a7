/**
 * mingo's operators, corrected where they differ from MongoDB's.
 *
 * Comparisons follow order_key.ts instead of mingo's order. What would compute
 * wrongly on int64 beyond 2^53 or on Decimal128 is refused, as is code.
 */

import { Aggregator, Context } from "mingo";
import { evalExpr, OpType } from "mingo/core";
import * as accumulators from "mingo/operators/accumulator";
import * as expressions from "mingo/operators/expression";
import * as stages from "mingo/operators/pipeline";
import * as projections from "mingo/operators/projection";
import * as queries from "mingo/operators/query";
import * as windows from "mingo/operators/window";
import type { Any, Options } from "mingo/types";
import { compareValues } from "../bson/compare_values.ts";
import { rejectInexact } from "../bson/numbers.ts";

export { Aggregator, evalExpr };

type MingoOptions = Parameters<typeof evalExpr>[2];

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
  "$toInt",
  "$toLong",
  "$toDouble",
  "$toDecimal",
] as const;

/** Accumulators that MongoDB takes as expressions, too. */
const SHARED_ACCUMULATORS = [
  "$avg",
  "$max",
  "$min",
  "$stdDevPop",
  "$stdDevSamp",
  "$sum",
];

/** What mingo computes otherwise than MongoDB, or only newer versions have. */
const UNFAITHFUL = new Set([
  "$function",
  "$sampleRate",
  "$sigmoid",
  "$toHashedIndexKey",
]);

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
    name.startsWith("$") && !UNFAITHFUL.has(name)
  ),
);

function createContext(): Context {
  const original = Context.init({
    accumulator: accumulators,
    expression: expressions,
    pipeline: stages,
    projection: projections,
    query: queries,
    window: windows,
  });
  const corrected = { ...compareOperators(), ...guardArithmetic(original) };
  return Context.from(Context.init({ expression: corrected }), original);
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
function guardArithmetic(original: Context) {
  return Object.fromEntries(ARITHMETIC.map((name) => {
    const operator = original.getOperator(OpType.EXPRESSION, name);
    const guarded = (object: Any, expression: Any, options: MingoOptions) => {
      const operands = evalExpr(object, expression, options);
      for (const operand of [operands].flat()) rejectInexact(operand);
      return operator?.(object, expression, options);
    };
    return [name, guarded];
  }));
}
