/** Merges documents as `$mergeObjects` does, in expressions and in `$group`. */

import { type Document, isDocument } from "../bson/document.ts";
import { MongoError } from "../errors.ts";

/**
 * Merges documents, the last one winning; nothing and null do not count.
 *
 * @param values The documents.
 * @returns The merged document.
 * @throws {MongoError} Location40400 for a value of another type.
 */
export function mergeObjects(values: readonly unknown[]): Document {
  let merged: Document = {};
  for (const value of values) {
    if (value === undefined || value === null) continue;
    if (!isDocument(value)) {
      throw new MongoError(
        "Location40400",
        "$mergeObjects requires object inputs",
      );
    }
    merged = { ...merged, ...value };
  }
  return merged;
}
