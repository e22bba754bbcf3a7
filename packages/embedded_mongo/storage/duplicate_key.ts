/** The error that a unique index raises, as drivers and applications read it. */

import { ObjectId } from "bson";
import type { Document } from "../bson/document.ts";
import { MongoError } from "../errors.ts";

/**
 * Creates the error for a key that is taken.
 *
 * @param ns `database.collection`.
 * @param key The index and the values that clash.
 * @returns The error with `keyPattern` and `keyValue`.
 */
export function createDuplicateError(
  ns: string,
  key: {
    readonly name: string;
    readonly keyPattern: Document;
    readonly keyValue: Document;
  },
): MongoError {
  const { name, keyPattern, keyValue } = key;
  const shown = Object.entries(keyValue)
    .map(([path, value]) => `${path}: ${showValue(value)}`).join(", ");
  return new MongoError(
    "DuplicateKey",
    `E11000 duplicate key error collection: ${ns} index: ${name} dup key: { ${shown} }`,
    { keyPattern, keyValue },
  );
}

function showValue(value: unknown): string {
  if (value instanceof ObjectId) return `ObjectId('${value.toHexString()}')`;
  if (value instanceof Date) return `new Date(${value.getTime()})`;
  return JSON.stringify(value) ?? "null";
}
