/**
 * Recognises MongoDB's error 11000 and the index that it names.
 *
 * @see https://www.mongodb.com/docs/manual/reference/error-codes/ DuplicateKey
 */
import { MongoServerError } from "mongodb";

const DUPLICATE_KEY = 11000;

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
  return new RegExp(`index: (\\S+\\$)?${field}_`).test(error.message);
}
