/**
 * Step ④: removes the user of a `clerk/user.deleted` from MongoDB for good.
 *
 * The payload has no time of its own: the tombstone carries the envelope's, or
 * the time of arrival on the road without one.
 */
import type { InngestFunction } from "inngest";
import { clerkDeleted, triggersOf } from "../lib/events.ts";
import type { FunctionDependencies } from "./dependencies.ts";
import { parsePayload } from "./parse_payload.ts";
import { versionOfEvent } from "./received_event.ts";
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
    async write({ store }, event) {
      const { id } = parsePayload(clerkDeleted, event);
      const version = versionOfEvent(event, undefined);
      await store.ensureIndexes();
      return await store.users.remove({
        _id: id,
        deleted_at: new Date(version.updatedAtMs),
        event_id: event.eventId,
      });
    },
  });
}
