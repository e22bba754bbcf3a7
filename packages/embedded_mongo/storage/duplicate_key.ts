/** The error that a unique index raises, as drivers and applications read it. */

import { ObjectId } from "bson";
import type { Document } from "../bson/document.ts";
import { MongoError } from "../errors.ts";

/**
 * Creates the error for a key that is taken.
 *
 * @param ns `database.collection`.
 * @param index The definition of the index.
 * @param values The values that clash, one a field of the index.
 * @returns The error with `keyPattern` and `keyValue`.
 */
export function createDuplicateError(
  ns: string,
  { name, key: keyPattern }: Document,
  values: readonly unknown[],
): MongoError {
  const paths = Object.keys(keyPattern as Document);
  const keyValue = Object.fromEntries(
    paths.map((path, i) => [path, values[i]]),
  );
  const shown = paths.map((path) => `${path}: ${showValue(keyValue[path])}`);
  return new MongoError(
    "DuplicateKey",
    `E11000 duplicate key error collection: ${ns} index: ${name} dup key: { ${
      shown.join(", ")
    } }`,
    { keyPattern, keyValue },
  );
}

function showValue(value: unknown): string {
  if (value instanceof ObjectId) return `ObjectId('${value.toHexString()}')`;
  if (value instanceof Date) return `new Date(${value.getTime()})`;
  return JSON.stringify(value) ?? "null";
}
