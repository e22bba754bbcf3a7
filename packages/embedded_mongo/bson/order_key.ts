/**
 * Encodes values as bytes whose byte order is MongoDB's order of values.
 *
 * One definition serves index keys, sorts, comparisons and grouping, so that
 * they cannot disagree. Numbers of all four types that are equal give the same
 * bytes. Every value ends itself: no key is a prefix of another, and the first
 * byte (the rank) never exceeds 0xF0, also when inverted for a descending field
 * it stays below 0xFF. Order of types: MongoDB manual, "BSON Comparison Order".
 */

import {
  type Binary,
  type BSONRegExp,
  type BSONSymbol,
  type Code,
  Decimal128,
  Double,
  Long,
  type ObjectId,
  type Timestamp,
} from "bson";
import { badValue } from "../errors.ts";
import { type Document, getTypeNumber } from "./document.ts";

/** The first byte of a key, by BSON type number; missing sorts as null. */
const RANKS: Readonly<Record<number, number>> = {
  [-1]: 0x02,
  0: 0x10,
  10: 0x10,
  1: 0x20,
  16: 0x20,
  18: 0x20,
  19: 0x20,
  2: 0x30,
  14: 0x30,
  3: 0x40,
  4: 0x48,
  5: 0x50,
  7: 0x60,
  8: 0x70,
  9: 0x78,
  17: 0x80,
  11: 0x88,
  13: 0x90,
  15: 0x98,
  127: 0xf0,
};

/** Marks the entry of an empty array in an index: below null, as in mongod. */
export const EMPTY_ARRAY_KEY: Uint8Array = Uint8Array.of(0x0f);

const EXACT = 0x80; // The number is exactly the double before this byte.
const RESIDUAL_BITS = 80n; // Decimal128 carries 60 bits more than a double.
const RESIDUAL_BYTES = 11;

/**
 * Says in which bracket of MongoDB's type order a value lies.
 *
 * @param value A BSON value, or undefined for a missing field.
 * @returns The first byte of its order key.
 */
export function getRank(value: unknown): number {
  return RANKS[getTypeNumber(value)] ?? 0x10;
}

/**
 * Encodes one value.
 *
 * @param value A BSON value, or undefined for a missing field.
 * @returns A fresh array with its order key.
 * @throws {MongoError} BadValue for a Decimal128 outside a double's range.
 */
export function encodeOrderKey(value: unknown): Uint8Array {
  length = 0;
  writeValue(value);
  return buffer.slice(0, length);
}

/**
 * Inverts a key, for a descending field of a compound index.
 *
 * @param key An order key.
 * @returns A fresh array in which all bits are flipped.
 */
export function invertKey(key: Uint8Array): Uint8Array {
  return key.map((byte) => byte ^ 0xff);
}

/**
 * Joins keys: the order of the whole is that of the first that differs.
 *
 * @param keys Order keys.
 * @returns A fresh array, except for a single key.
 */
export function joinKeys(...keys: readonly Uint8Array[]): Uint8Array {
  const [only] = keys;
  if (only && keys.length === 1) return only;
  const joined = new Uint8Array(keys.reduce((sum, key) => sum + key.length, 0));
  let at = 0;
  for (const key of keys) {
    joined.set(key, at);
    at += key.length;
  }
  return joined;
}

// The scratch buffer: encoding is synchronous and never nests in itself.
let buffer = new Uint8Array(1024);
let view = new DataView(buffer.buffer);
let length = 0;
const textEncoder = new TextEncoder();

function reserve(bytes: number): void {
  if (length + bytes <= buffer.length) return;
  const larger = new Uint8Array(Math.max(buffer.length * 2, length + bytes));
  larger.set(buffer.subarray(0, length));
  buffer = larger;
  view = new DataView(buffer.buffer);
}

function writeByte(byte: number): void {
  reserve(1);
  buffer[length++] = byte;
}

function writeValue(value: unknown): void {
  const rank = getRank(value);
  writeByte(rank);
  switch (rank) {
    case 0x20:
      return writeNumber(value as number | Double | Long | Decimal128);
    case 0x30:
      return writeText(
        typeof value === "string" ? value : (value as BSONSymbol).value,
      );
    case 0x40:
      return writeFields(value as Document);
    case 0x48:
      for (const item of value as unknown[]) writeValue(item);
      return writeByte(0);
    case 0x50:
      return writeBinary(value as Binary);
    case 0x60:
      return writeBytes((value as ObjectId).id);
    case 0x70:
      return writeByte(value ? 1 : 0);
    case 0x78:
      return writeSigned(BigInt((value as Date).getTime()));
    case 0x80:
      return writeSigned((value as Timestamp).toBigInt() - (1n << 63n));
    case 0x88:
      writeText((value as BSONRegExp).pattern);
      return writeText((value as BSONRegExp).options);
    case 0x90:
    case 0x98:
      return writeText((value as Code).code);
  }
}

function writeBytes(bytes: Uint8Array): void {
  reserve(bytes.length);
  buffer.set(bytes, length);
  length += bytes.length;
}

