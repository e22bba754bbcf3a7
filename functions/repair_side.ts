/**
 * The repair of one kind of object, whatever the kind: what Clerk says is
 * written under the guard of every write; what Clerk has not is removed for good.
 *
 * The caller has made sure of the key, and keeps the record.
 */
import type { ClerkApiClient } from "../lib/clerk/clerk_api_client.ts";
import type { DriftTarget } from "../lib/store/drift_documents.ts";
import { readKnown } from "../lib/store/read_known.ts";
import type { WriteOutcome } from "../lib/store/synced_collection.ts";
import { incomingOfRead } from "../lib/sync/drift.ts";
import type { SyncedDocument } from "../lib/sync/write_plan.ts";
import type { FunctionDependencies } from "./dependencies.ts";
import { type DriftSide, parentsOf, type SyncedObject } from "./drift_side.ts";
import { findRemovalRefusal } from "./find_removal_refusal.ts";
import { type ReadTarget, readTargets } from "./read_targets.ts";

/** What a repair needs. */
export type RepairDependencies =
  & Pick<FunctionDependencies, "store" | "clock">
  & { readonly clerkApi: ClerkApiClient };

/** In which run, and by whose wish. */
export interface RepairCause {
  readonly runId: string;
  /** Whether a person asked: a policy never removes anything. */
  readonly isAsked: boolean;
}

/** What became of a repair; a refusal says why nothing was tried. */
export type RepairOutcome =
  | WriteOutcome
  | { readonly kind: "refused"; readonly reason: string };

/** Said of what Clerk sends and the sync does not understand. */
export const UNREADABLE = "Clerk's object does not fit what the sync reads";

/**
 * Repairs some objects.
 *
 * @param side Of which kind.
 * @param deps Store, clock and Clerk.
 * @param targets Up to 100.
 * @param cause In which run, and by whose wish.
 * @returns What became of each, by id.
 * @throws {ClerkApiError} when Clerk does not answer.
 */
export async function repairSide<
  T extends SyncedObject,
  D extends SyncedDocument,
>(
  side: DriftSide<T, D>,
  deps: RepairDependencies,
  targets: readonly DriftTarget[],
  cause: RepairCause,
): Promise<Map<string, RepairOutcome>> {
  const { store, clock, clerkApi } = deps;
  const readAt = clock.now();
  const eventId = `reconcile:${cause.runId}`;
  const outcomes = new Map<string, RepairOutcome>();
  for (const [target, read] of await readTargets(side, clerkApi, targets)) {
    outcomes.set(target.id, await carryOut(target, read));
  }
  return outcomes;

  async function carryOut(
    target: DriftTarget,
    read: ReadTarget<T>,
  ): Promise<RepairOutcome> {
    if (read.kind === "unreadable") {
      return { kind: "refused", reason: UNREADABLE };
    }
    if (read.kind === "absent") {
      return await removeGhost(side, deps, target, cause);
    }
    const { object } = read;
    const incoming = incomingOfRead(object.updated_at, readAt, eventId);
    return await side.collection(store).apply(
      target.id,
      (known) => side.plan(object, incoming, known),
      parentsOf(target.place),
    );
  }
}

async function removeGhost<T extends SyncedObject, D extends SyncedDocument>(
  side: DriftSide<T, D>,
  { store, clock }: RepairDependencies,
  { id, place }: DriftTarget,
  { runId, isAsked }: RepairCause,
): Promise<RepairOutcome> {
  const now = clock.now();
  const known = await readKnown(side.collection(store), [
    { id, parents: parentsOf(place) },
  ]);
  const refusal = findRemovalRefusal(
    id,
    known.get(id) ?? { stored: undefined, isTombstoned: false },
    now,
  );
  if (refusal !== null) return { kind: "refused", reason: refusal };
  if (!isAsked) return { kind: "refused", reason: NOT_ASKED };
  const tombstone = {
    _id: id,
    deleted_at: now,
    event_id: `reconcile:${runId}`,
  };
  return await side.remove(store, tombstone);
}

const NOT_ASKED = "A ghost is removed only when somebody asks";
