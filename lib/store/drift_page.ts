/**
 * Open differences by what they are: a page at a time for people, by id for a
 * repair that goes through all of them.
 */
import type { Document } from "mongodb";
import type { DriftFilter } from "../requests.ts";
import {
  type DriftItem,
  type DriftTarget,
  toTarget,
} from "./drift_documents.ts";
import { type KeysetPage, readKeysetPage } from "./keyset_page.ts";
import type { Store } from "./store.ts";

/** Which differences. */
export interface DriftQuery {
  readonly filter: DriftFilter;
  readonly cursor: string | null;
  readonly limit: number;
}

/**
 * Reads a page of open differences, the newest first.
 *
 * @param store The store.
 * @param query Which ones.
 * @returns The rows and the next page's cursor.
 */
export async function readDriftPage(
  store: Pick<Store, "drift">,
  { filter, cursor, limit }: DriftQuery,
): Promise<KeysetPage<DriftItem>> {
  return await readKeysetPage(store.drift.items, {
    filter: toConditions(filter),
    order: { field: "seen_at", direction: -1, type: "instant" },
    cursor,
    limit,
  });
}

/**
 * Counts open differences.
 *
 * @param store The store.
 * @param filter Which ones.
 * @param limit Counting stops here.
 * @returns How many, at most `limit`.
 */
export async function countDrift(
  store: Pick<Store, "drift">,
  filter: DriftFilter,
  limit: number,
): Promise<number> {
  return await store.drift.items
    .countDocuments(toConditions(filter), { limit });
}

/**
 * Reads what a repair does next, by id.
 *
 * @param store The store.
 * @param filter Which differences.
 * @param after The last id of the portion before, or null.
 * @param limit How many at most.
 * @returns The objects.
 */
export async function listDriftTargets(
  store: Pick<Store, "drift">,
  filter: DriftFilter,
  after: string | null,
  limit: number,
): Promise<DriftTarget[]> {
  const items = await store.drift.items
    .find({ ...toConditions(filter), ...(after && { _id: { $gt: after } }) })
    .sort({ _id: 1 }).limit(limit).toArray();
  return items.map(toTarget);
}

/**
 * Finds out what some ids are.
 *
 * @param store The store.
 * @param ids Clerk's.
 * @returns What scans have found by these ids; a user for all others.
 */
export async function findDriftTargets(
  store: Pick<Store, "drift">,
  ids: readonly string[],
): Promise<DriftTarget[]> {
  const items = await store.drift.items.find({ _id: { $in: [...ids] } })
    .toArray();
  const known = new Map(items.map((item) => [item._id, toTarget(item)]));
  return ids.map((id) =>
    known.get(id) ?? { id, collection: "users", place: null }
  );
}

function toConditions(filter: DriftFilter): Document {
  const { collection, kind, field, cause, report_id } = filter;
  return {
    state: "open",
    ...(collection && { collection }),
    ...(kind && { kind }),
    ...(field && { "fields.field": field }),
    ...(cause && { cause }),
    ...(report_id && { report_id }),
  };
}
