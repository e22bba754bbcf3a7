/** Step ④: writes the user of a `clerk/user.created` to MongoDB. */
import type { InngestFunction } from "inngest";
import { triggersOf } from "../lib/events.ts";
import type { FunctionDependencies } from "./dependencies.ts";
import { createSyncFunction } from "./sync_function.ts";
import { writeUser } from "./write_user.ts";

/**
 * @param deps Inngest, store, sender, clock and metrics.
 * @returns The function `sync-user-from-clerk`.
 */
export function syncUserFromClerk(
  deps: FunctionDependencies,
): InngestFunction.Any {
  return createSyncFunction(deps, {
    id: "sync-user-from-clerk",
    name: "Sync user from Clerk",
    triggers: triggersOf("user.created"),
    collection: "users",
    write: writeUser,
  });
}
