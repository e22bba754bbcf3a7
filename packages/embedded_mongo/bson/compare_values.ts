/**
 * Compares values in MongoDB's order.
 *
 * The order itself is defined by order_key.ts; equal types that are compared
 * most (numbers, strings, dates) are done without encoding them.
 */

import { encodeOrderKey } from "./order_key.ts";

/**
 * Orders two values of any types.
 *
 * @param left A BSON value, or undefined for a missing field (sorts as null).
 * @param right The other.
 * @returns Below, at or above zero, as for Array.prototype.sort.
 */
export function compareValues(left: unknown, right: unknown): number {
  if (left === right) return 0;
  if (typeof left === "number" && typeof right === "number") {
    if (left < right) return -1;
    if (left > right) return 1;
    if (left === right) return 0;
  } else if (typeof left === "string" && typeof right === "string") {
    return compareTexts(left, right);
  } else if (left instanceof Date && right instanceof Date) {
    return left.getTime() - right.getTime();
  }
  return compareBytes(encodeOrderKey(left), encodeOrderKey(right));
}

/** Whether two values are equal to MongoDB: 1, 1.0 and NumberLong(1) are. */
export function areEqual(left: unknown, right: unknown): boolean {
  return compareValues(left, right) === 0;
}

/**
 * Orders two byte strings as SQLite orders BLOBs.
 *
 * @param left One key.
 * @param right The other.
 * @returns Below, at or above zero.
 */
export function compareBytes(left: Uint8Array, right: Uint8Array): number {
  const shorter = Math.min(left.length, right.length);
  for (let i = 0; i < shorter; i++) {
    const difference = left[i]! - right[i]!;
    if (difference !== 0) return difference;
  }
  return left.length - right.length;
}

/** By code point, as UTF-8 bytes compare; JavaScript compares UTF-16 units. */
function compareTexts(left: string, right: string): number {
  const shorter = Math.min(left.length, right.length);
  for (let i = 0; i < shorter; i++) {
    const a = left.charCodeAt(i);
    const b = right.charCodeAt(i);
    if (a !== b) return rotateSurrogates(a) - rotateSurrogates(b);
  }
  return left.length - right.length;
}

/** Moves surrogates above U+FFFF's neighbours, where their code points lie. */
function rotateSurrogates(unit: number): number {
  if (unit >= 0xe000) return unit - 0x800;
  return unit >= 0xd800 ? unit + 0x2000 : unit;
}
