/**
 * The form in which this server holds BSON in memory, and what type a value is.
 *
 * Loss-free: `decodeDocument()` followed by `encodeDocument()` gives the same
 * bytes. Int32 is a JavaScript number; so is a double with a fraction; a whole
 * double is a `Double`, int64 a `Long`. `undefined` stands for a missing field.
 * Type numbers are those of bsonspec.org.
 */

import {
  Binary,
  BSONRegExp,
  BSONSymbol,
  Code,
  Decimal128,
  Double,
  Long,
  MaxKey,
  MinKey,
  ObjectId,
  Timestamp,
} from "bson";
import { MongoError } from "../errors.ts";

/** A BSON document held in memory. */
export type Document = { [key: string]: unknown };

/** mongod's BSONDepth::kDefaultMaxAllowableDepth, less the command around it. */
export const MAX_DEPTH = 180;

/** BSON's type numbers by the alias that `$type` takes. */
export const TYPE_NUMBERS: Readonly<Record<string, number>> = {
  double: 1,
  string: 2,
  object: 3,
  array: 4,
  binData: 5,
  undefined: 6,
  objectId: 7,
  bool: 8,
  date: 9,
  null: 10,
  regex: 11,
  javascript: 13,
  symbol: 14,
  javascriptWithScope: 15,
  int: 16,
  timestamp: 17,
  long: 18,
  decimal: 19,
  minKey: -1,
  maxKey: 127,
};

/**
 * Says which BSON type a value has.
 *
 * @param value A value in the form described above.
 * @returns Its bsonspec.org number; 0 for a missing field.
 * @throws {TypeError} when the value has no BSON type.
 */
export function getTypeNumber(value: unknown): number {
  switch (typeof value) {
    case "undefined":
      return 0;
    case "boolean":
      return 8;
    case "string":
      return 2;
    case "number":
      return isInt32(value) ? 16 : 1;
    case "object":
      return value === null ? 10 : getObjectTypeNumber(value);
    default:
      throw new TypeError(`Cannot type value: ${typeof value} is not BSON`);
  }
}

/** Whether a number is stored as int32: whole, in range, and not negative zero. */
export function isInt32(value: number): boolean {
  return (value | 0) === value && !Object.is(value, -0);
}

/** Whether a value is a document, and neither an array nor a BSON scalar. */
export function isDocument(value: unknown): value is Document {
  return typeof value === "object" && value !== null &&
    Object.getPrototypeOf(value) === Object.prototype;
}

/**
 * Reads a field without falling into the prototype.
 *
 * @param document The document to read.
 * @param field One field name, not a path.
 * @returns The value, or undefined when the field is missing.
 */
export function getField(document: Document, field: string): unknown {
  return Object.hasOwn(document, field) ? document[field] : undefined;
}

/**
 * Looks up a name that a client sent in a table of this server.
 *
 * @param table What there is, by name.
 * @param name Any name, those that every object has among them.
 * @returns The entry, or undefined.
 */
export function getOwn<T>(
  table: Readonly<Record<string, T>>,
  name: string,
): T | undefined {
  return Object.hasOwn(table, name) ? table[name] : undefined;
}

/**
 * Writes a field, also the one field name that JavaScript treats specially.
 *
 * @param document The document to change.
 * @param field One field name, not a path.
 * @param value The new value.
 */
export function setField(
  document: Document,
  field: string,
  value: unknown,
): void {
  if (field !== "__proto__") document[field] = value;
  else {
    Object.defineProperty(document, field, {
      value,
      writable: true,
      enumerable: true,
      configurable: true,
    });
  }
}

/**
 * Refuses what nests deeper than any document may.
 *
 * @param depth How deep it nests; a document without documents nests 1 deep.
 * @throws {MongoError} Overflow past 180.
 */
export function checkDepth(depth: number): void {
  if (depth > MAX_DEPTH) {
    throw new MongoError(
      "Overflow",
      `Cannot take a document that nests deeper than ${MAX_DEPTH} levels`,
    );
  }
}

function getObjectTypeNumber(value: object): number {
  if (Array.isArray(value)) return 4;
  if (isDocument(value)) return 3;
  if (value instanceof Date) return 9;
  if (value instanceof ObjectId) return 7;
  if (value instanceof Double) return 1;
  if (value instanceof Timestamp) return 17; // Before Long: it extends it.
  if (value instanceof Long) return 18;
  if (value instanceof Decimal128) return 19;
  if (value instanceof Binary) return 5;
  if (value instanceof BSONRegExp) return 11;
  if (value instanceof MinKey) return -1;
  if (value instanceof MaxKey) return 127;
  if (value instanceof BSONSymbol) return 14;
  if (value instanceof Code) return value.scope ? 15 : 13;
  throw new TypeError(
    `Cannot type value: ${value.constructor?.name} is not BSON`,
  );
}
