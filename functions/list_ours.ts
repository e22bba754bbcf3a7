/**
 * Walks our synced documents in an order in which Clerk can be asked about them
 * cheaply: a hundred ids at a time, and members organization by organization.
 *
 * Documents without `sync` are the application's own and never listed.
 */
import type { Document, Filter } from "mongodb";
import { z } from "zod";
import { isPossibleId } from "../lib/clerk/possible_id.ts";
import type { ComparedCollection } from "../lib/store/drift_documents.ts";
import type { Store } from "../lib/store/store.ts";
import type { SyncedCollection } from "../lib/store/synced_collection.ts";
import type { SyncedDocument } from "../lib/sync/write_plan.ts";
import type { OurObject, Position } from "./drift_side.ts";

const idPosition = z.object({ id: z.string() });
const placePosition = idPosition.extend({ organization: z.string() });

/**
 * Lists documents by id.
 *
 * @param collection Where.
 * @param name Its name.
 * @param after The position of the last one, or null.
 * @param limit How many at most.
 * @returns The documents; none after the last.
 */
export async function listById<D extends SyncedDocument>(
  { documents }: SyncedCollection<D>,
  name: ComparedCollection,
  after: Position | null,
  limit: number,
): Promise<OurObject[]> {
  const conditions: Document = { sync: { $exists: true } };
  if (after !== null) conditions._id = { $gt: idPosition.parse(after).id };
  const page = await documents.find(conditions as Filter<D>)
    .sort({ _id: 1 }).limit(limit)
    .project<{ _id: string }>({ _id: 1 }).toArray();
  return page.map(({ _id: id }) => ({
    target: { id, collection: name, place: null },
    position: { id },
  }));
}

/**
 * Lists memberships by organization, then by id; those that name no organization
 * cannot be asked about and are left out.
 *
 * @param store The store.
 * @param after The position of the last one, or null.
 * @param limit How many at most.
 * @returns The memberships; none after the last.
 */
export async function listByOrganization(
  { memberships }: Pick<Store, "memberships">,
  after: Position | null,
  limit: number,
): Promise<OurObject[]> {
  const { id, organization } = after === null
    ? { id: "", organization: "" }
    : placePosition.parse(after);
  const page = await memberships.documents
    .find({
      organization_id: { $gte: organization },
      sync: { $exists: true },
      $or: [
        { organization_id: { $gt: organization } },
        { _id: { $gt: id } },
      ],
    })
    .sort({ organization_id: 1, _id: 1 }).limit(limit)
    .project<{
      _id: string;
      organization_id: string;
      user_id: string | null;
    }>({ organization_id: 1, user_id: 1 }).toArray();
  return page.map(({ _id, organization_id, user_id }) => ({
    target: {
      id: _id,
      collection: "memberships",
      place: user_id === null ? null : { organization_id, user_id },
    },
    position: { id: _id, organization: organization_id },
  }));
}

/** @returns Whether Clerk can be asked about one of ours. */
export function canBeAsked({ target }: OurObject): boolean {
  const { id, collection, place } = target;
  return isPossibleId(id) && (collection !== "memberships" || place !== null);
}
