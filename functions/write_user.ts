/**
 * The body that `sync-user-from-clerk` and `update-user-from-clerk` share: one
 * event about a user becomes one guarded write.
 *
 * Created and updated are handled alike, for they arrive in any order: an update
 * for an unknown user creates it, and a late "created" is stale.
 */
import { clerkUser } from "../lib/events.ts";
import type { WriteOutcome } from "../lib/store/synced_collection.ts";
import { planUserWrite } from "../lib/sync/write_plan.ts";
import type { FunctionDependencies } from "./dependencies.ts";
import { parsePayload } from "./parse_payload.ts";
import { incomingOf, type ReceivedEvent } from "./received_event.ts";

/**
 * Writes what an event says of a user.
 *
 * @param deps Store and clock.
 * @param event A `user.created` or `user.updated`.
 * @returns What became of it.
 * @throws {NonRetriableError} when the payload is not a user.
 */
export async function writeUser(
  deps: Pick<FunctionDependencies, "store" | "clock">,
  event: ReceivedEvent,
): Promise<WriteOutcome> {
  const user = parsePayload(clerkUser, event);
  const incoming = incomingOf(event, user.updated_at, deps.clock.now());
  await deps.store.ensureIndexes();
  return await deps.store.users.apply(
    user.id,
    (known) => planUserWrite(user, incoming, known),
  );
}
