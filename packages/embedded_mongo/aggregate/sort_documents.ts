/** The `$sort` stage: stable, in MongoDB's order, within the memory bound. */

import type { Document } from "../bson/document.ts";
import { MongoError } from "../errors.ts";
import { compileSortKey, parseSort, sortByKey } from "../query/compile_sort.ts";
import { collectBounded } from "./memory_bound.ts";

/**
 * Sorts documents.
 *
 * @param documents What to sort.
 * @param sort The sort specification.
 * @returns The sorted documents; nothing is read before the first is asked for.
 * @throws {MongoError} BadValue for a bad specification.
 */
export function sortDocuments(
  documents: Iterable<Document>,
  sort: Document,
): Iterable<Document> {
  const fields = parseSort(sort);
  if (fields.length === 0) {
    throw new MongoError(
      "BadValue",
      "$sort stage must have at least one sort key",
    );
  }
  const readKey = compileSortKey(fields);
  return {
    *[Symbol.iterator]() {
      const keyed = collectBounded(documents, "$sort")
        .map((item) => ({ key: readKey(item), item }));
      for (const { item } of sortByKey(keyed)) yield item;
    },
  };
}
