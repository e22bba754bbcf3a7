/**
 * Reads objects from Clerk for a repair: one list for all, and for each that it
 * leaves out a question of its own, for only the answer to that is a no.
 */
import type { ClerkApiClient } from "../lib/clerk/clerk_api_client.ts";
import type { DriftTarget } from "../lib/store/drift_documents.ts";
import type { SyncedDocument } from "../lib/sync/write_plan.ts";
import type { DriftSide, SyncedObject } from "./drift_side.ts";

/** What Clerk has by one id. */
export type ReadTarget<T> =
  | { readonly kind: "present"; readonly object: T }
  | { readonly kind: "absent" }
  /** Present, but not what the sync understands. */
  | { readonly kind: "unreadable" };

/**
 * Reads some objects.
 *
 * @param side Of which kind.
 * @param clerkApi Clerk.
 * @param targets Up to 100.
 * @returns Each of them with what Clerk has.
 * @throws {ClerkApiError} when Clerk does not answer.
 */
export async function readTargets<
  T extends SyncedObject,
  D extends SyncedDocument,
>(
  side: DriftSide<T, D>,
  clerkApi: ClerkApiClient,
  targets: readonly DriftTarget[],
): Promise<(readonly [DriftTarget, ReadTarget<T>])[]> {
  const listed = await side.read(clerkApi, targets);
  const byId = new Map(listed.map((object) => [object.id, object]));
  const results: (readonly [DriftTarget, ReadTarget<T>])[] = [];
  for (const target of targets) {
    const found = byId.get(target.id) ?? await side.readOne(clerkApi, target);
    const object = found === null ? null : side.parse(found);
    if (object === null) results.push([target, { kind: "absent" }]);
    else if (object) results.push([target, { kind: "present", object }]);
    else results.push([target, { kind: "unreadable" }]);
  }
  return results;
}