/** Zero bytes are escaped as 00 FF, so that 00 00-free text ends at a single 00. */
function writeText(text: string): void {
  reserve(text.length * 3 + 1);
  const { written } = textEncoder.encodeInto(text, buffer.subarray(length));
  const start = length;
  length += written;
  if (text.includes("\0")) {
    const escaped = [...buffer.subarray(start, length)].flatMap((byte) =>
      byte === 0 ? [0, 0xff] : [byte]
    );
    length = start;
    writeBytes(Uint8Array.from(escaped));
  }
  writeByte(0);
}

function writeFields(document: Document): void {
  for (const field of Object.keys(document)) {
    const value = document[field];
    writeByte(getRank(value)); // Type first, then name, then value.
    writeText(field);
    writeValue(value);
  }
  writeByte(0);
}

function writeBinary(binary: Binary): void {
  const bytes = binary.buffer.subarray(0, binary.position);
  reserve(5);
  view.setUint32(length, bytes.length);
  buffer[length + 4] = binary.sub_type;
  length += 5;
  writeBytes(bytes);
}

function writeSigned(value: bigint): void {
  reserve(8);
  view.setBigInt64(length, value);
  buffer[length]! ^= 0x80;
  length += 8;
}

function writeNumber(value: number | Double | Long | Decimal128): void {
  if (typeof value === "number") return writeExactDouble(value);
  if (value instanceof Double) return writeExactDouble(value.value);
  if (value instanceof Decimal128) return writeDecimal(value.toString());
  const nearest = value.toNumber();
  if (Number.isSafeInteger(nearest)) return writeExactDouble(nearest);
  writeDouble(nearest);
  writeResidual({ digits: value.toBigInt(), exponent: 0 }, nearest);
}

function writeExactDouble(value: number): void {
  writeDouble(value);
  writeByte(EXACT);
}

function writeDouble(value: number): void {
  reserve(8);
  if (Number.isNaN(value)) view.setBigUint64(length, 0n); // Below -Infinity.
  else {
    view.setFloat64(length, value === 0 ? 0 : value);
    const isNegative = (buffer[length]! & 0x80) !== 0;
    if (isNegative) {
      for (let i = length; i < length + 8; i++) buffer[i]! ^= 0xff;
    } else buffer[length]! ^= 0x80;
  }
  length += 8;
}

function writeDecimal(text: string): void {
  if (!/\d/.test(text)) return writeExactDouble(Number(text)); // NaN, Infinity
  const nearest = Number(text);
  const [mantissa = "", exponentText = "0"] = text.split(/E/i);
  const fraction = mantissa.split(".")[1] ?? "";
  const digits = BigInt(mantissa.replace(".", ""));
  const isOutOfRange = !Number.isFinite(nearest) ||
    digits !== 0n && Math.abs(nearest) < 2.2250738585072014e-308;
  if (isOutOfRange) {
    throw badValue(
      "Decimal128 outside the range of a double is not supported by the " +
        "embedded server: set MONGODB_URI to use a real server",
    );
  }
  writeDouble(nearest);
  const exponent = Number(exponentText) - fraction.length;
  writeResidual({ digits, exponent }, nearest);
}

/** Writes how far `digits × 10^exponent` lies from its nearest double. */
function writeResidual(
  exact: { readonly digits: bigint; readonly exponent: number },
  nearest: number,
): void {
  const { mantissa, exponent } = splitDouble(nearest);
  // Both sides as fractions over one denominator, in units of the last place.
  let left = exact.digits;
  let right = mantissa;
  let unit = 1n;
  if (exact.exponent >= 0) left *= 10n ** BigInt(exact.exponent);
  else unit *= 10n ** BigInt(-exact.exponent);
  right *= unit;
  if (exponent >= 0) {
    right <<= BigInt(exponent);
    unit <<= BigInt(exponent);
  } else left <<= BigInt(-exponent);
  const scaled = ((left - right) << RESIDUAL_BITS) / unit;
  if (scaled === 0n) return writeByte(EXACT);
  writeByte(scaled < 0n ? EXACT - 1 : EXACT + 1);
  const biased = scaled + (1n << (RESIDUAL_BITS + 4n));
  for (let i = RESIDUAL_BYTES - 1; i >= 0; i--) {
    writeByte(Number(biased >> BigInt(i * 8) & 0xffn));
  }
}

/** Splits a finite double into an integer and a power of two. */
function splitDouble(value: number): { mantissa: bigint; exponent: number } {
  const scratch = new DataView(new ArrayBuffer(8));
  scratch.setFloat64(0, value);
  const bits = scratch.getBigUint64(0);
  const biased = Number(bits >> 52n & 0x7ffn);
  const fraction = bits & 0xfffffffffffffn;
  const mantissa = biased === 0 ? fraction : fraction | 1n << 52n;
  return {
    mantissa: value < 0 ? -mantissa : mantissa,
    exponent: Math.max(biased, 1) - 1075,
  };
}
