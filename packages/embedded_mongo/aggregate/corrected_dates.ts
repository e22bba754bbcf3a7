/**
 * Date operators in which mingo differs from MongoDB, built on those of its
 * operators that are right. What they do not cover is refused.
 */

import { evalExpr } from "mingo/core";
import type { Document } from "../bson/document.ts";
import { refuse } from "../errors.ts";
import type { Operator } from "./mingo_context.ts";

const DEFAULT_FORMAT = "%Y-%m-%dT%H:%M:%S.%LZ"; // MongoDB's

/**
 * Corrects the operators on dates.
 *
 * @param find mingo's own operator of a name; those for the parts of a date are
 *   right and honour time zones.
 * @returns The corrected operators by name.
 */
export function correctDates(
  find: (name: string) => Operator,
): Record<string, Operator> {
  return {
    $dateAdd: addMonths("$dateAdd", find("$dateAdd")),
    $dateSubtract: addMonths("$dateSubtract", find("$dateSubtract")),
    $dateToString: (object, expression, options) => {
      const { format = DEFAULT_FORMAT, ...rest } = expression as Document;
      const part = /%[GUw]/.exec(String(format))?.[0];
      if (part) throw refuse(`$dateToString with ${part}`);
      // mingo drops a percent sign that is meant.
      const texts = String(format).split("%%").map((piece) =>
        find("$dateToString")(object, { ...rest, format: piece }, options)
      );
      return texts.every((text) => typeof text === "string")
        ? texts.join("%")
        : texts[0];
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
