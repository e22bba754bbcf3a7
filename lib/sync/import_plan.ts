/**
 * Step ④ of the path for users that were read from a list of Clerk's: the plan
 * of any user, but nothing is written where nothing differs.
 *
 * A list is as new as the moment of reading, so by version alone every user of
 * it would be written again, for a new stamp.
 */
import type { ClerkUser } from "../events.ts";
import type { UserDocument } from "./user_document.ts";
import {
  type Incoming,
  type Known,
  planUserWrite,
  type WritePlan,
} from "./write_plan.ts";

/**
 * Plans the write of a user that was read from a list.
 *
 * @param user Clerk's user.
 * @param incoming When it was read, and by which job.
 * @param known What the store has.
 * @returns The plan: a duplicate where version and values are the same.
 */
export function planUserImport(
  user: ClerkUser,
  incoming: Incoming,
  known: Known<UserDocument>,
): WritePlan<UserDocument> {
  const plan = planUserWrite(user, incoming, known);
  const isSame = plan.kind === "update" &&
    Object.keys(plan.set).length === 0 &&
    plan.expected?.version === incoming.version.updatedAtMs;
  return isSame ? { kind: "skip", reason: "duplicate" } : plan;
}
