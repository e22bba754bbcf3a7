/**
 * What mongod calls an operand of the wrong type, by the operator that has it.
 *
 * mingo and the corrected operators throw plain errors; here they get the code
 * that a driver decides by. Codes are those of mongod's expression.cpp.
 */

import { type CodeName, MongoError } from "../errors.ts";
import { splitWords } from "../split_words.ts";

const TYPE_CODES: ReadonlyMap<string, CodeName> = toTable({
  TypeMismatch: "$add $bitAnd $bitOr $bitXor $divide $multiply $subtract",
  Location16006: `$dateToString $dayOfMonth $dayOfWeek $dayOfYear $hour
    $isoDayOfWeek $isoWeek $millisecond $minute $month $second $year`,
  Location16007: "$strcasecmp $toLower $toUpper",
  Location16611: "$mod",
  Location16702: "$concat",
  Location16883: "$map",
  Location17040: "$allElementsTrue",
  Location17041: "$anyElementTrue",
  Location17043: "$setUnion",
  Location17046: "$setIsSubset",
  Location17047: "$setIntersection",
  Location17048: "$setDifference",
  Location17124: "$size",
  Location28651: "$filter",
  Location28664: "$concatArrays",
  Location28689: "$arrayElemAt $first $last",
  Location28724: "$slice",
  Location28756: "$log",
  Location28762: "$pow",
  Location28765: `$abs $acos $acosh $asin $asinh $atan $atanh $bitNot $ceil $cos
    $cosh $degreesToRadians $exp $floor $ln $log10 $radiansToDegrees $sin $sinh
    $sqrt $tan $tanh`,
  Location34435: "$reverseArray",
  Location34443: "$range",
  Location34471: "$strLenCP",
  Location34473: "$strLenBytes",
  Location40080: "$reduce",
  Location40081: "$in",
  Location40085: "$split",
  Location40090: "$indexOfArray",
  Location40386: "$arrayToObject",
  Location40390: "$objectToArray",
  Location50699: "$ltrim $rtrim $trim",
  Location51081: "$round $trunc",
  Location51104: "$regexFind $regexFindAll $regexMatch",
  Location51746: "$replaceAll $replaceOne",
  Location2942504: "$sortArray",
  Location5166307: "$dateDiff",
  Location5166403: "$dateAdd $dateSubtract",
  Location5439012: "$dateTrunc",
  Location5887502: "$setEquals",
});

/** What it calls a number for which the operator is not defined. */
const DOMAIN_CODES: ReadonlyMap<string, CodeName> = toTable({
  BadValue: "$divide",
  Location28714: "$sqrt",
  Location28758: "$log",
  Location28761: "$log10",
  Location28764: "$pow",
  Location28766: "$ln",
  Location50989: "$acos $acosh $asin $atanh",
});

function toTable(
  codes: Readonly<Record<string, string>>,
): ReadonlyMap<string, CodeName> {
  return new Map(
    Object.entries(codes).flatMap(([codeName, names]) =>
      splitWords(names).map((name) => [name, codeName as CodeName] as const)
    ),
  );
}

/**
 * Gives an error of an operator mongod's code.
 *
 * @param error What was thrown.
 * @param name The operator; undefined where it is not known.
 * @param operands What it was given, as far as evaluated.
 * @returns Itself when it has a code.
 */
export function toExpressionError(
  error: unknown,
  name = "",
  operands: readonly unknown[] = [],
): MongoError {
  if (error instanceof MongoError) return error;
  const message = error instanceof Error ? error.message : String(error);
  const areNumbers = operands.length > 0 &&
    operands.every((operand) => typeof operand === "number");
  const codeName = message.startsWith("Use of undefined variable")
    ? "Location17276"
    : areNumbers && DOMAIN_CODES.get(name) || TYPE_CODES.get(name);
  return new MongoError(
    codeName ?? "BadValue",
    `Cannot evaluate expression: ${message}`,
  );
}
