/**
 * Brings one user from Clerk's Backend API into the store, through the same
 * rules as any webhook: what was read is as new as the moment of reading.
 */
import { clerkUser } from "../lib/events.ts";
import type { WriteOutcome } from "../lib/store/synced_collection.ts";
import { planUserWrite } from "../lib/sync/write_plan.ts";
import type { FunctionDependencies } from "./dependencies.ts";

/**
 * Fetches and writes a user.
 *
 * @param deps Store, clock, and the Clerk API; without it nothing happens.
 * @param userId Clerk's id.
 * @param cause What made it necessary: an event's id, for the document's stamp.
 * @returns What became of it; null when Clerk has no such user, or there is no key.
 * @throws {ClerkApiError} when Clerk does not answer.
 */
export async function fetchUser(
  { store, clock, clerkApi }: Pick<
    FunctionDependencies,
    "store" | "clock" | "clerkApi"
  >,
  userId: string,
  cause: string,
): Promise<WriteOutcome | null> {
  if (clerkApi === undefined) return null;
  const readAt = clock.now();
  const user = clerkUser.nullable().parse(await clerkApi.getUser(userId));
  if (user === null) return null;
  const incoming = {
    version: {
      updatedAtMs: user.updated_at ?? readAt.getTime(),
      eventAt: readAt,
      eventId: `fetch:${cause}`,
    },
    source: "fetch" as const,
    now: clock.now(),
  };
  return await store.users.apply(
    userId,
    (known) => planUserWrite(user, incoming, known),
  );
}
