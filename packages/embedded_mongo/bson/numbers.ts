/**
 * Arithmetic on BSON numbers with MongoDB's result types.
 *
 * int + int stays int until it overflows into long; a double makes a double;
 * a long that overflows is an error. Decimal128 arithmetic is refused: `bson`
 * has none, and rounding it through a double would be silently wrong.
 */

import { Decimal128, Double, Long } from "bson";
import { badValue, refuse } from "../errors.ts";
import { isInt32 } from "./document.ts";

const MAX_LONG = (1n << 63n) - 1n;
const MIN_LONG = -(1n << 63n);

/** Whether a value is one of BSON's four number types. */
export function isNumeric(value: unknown): boolean {
  return typeof value === "number" || value instanceof Double ||
    value instanceof Decimal128 || isLong(value);
}

/** Whether a value is true to MongoDB: all are but null, nothing, false and zero. */
export function isTruthy(value: unknown): boolean {
  if (isNumeric(value)) return Number(String(value)) !== 0;
  return value !== undefined && value !== null && value !== false;
}

/**
 * Reads a whole number of any BSON type, cutting off a fraction.
 *
 * @param value Any value.
 * @returns The integer, or undefined when the value is no number or unsafe.
 */
export function toSafeInteger(value: unknown): number | undefined {
  if (!isNumeric(value)) return undefined;
  const number = Math.trunc(Number(String(value)));
  return Number.isSafeInteger(number) ? number + 0 : undefined;
}

/**
 * Gives a number BSON's double type in the loss-free form.
 *
 * @param value Any JavaScript number.
 * @returns The number itself when it has a fraction, else a `Double`.
 */
export function toDouble(value: number): number | Double {
  return Number.isInteger(value) ? new Double(value) : value;
}

/**
 * Adds two numbers as `$inc` does.
 *
 * @param left A BSON number.
 * @param right Another.
 * @returns The sum, in the wider of the two types.
 * @throws {MongoError} BadValue on int64 overflow.
 */
export function add(left: unknown, right: unknown): unknown {
  return compute(left, right, (a, b) => a + b, (a, b) => a + b);
}

/**
 * Multiplies two numbers as `$mul` does.
 *
 * @param left A BSON number.
 * @param right Another.
 * @returns The product, in the wider of the two types.
 * @throws {MongoError} BadValue on int64 overflow.
 */
export function multiply(left: unknown, right: unknown): unknown {
  return compute(left, right, (a, b) => a * b, (a, b) => a * b);
}

/**
 * Refuses numbers that mingo would compute with wrongly.
 *
 * @param value An operand.
 * @throws {MongoError} NotImplemented for Decimal128 and for int64 beyond 2^53.
 */
export function rejectInexact(value: unknown): void {
  if (value instanceof Decimal128) throw refuse("Decimal128 arithmetic");
  if (value instanceof Long && value._bsontype === "Long") {
    throw refuse("int64 arithmetic beyond 2^53");
  }
}

function compute(
  left: unknown,
  right: unknown,
  onDoubles: (a: number, b: number) => number,
  onIntegers: (a: bigint, b: bigint) => bigint,
): unknown {
  if (left instanceof Decimal128 || right instanceof Decimal128) {
    throw refuse("Decimal128 arithmetic");
  }
  if (typeof left === "number" && typeof right === "number") {
    const result = onDoubles(left, right);
    if (isInt32(left) && isInt32(right) && isInt32(result)) return result;
  }
  if (isDouble(left) || isDouble(right)) {
    return toDouble(onDoubles(Number(String(left)), Number(String(right))));
  }
  const exact = onIntegers(BigInt(String(left)), BigInt(String(right)));
  if (exact > MAX_LONG || exact < MIN_LONG) {
    throw badValue(
      `Failed to apply operation: ${left} and ${right} overflow int64`,
    );
  }
  const isLongResult = isLong(left) || isLong(right) || !isInt32(Number(exact));
  return isLongResult ? Long.fromBigInt(exact) : Number(exact);
}

function isDouble(value: unknown): boolean {
  return value instanceof Double ||
    typeof value === "number" && !isInt32(value);
}

function isLong(value: unknown): value is Long {
  return value instanceof Long && value._bsontype === "Long";
}
