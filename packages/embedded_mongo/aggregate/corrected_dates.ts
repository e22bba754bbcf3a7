/**
 * Date operators in which mingo differs from MongoDB, built on those of its
 * operators that are right. What they do not cover is refused.
 */

import { type Context, evalExpr, OpType } from "mingo/core";
import type { Document } from "../bson/document.ts";
import { refuse } from "../errors.ts";
import type { Operator } from "./mingo_context.ts";

/**
 * Corrects the operators on dates.
 *
 * @param original mingo's own operators, whose parts of a date are right and
 *   honour time zones.
 * @returns The corrected operators by name.
 */
export function correctDates(original: Context): Record<string, Operator> {
  const find = (name: string): Operator => {
    const operator = original.getOperator(OpType.EXPRESSION, name);
    return (object, expression, options) =>
      operator?.(object, expression, options);
  };
  return {
    $dateAdd: addMonths("$dateAdd", find("$dateAdd")),
    $dateSubtract: addMonths("$dateSubtract", find("$dateSubtract")),
    $dateToString: (object, expression, options) => {
      const { format } = expression as Document;
      const part = /%[Gw]/.exec(String(format))?.[0];
      if (part) throw refuse(`$dateToString with ${part}`);
      return find("$dateToString")(object, expression, options);
    },
    $dateTrunc: (object, expression, options) => {
      const { unit, timezone } = evalExpr(
        object,
        expression,
        options,
      ) as Document;
      if (unit === "quarter") throw refuse("$dateTrunc by quarter");
      if (timezone) throw refuse("$dateTrunc in a time zone");
      return find("$dateTrunc")(object, expression, options);
    },
  };
}

/** A day that the month does not have becomes its last one. */
function addMonths(name: string, original: Operator): Operator {
  return (object, expression, options) => {
    const moved = original(object, expression, options);
    const operands = evalExpr(object, expression, options) as Document;
    const { startDate, unit, timezone } = operands;
    const isByMonth = unit === "year" || unit === "quarter" || unit === "month";
    if (!isByMonth || !(moved instanceof Date && startDate instanceof Date)) {
      return moved;
    }
    if (timezone) throw refuse(`${name} of months in a time zone`);
    if (startDate.getUTCDate() !== moved.getUTCDate()) moved.setUTCDate(0);
    return moved;
  };
}
