/**
 * The border to mingo, which computes on plain JavaScript values.
 *
 * `toPlain()` unwraps numbers and regular expressions; `fromPlain()` gives what
 * mingo returns a BSON type again.
 */

import { BSONRegExp, Double, Long } from "bson";
import { type Document, isDocument, isInt32, setField } from "./document.ts";

/**
 * Unwraps a value for mingo, copying documents and arrays.
 *
 * @param value A value in the loss-free form.
 * @returns Numbers where they are exact; an unsafe int64 stays a `Long`.
 */
export function toPlain(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(toPlain);
  if (isDocument(value)) return mapFields(value, toPlain);
  return toPlainScalar(value);
}

/**
 * Gives a plain value BSON types.
 *
 * @param value What mingo returned.
 * @returns The value in the loss-free form; a whole number as int32 or int64.
 */
export function fromPlain(value: unknown): unknown {
  if (typeof value === "number") return fromPlainNumber(value);
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map((item) => fromPlain(item ?? null));
  if (isDocument(value)) return mapFields(value, fromPlain);
  if (value instanceof RegExp) {
    return new BSONRegExp(value.source, value.flags.replace(/[^imsux]/g, ""));
  }
  return value;
}

function toPlainScalar(value: object): unknown {
  if (value instanceof Double) return value.value;
  if (value instanceof Long && value._bsontype === "Long") {
    const number = value.toNumber();
    return Number.isSafeInteger(number) ? number : value;
  }
  if (value instanceof BSONRegExp) {
    return new RegExp(value.pattern, value.options.replace(/[^ims]/g, ""));
  }
  return value;
}

function fromPlainNumber(value: number): unknown {
  if (Number.isSafeInteger(value) && !isInt32(value) && value !== 0) {
    return Long.fromNumber(value);
  }
  return Number.isInteger(value) && !isInt32(value) ? new Double(value) : value;
}

function mapFields(
  document: Document,
  convert: (value: unknown) => unknown,
): Document {
  const result: Document = {};
  for (const field of Object.keys(document)) {
    const value = convert(document[field]);
    if (value !== undefined) setField(result, field, value);
  }
  return result;
}
