/**
 * Refuses what is wrong with an expression before it is evaluated: operators that
 * do not exist or that this server does not have, and operands too many or too few.
 *
 * mingo takes an operand that is missing for null and computes on. Codes are those
 * of mongod's expression.cpp.
 */

import { isDocument } from "../bson/document.ts";
import { type CodeName, MongoError, refuse } from "../errors.ts";
import { getMingo } from "./mingo.ts";
import { splitWords } from "../split_words.ts";

/** Operators and accumulators of a real server that this one refuses by name. */
export const REFUSED_EXPRESSIONS: ReadonlySet<string> = new Set(splitWords(`
  $accumulator $binarySize $bottom $bottomN $bsonSize $dateFromParts $dateToParts
  $firstN $function $indexOfBytes $indexOfCP $isoWeekYear $lastN $maxN $median
  $meta $minN $percentile $sampleRate $sigmoid $stdDevPop $stdDevSamp $substr
  $substrBytes $toDecimal $toHashedIndexKey $toObjectId $toUUID $top $topN
  $tsIncrement $tsSecond $week $zip`));

/** How many operands an operator takes, where it takes a number of them. */
const OPERAND_COUNTS: ReadonlyMap<string, number> = new Map([
  ...splitWords(`
    $abs $acos $acosh $allElementsTrue $anyElementTrue $arrayToObject $asin $asinh
    $atan $atanh $bitNot $ceil $cos $cosh $degreesToRadians $exp $first $floor
    $isArray $isNumber $last $ln $log10 $not $objectToArray $radiansToDegrees
    $reverseArray $sin $sinh $size $sqrt $strLenBytes $strLenCP $tan $tanh $toBool
    $toDate $toDouble $toInt $toLong $toLower $toString $toUpper $type`)
    .map((name) => [name, 1] as const),
  ...splitWords(`
    $arrayElemAt $atan2 $cmp $divide $eq $gt $gte $in $log $lt $lte $mod $ne $pow
    $setDifference $setIsSubset $split $strcasecmp $subtract`)
    .map((name) => [name, 2] as const),
  ["$substrCP", 3],
]);

/** The fields that an operator cannot do without, with the code for each. */
const REQUIRED_FIELDS: Readonly<Record<string, Record<string, CodeName>>> = {
  $cond: { if: "Location17080", then: "Location17081", else: "Location17082" },
  $filter: { input: "Location28648", cond: "Location28650" },
  $let: { vars: "Location16876", in: "Location16877" },
  $map: { input: "Location16880", in: "Location16882" },
  $reduce: {
    input: "Location40077",
    initialValue: "Location40078",
    in: "Location40079",
  },
};

/**
 * Refuses an expression that is wrong in itself.
 *
 * @param expression Any expression.
 * @param codeName What an unknown operator is called where this one stands.
 * @throws {MongoError} `codeName`, NotImplemented, or mongod's code for operands
 *   too many or too few.
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
    if (key.startsWith("$")) checkOperator(key, expression, codeName);
    if (key !== "$literal") checkExpression(operand, codeName);
  }
}

function checkOperator(
  name: string,
  expression: Record<string, unknown>,
  codeName: CodeName,
): void {
  if (REFUSED_EXPRESSIONS.has(name)) throw refuse(name);
  if (!getMingo().EXPRESSION_OPERATORS.has(name)) {
    throw new MongoError(codeName, `Unrecognized expression '${name}'`);
  }
  const fieldCount = Object.keys(expression).length;
  if (fieldCount > 1) {
    throw new MongoError(
      "Location15983",
      `An object representing an expression must have exactly one field, not ${fieldCount}`,
    );
  }
  checkOperands(name, expression[name]);
}

function checkOperands(name: string, operand: unknown): void {
  const count = Array.isArray(operand) ? operand.length : 1;
  const fields = REQUIRED_FIELDS[name];
  const wanted = name === "$cond" && Array.isArray(operand)
    ? 3
    : OPERAND_COUNTS.get(name) ?? count;
  if (count !== wanted) {
    throw new MongoError(
      "Location16020",
      `Expression ${name} takes exactly ${wanted} arguments. ${count} were passed in.`,
    );
  }
  if (name === "$ifNull" && count < 2) {
    throw new MongoError(
      "Location1257300",
      `$ifNull needs at least two arguments, had: ${count}`,
    );
  }
  if (
    name === "$let" && isDocument(operand) && !isDocument(operand.vars ?? {})
  ) {
    throw new MongoError("Location10065", "$let expects an object of 'vars'");
  }
  if (!fields || Array.isArray(operand)) return;
  for (const [field, codeName] of Object.entries(fields)) {
    if (isDocument(operand) && field in operand) continue;
    throw new MongoError(codeName, `Missing '${field}' parameter to ${name}`);
  }
}
