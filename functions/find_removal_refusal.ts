/**
 * Whether one of our documents, which Clerk does not have (any more), may go for
 * good: only what Clerk once issued, what it denies now, and what is not just
 * being created.
 *
 * That the answer came from the right instance is the caller's to know, see
 * find_key_fault.ts.
 */
import { isPossibleId } from "../lib/clerk/possible_id.ts";
import type { Known, SyncedDocument } from "../lib/sync/write_plan.ts";

/** Said of what is gone already: there is no difference any more. */
export const ON_NEITHER_SIDE = "Neither Clerk nor MongoDB has it";

/** A webhook may be ahead of what Clerk's API shows. */
const YOUNGEST_GHOST_MS = 2 * 60 * 1000;

/**
 * Finds out why a ghost stays.
 *
 * @param id Clerk's id.
 * @param known What the store has.
 * @param now The present.
 * @returns A sentence; null when it may go.
 */
export function findRemovalRefusal(
  id: string,
  { stored, isTombstoned }: Known<SyncedDocument>,
  now: Date,
): string | null {
  if (stored === undefined) {
    return isTombstoned ? null : ON_NEITHER_SIDE;
  }
  if (!stored.sync || !isPossibleId(id)) {
    return "The application made this document: it never was Clerk's";
  }
  const ageMs = now.getTime() - stored.sync.synced_at.getTime();
  return ageMs < YOUNGEST_GHOST_MS
    ? "It was synced a moment ago: Clerk may not show it yet"
    : null;
}
