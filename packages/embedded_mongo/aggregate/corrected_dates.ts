/**
 * Date operators in which mingo differs from MongoDB, built on those of its
 * operators that are right. What they do not cover is refused.
 */

import { type Context, evalExpr, OpType } from "mingo/core";
import { type Document, isDocument } from "../bson/document.ts";
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
  const compute = (
    names: readonly [string, string, ...string[]],
    combine: (...parts: number[]) => number,
  ): Operator =>
  (object, expression, options) => {
    const parts = names.map((name) => find(name)(object, expression, options));
    return parts.every((part) => typeof part === "number")
      ? combine(...parts)
      : parts[0];
  };
  return {
    $dateAdd: addMonths("$dateAdd", find("$dateAdd")),
    $dateSubtract: addMonths("$dateSubtract", find("$dateSubtract")),
    $dateToParts: (object, expression, options) => {
      const parts = find("$dateToParts")(object, expression, options);
      if (!isDocument(parts)) return parts;
      const { hour, minute, second, millisecond, ...day } = parts;
      return { ...day, hour, minute, second, millisecond };
    },
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
    $isoWeekYear: compute(["$year", "$month", "$isoWeek"], toIsoWeekYear),
    $week: compute(["$dayOfYear", "$dayOfWeek"], toWeek),
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

/** Weeks begin on Sunday; days before the first one belong to week 0. */
function toWeek(dayOfYear = 0, dayOfWeek = 0): number {
  return Math.floor((dayOfYear + 7 - dayOfWeek) / 7);
}

/** The days around New Year may belong to a week of the other year. */
function toIsoWeekYear(year = 0, month = 0, isoWeek = 0): number {
  if (month === 1 && isoWeek > 51) return year - 1;
  return month === 12 && isoWeek === 1 ? year + 1 : year;
}
