/**
 * Date operators in which mingo differs from MongoDB, built on those of its
 * operators that are right. What they do not cover is refused.
 */

import { evalExpr } from "mingo/core";
import type { Any } from "mingo/types";
import type { Document } from "../bson/document.ts";
import { MongoError, refuse } from "../errors.ts";
import type { Operator } from "./mingo_context.ts";
import { splitWords } from "../split_words.ts";

const DEFAULT_FORMAT = "%Y-%m-%dT%H:%M:%S.%LZ"; // MongoDB's
const UNITS = new Set(splitWords(
  "year quarter month week day hour minute second millisecond",
));

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
    $dateDiff: (object, expression, options) => {
      checkUnit((evalExpr(object, expression, options) as Document).unit);
      return find("$dateDiff")(object, expression, options);
    },
    $dateFromString: (object, expression, options) => {
      const result = find("$dateFromString")(object, expression, options);
      const { dateString, onError } = expression as Document;
      const isNoDate = result === undefined ||
        result instanceof Date && Number.isNaN(result.getTime());
      if (!isNoDate || onError !== undefined) return result;
      const text = evalExpr(object, dateString as Any, options);
      if (text == null) return null;
      throw new MongoError(
        "ConversionFailure",
        `Error parsing date string '${text}'`,
      );
    },
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
      checkUnit(unit);
      if (unit === "quarter") throw refuse("$dateTrunc by quarter");
      if (timezone) throw refuse("$dateTrunc in a time zone");
      return find("$dateTrunc")(object, expression, options);
    },
  };
}

function checkUnit(unit: unknown): void {
  if (UNITS.has(String(unit))) return;
  throw new MongoError("FailedToParse", `unknown time unit value: ${unit}`);
}

/** A day that the month does not have becomes its last one. */
function addMonths(name: string, original: Operator): Operator {
  return (object, expression, options) => {
    const operands = evalExpr(object, expression, options) as Document;
    const { startDate, unit, amount, timezone } = operands;
    if (!(startDate instanceof Date)) {
      throw new Error(`${name} requires startDate to be a date`);
    }
    checkUnit(unit);
    if (!Number.isInteger(amount)) {
      throw new MongoError(
        "Location5166405",
        `${name} expects integer amount of time units`,
      );
    }
    const moved = original(object, expression, options);
    const isByMonth = unit === "year" || unit === "quarter" || unit === "month";
    if (!isByMonth || !(moved instanceof Date)) return moved;
    if (timezone) throw refuse(`${name} of months in a time zone`);
    if (startDate.getUTCDate() !== moved.getUTCDate()) moved.setUTCDate(0);
    return moved;
  };
}
