/**
 * Removes a user whom Clerk does not know (any more), for good; so only what
 * Clerk once issued, what it denies now, and what is not just being created.
 *
 * That the answer came from the right instance is the caller's to know, see
 * find_key_fault.ts.
 */
import { isPossibleId } from "../lib/clerk/possible_id.ts";
import type { WriteOutcome } from "../lib/store/synced_collection.ts";
import { removeUser } from "./delete_user_with_clerk.ts";
import type { FunctionDependencies } from "./dependencies.ts";

/** What became of a ghost; a refusal says why it stays. */
export type GhostOutcome =
  | WriteOutcome
  | { readonly kind: "refused"; readonly reason: string };

/** By whose wish. */
export interface GhostRemoval {
  readonly userId: string;
  /** Of the run that removes it; goes into the tombstone. */
  readonly runId: string;
  /** Whether a person asked: a policy never removes anybody. */
  readonly isAsked: boolean;
}

/** A webhook may be ahead of what Clerk's API shows. */
const YOUNGEST_GHOST_MS = 2 * 60 * 1000;

/**
 * Removes the document of a user whom Clerk has just said not to have.
 *
 * @param deps Store and clock.
 * @param removal Whose, and by whose wish.
 * @returns What became of it.
 */
export async function removeGhost(
  { store, clock }: Pick<FunctionDependencies, "store" | "clock">,
  { userId, runId, isAsked }: GhostRemoval,
): Promise<GhostOutcome> {
  const [stored, tombstone] = await Promise.all([
    store.users.documents.findOne({ _id: userId }),
    store.users.tombstones.findOne({ _id: userId }),
  ]);
  if (stored === null && tombstone === null) {
    return refuse("Neither Clerk nor MongoDB has this user");
  }
  if (stored !== null && (!stored.sync || !isPossibleId(userId))) {
    return refuse("The application made this document: it never was Clerk's");
  }
  if (!isAsked) return refuse("A ghost is removed only when somebody asks");
  const now = clock.now();
  const syncedAtMs = stored?.sync.synced_at.getTime() ?? 0;
  if (now.getTime() - syncedAtMs < YOUNGEST_GHOST_MS) {
    return refuse("It was synced a moment ago: Clerk may not show it yet");
  }
  return await removeUser(store, {
    _id: userId,
    deleted_at: now,
    event_id: `reconcile:${runId}`,
  });
}

function refuse(reason: string): GhostOutcome {
  return { kind: "refused", reason };
}
