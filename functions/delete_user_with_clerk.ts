/**
 * Step ④: removes the user of a `clerk/user.deleted` from MongoDB for good.
 *
 * The payload has no time of its own: the tombstone carries the envelope's, or
 * the time of arrival on the road without one.
 */
import type { InngestFunction } from "inngest";
import { clerkDeleted, triggersOf } from "../lib/events.ts";
import type { Store } from "../lib/store/store.ts";
import type {
  TombstoneDocument,
  WriteOutcome,
} from "../lib/store/synced_collection.ts";
import type { FunctionDependencies } from "./dependencies.ts";
import { parsePayload } from "./parse_payload.ts";
import { type ReceivedEvent, tombstoneOf } from "./received_event.ts";
import { createSyncFunction } from "./sync_function.ts";

/**
 * @param deps Inngest, store, sender, clock and metrics.
 * @returns The function `delete-user-with-clerk`.
 */
export function deleteUserWithClerk(
  deps: FunctionDependencies,
): InngestFunction.Any {
  return createSyncFunction(deps, {
    id: "delete-user-with-clerk",
    name: "Delete user with Clerk",
    triggers: triggersOf("user.deleted"),
    collection: "users",
    write: deleteUser,
  });
}

/**
 * Deletes the user of an event, and its memberships.
 *
 * @param deps The store.
 * @param event A `user.deleted`.
 * @returns What became of it.
 * @throws {NonRetriableError} when the payload names no user.
 */
export async function deleteUser(
  { store }: Pick<FunctionDependencies, "store">,
  event: ReceivedEvent,
): Promise<WriteOutcome> {
  const { id } = parsePayload(clerkDeleted, event);
  await store.ensureIndexes();
  return await removeUser(store, tombstoneOf(event, id));
}

/**
 * Removes a user for good, and its memberships.
 *
 * @param store The store, with its indexes.
 * @param tombstone What is left of the user.
 * @returns What became of it.
 */
export async function removeUser(
  store: Store,
  tombstone: TombstoneDocument,
): Promise<WriteOutcome> {
  const outcome = await store.users.remove(tombstone);
  await store.memberships.documents.deleteMany({ user_id: tombstone._id });
  return outcome;
}
