/**
 * Compiles a sort specification into keys whose byte order is the sort.
 *
 * An array sorts by its smallest element ascending and by its largest
 * descending; an empty array sorts below null.
 */

import { compareBytes } from "../bson/compare_values.ts";
import { type Document, isDocument } from "../bson/document.ts";
import { toSafeInteger } from "../bson/numbers.ts";
import {
  EMPTY_ARRAY_KEY,
  encodeOrderKey,
  invertKey,
  joinKeys,
} from "../bson/order_key.ts";
import { badValue, refuse } from "../errors.ts";
import { visitPath } from "./visit_path.ts";

/** One field of a sort. */
export interface SortField {
  readonly path: string;
  readonly direction: 1 | -1;
}

/** Something to sort, with its key. */
export interface Keyed<T> {
  readonly key: Uint8Array;
  readonly item: T;
}

/**
 * Reads a sort specification.
 *
 * @param sort The specification as the client sent it.
 * @returns Its fields in order.
 * @throws {MongoError} BadValue for a direction other than 1 and -1.
 */
export function parseSort(sort: Document): SortField[] {
  return Object.entries(sort).map(([path, value]) => {
    if (isDocument(value)) throw refuse("sorting by $meta");
    const direction = toSafeInteger(value);
    if (direction !== 1 && direction !== -1) {
      throw badValue(
        "$sort key ordering must be 1 (for ascending) or -1 (for descending)",
      );
    }
    return { path, direction };
  });
}

/**
 * Compiles a sort.
 *
 * @param fields The fields of the sort.
 * @returns A function from a document to its key.
 */
export function compileSortKey(
  fields: readonly SortField[],
): (document: Document) => Uint8Array {
  const readers = fields.map(({ path, direction }) => ({
    direction,
    parts: path.split("."),
  }));
  return (document) => {
    const keys = readers.map(({ parts, direction }) => {
      const key = readSortKey(document, parts, direction);
      return direction > 0 ? key : invertKey(key);
    });
    return joinKeys(...keys);
  };
}

/**
 * Sorts in place by key; equal keys keep their order.
 *
 * @param items What to sort.
 * @returns The same array.
 */
export function sortByKey<T>(items: Keyed<T>[]): Keyed<T>[] {
  return items.sort((left, right) => compareBytes(left.key, right.key));
}

function readSortKey(
  document: Document,
  parts: readonly string[],
  direction: 1 | -1,
): Uint8Array {
  let best: Uint8Array | undefined;
  visitPath(document, {
    parts,
    leaf: "elements",
    test: (value) => {
      const key = Array.isArray(value) && value.length === 0
        ? EMPTY_ARRAY_KEY
        : encodeOrderKey(value);
      if (!best || compareBytes(key, best) * direction < 0) best = key;
      return false;
    },
  });
  return best ?? encodeOrderKey(undefined);
}
