/** Step ④: writes the user of a `clerk/user.updated` to MongoDB. */
import type { InngestFunction } from "inngest";
import { triggersOf } from "../lib/events.ts";
import type { FunctionDependencies } from "./dependencies.ts";
import { createSyncFunction } from "./sync_function.ts";
import { writeUser } from "./write_user.ts";

/**
 * @param deps Inngest, store, sender, clock and metrics.
 * @returns The function `update-user-from-clerk`.
 */
export function updateUserFromClerk(
  deps: FunctionDependencies,
): InngestFunction.Any {
  return createSyncFunction(deps, {
    id: "update-user-from-clerk",
    name: "Update user from Clerk",
    triggers: triggersOf("user.updated"),
    collection: "users",
    write: writeUser,
  });
}
