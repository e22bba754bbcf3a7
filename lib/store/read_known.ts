/**
 * What the store knows of many objects at once, for comparisons: documents and
 * tombstones, in two calls. A write asks for itself again.
 */
import type { Filter } from "mongodb";
import type { Known, SyncedDocument } from "../sync/write_plan.ts";
import type { SyncedCollection } from "./synced_collection.ts";

/** An object, and whose deletion deletes it too. */
export interface KnownQuery {
  readonly id: string;
  /** Ids whose tombstones rule this object out as well. */
  readonly parents: readonly string[];
}

/**
 * Reads documents and tombstones.
 *
 * @param collection Of which kind.
 * @param queries Some hundreds at most.
 * @returns What is known of each, by id.
 */
export async function readKnown<D extends SyncedDocument>(
  { documents, tombstones }: SyncedCollection<D>,
  queries: readonly KnownQuery[],
): Promise<Map<string, Known<D>>> {
  const ids = queries.map(({ id }) => id);
  const rulers = [...new Set(queries.flatMap(({ parents }) => parents))];
  const [stored, marks] = await Promise.all([
    documents.find({ _id: { $in: ids } } as unknown as Filter<D>).toArray(),
    tombstones.find({ _id: { $in: [...ids, ...rulers] } })
      .project<{ _id: string }>({ _id: 1 }).toArray(),
  ]);
  const byId = new Map<string, D>(
    stored.map((document) => [String(document._id), document as D]),
  );
  const gone = new Set(marks.map(({ _id }) => _id));
  return new Map(queries.map(({ id, parents }) => [id, {
    stored: byId.get(id),
    isTombstoned: [id, ...parents].some((each) => gone.has(each)),
  }]));
}
