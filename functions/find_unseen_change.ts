/**
 * Whether Clerk has a change that no webhook told us of: the proof that
 * something was lost, whatever is usual at this hour.
 *
 * It asks for the one user that Clerk changed last. What was changed before our
 * first event was never ours to hear of: that is for the import and the scan.
 */
import { logger } from "../lib/telemetry/log.ts";
import type { FunctionDependencies } from "./dependencies.ts";
import { findKeyFault } from "./find_key_fault.ts";

/** What the question needs. */
export type UnseenChangeDependencies = Pick<
  FunctionDependencies,
  "store" | "clerkApi" | "config"
>;

/** A look at the alerts does not wait longer for Clerk, ms. */
const TIMEOUT_MS = 10_000;

const log = logger("alerts");

/**
 * Asks Clerk for its newest change and looks for it here.
 *
 * @param deps Store, settings, and the Clerk API if there is a key.
 * @param since Older changes are left alone.
 * @returns When the change was made that we do not have; null when we have it,
 * undefined when Clerk did not answer.
 */
export async function findUnseenChange(
  { store, clerkApi, config }: UnseenChangeDependencies,
  since: Date,
): Promise<Date | null | undefined> {
  if (clerkApi === undefined) return null;
  try {
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    const change = await clerkApi.getNewestChange({ signal });
    if (change === null || change.updatedAt < since) return null;
    if (await isSeen(store, change)) return null;
    // Another instance's changes are not ours to miss; the scan tells of the key.
    const fault = await findKeyFault({ store, clerkApi, config });
    return fault === null ? change.updatedAt : null;
  } catch (error) {
    log.warning("Clerk did not tell its newest change: {reason}", {
      reason: error instanceof Error ? error.message : String(error),
    });
    return undefined;
  }
}

/** Written, deleted since, or told of and failed: in no case is it silence. */
async function isSeen(
  store: UnseenChangeDependencies["store"],
  { userId, updatedAt }: { readonly userId: string; readonly updatedAt: Date },
): Promise<boolean> {
  const [user, tombstone, event] = await Promise.all([
    store.users.documents.findOne(
      { _id: userId },
      { projection: { clerk_updated_at: 1 } },
    ),
    store.users.tombstones.findOne({ _id: userId }),
    store.webhookEvents.documents.findOne(
      { subject: userId, received_at: { $gte: updatedAt } },
      { projection: { _id: 1 } },
    ),
  ]);
  const writtenAt = user?.clerk_updated_at ?? null;
  return tombstone !== null || event !== null ||
    (writtenAt !== null && writtenAt >= updatedAt);
}
