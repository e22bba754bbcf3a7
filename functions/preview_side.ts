/**
 * What a repair would write, without writing: the plan of that very write. The
 * user name may get another suffix if it is taken by then.
 */
import type { DriftTarget } from "../lib/store/drift_documents.ts";
import { readKnown } from "../lib/store/read_known.ts";
import { incomingOfRead } from "../lib/sync/drift.ts";
import type {
  Known,
  SyncedDocument,
  WritePlan,
} from "../lib/sync/write_plan.ts";
import { type DriftSide, parentsOf, type SyncedObject } from "./drift_side.ts";
import { findRemovalRefusal, ON_NEITHER_SIDE } from "./find_removal_refusal.ts";
import { readTargets } from "./read_targets.ts";
import { type RepairDependencies, UNREADABLE } from "./repair_side.ts";

/** The write that a repair would make. */
export type RepairPreview =
  | {
    readonly kind: "insert";
    /** The new document, whole. */
    readonly document: object;
  }
  | {
    readonly kind: "update";
    /** The very `$set`. */
    readonly set: object;
    /** The values that it replaces; `sync` aside. */
    readonly before: object;
  }
  | {
    readonly kind: "remove";
    /** The document that goes for good. */
    readonly before: object;
  }
  | { readonly kind: "nothing"; readonly reason: string };

/**
 * Plans the repair of some objects.
 *
 * @param side Of which kind.
 * @param deps Store, clock and Clerk.
 * @param targets Up to 100.
 * @returns What would be written for each, by id.
 * @throws {ClerkApiError} when Clerk does not answer.
 */
export async function previewSide<
  T extends SyncedObject,
  D extends SyncedDocument,
>(
  side: DriftSide<T, D>,
  deps: RepairDependencies,
  targets: readonly DriftTarget[],
): Promise<Map<string, RepairPreview>> {
  const { store, clock, clerkApi } = deps;
  const readAt = clock.now();
  const known = await readKnown(
    side.collection(store),
    targets.map(({ id, place }) => ({ id, parents: parentsOf(place) })),
  );
  const previews = new Map<string, RepairPreview>();
  for (const [{ id }, read] of await readTargets(side, clerkApi, targets)) {
    const ours = known.get(id) ?? { stored: undefined, isTombstoned: false };
    if (read.kind === "unreadable") {
      previews.set(id, { kind: "nothing", reason: UNREADABLE });
    } else if (read.kind === "absent") {
      previews.set(id, previewRemoval(id, ours, readAt));
    } else {
      const incoming = incomingOfRead(read.object.updated_at, readAt);
      const plan = side.plan(read.object, incoming, ours);
      previews.set(id, previewWrite(plan, ours));
    }
  }
  return previews;
}

function previewRemoval(
  id: string,
  known: Known<SyncedDocument>,
  now: Date,
): RepairPreview {
  const reason = findRemovalRefusal(id, known, now);
  if (reason !== null) return { kind: "nothing", reason };
  return known.stored === undefined
    ? { kind: "nothing", reason: ON_NEITHER_SIDE }
    : { kind: "remove", before: known.stored };
}

function previewWrite<D extends SyncedDocument>(
  plan: WritePlan<D>,
  { stored }: Known<D>,
): RepairPreview {
  switch (plan.kind) {
    case "insert":
      return { kind: "insert", document: plan.document };
    case "update":
      return {
        kind: "update",
        set: { ...plan.set, sync: plan.stamp },
        before: plan.before,
      };
    case "remove":
      return { kind: "remove", before: { ...stored } };
    case "skip":
      return { kind: "nothing", reason: plan.reason };
    default:
      return plan satisfies never;
  }
}
