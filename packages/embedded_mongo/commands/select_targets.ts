/**
 * Selects the rows that a write is about to change.
 *
 * Row numbers are collected before the first write, so that a document which the
 * write moves along the index is not met twice.
 */

import type { Collection } from "../storage/collection.ts";
import type { Row } from "../storage/row.ts";
import { type Selection, selectRows } from "../storage/select_rows.ts";

/**
 * Selects targets.
 *
 * @param collection Where to look; undefined selects nothing.
 * @param selection What to look for, and whether one or all are wanted.
 * @returns The rows, each read when its turn comes.
 */
export function* selectTargets(
  collection: Collection | undefined,
  selection: Selection & { readonly isMulti: boolean },
): Iterable<Row> {
  const { isMulti, ...rest } = selection;
  if (!collection) {
    yield* selectRows(collection, rest);
    return;
  }
  if (!isMulti) {
    yield* [...selectRows(collection, { ...rest, limit: 1 })];
    return;
  }
  const numbers: number[] = [];
  for (const { number } of selectRows(collection, rest)) numbers.push(number);
  for (const number of numbers) {
    const row = collection.findByNumber(number);
    if (row) yield row;
  }
}
