/**
 * The border to mingo, which computes on plain JavaScript values.
 *
 * `toPlain()` unwraps numbers and regular expressions; `fromPlain()` gives what
 * mingo returns a BSON type again, and where a value came through unchanged the
 * exact type that it had before.
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
 * @param original The value at the same place before, in the loss-free form.
 * @returns The value in the loss-free form; `original` where nothing changed.
 */
export function fromPlain(value: unknown, original?: unknown): unknown {
  if (typeof value === "number") return fromPlainNumber(value, original);
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) {
    const before = Array.isArray(original) ? original : [];
    return value.map((item, i) => fromPlain(item ?? null, before[i]));
  }
  if (isDocument(value)) {
    const before = isDocument(original) ? original : {};
    return mapFields(value, (item, field) => fromPlain(item, before[field]));
  }
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

function fromPlainNumber(value: number, original: unknown): unknown {
  const isUnchanged = typeof original === "object" && original !== null &&
    !Array.isArray(original) && Object.is(toPlainScalar(original), value);
  if (isUnchanged) return original;
  if (Number.isSafeInteger(value) && !isInt32(value) && value !== 0) {
    return Long.fromNumber(value);
  }
  return Number.isInteger(value) && !isInt32(value) ? new Double(value) : value;
}

function mapFields(
  document: Document,
  convert: (value: unknown, field: string) => unknown,
): Document {
  const result: Document = {};
  for (const field of Object.keys(document)) {
    const value = convert(document[field], field);
    if (value !== undefined) setField(result, field, value);
  }
  return result;
}
