/**
 * Removes the documents that a TTL index has let expire.
 *
 * A document expires when the date on the indexed path, the earliest of an array,
 * lies `expireAfterSeconds` back; a partial index only lets those expire that it
 * covers. Works in portions so that nobody waits long.
 */

import { selectRows } from "./select_rows.ts";
import type { Store } from "./store.ts";

/** How many documents one portion removes at most. */
export const SWEEP_PORTION = 1000;

/**
 * Removes one portion.
 *
 * @param store The store, written in the transaction of the caller.
 * @param now The current instant.
 * @returns How many documents were removed; a full portion means: call again.
 */
export function sweepExpired(store: Store, now: Date): number {
  let removed = 0;
  for (const collection of store.listCollections()) {
    for (const index of collection.indexes) {
      const { fields, expireAfterSeconds, partialFilter = {} } = index;
      const [field] = fields;
      if (expireAfterSeconds === undefined || !field) continue;
      const cutoff = new Date(now.getTime() - expireAfterSeconds * 1000);
      const expired = [...selectRows(collection, {
        filter: { $and: [{ [field.path]: { $lte: cutoff } }, partialFilter] },
        limit: SWEEP_PORTION - removed,
      })];
      for (const row of expired) collection.remove(row);
      removed += expired.length;
      if (removed >= SWEEP_PORTION) return removed;
    }
  }
  return removed;
}
