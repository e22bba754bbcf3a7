/**
 * Recognises MongoDB's error 11000 and the index that it names.
 *
 * @see https://www.mongodb.com/docs/manual/reference/error-codes/ DuplicateKey
 */
import { MongoServerError } from "mongodb";

/** A unique key is taken. */
export const DUPLICATE_KEY = 11000;

/**
 * Whether a write failed because a unique key is taken.
 *
 * @param error What the driver threw.
 * @param field The index's first field, such as `_id` or `username`.
 * @returns Whether it is error 11000 on that field's index.
 */
export function isDuplicateKey(error: unknown, field: string): boolean {
  if (!(error instanceof MongoServerError) || error.code !== DUPLICATE_KEY) {
    return false;
  }
  const pattern: unknown = error.keyPattern;
  if (typeof pattern === "object" && pattern !== null) {
    return Object.hasOwn(pattern, field);
  }
  return namesIndexOf(error.message, field);
}

/**
 * Whether one write of many failed because a unique key is taken.
 *
 * @param error One of a bulk's errors: the driver hands on the text alone.
 * @param field The index's first field.
 * @returns Whether it is error 11000 on that field's index.
 */
export function isDuplicateIn(
  error: { readonly code: number; readonly errmsg?: string | undefined },
  field: string,
): boolean {
  return error.code === DUPLICATE_KEY &&
    namesIndexOf(error.errmsg ?? "", field);
}

function namesIndexOf(message: string, field: string): boolean {
  return new RegExp(`index: (\\S+\\$)?${field}_`).test(message);
}
