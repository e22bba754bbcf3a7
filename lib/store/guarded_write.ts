/**
 * The forms that one write of a plan takes, the same for one document and for
 * many at once: a filter that holds while the document is what the plan was made
 * from, the update, and what is told of it afterwards.
 */
import type { Filter, UpdateFilter } from "mongodb";
import type { DocumentChange } from "../events.ts";
import type { SyncStamp } from "../sync/version.ts";
import type { SyncedDocument, WritePlan } from "../sync/write_plan.ts";
import type { WriteOutcome } from "./synced_collection.ts";

/** A plan that changes a document that is there. */
export type UpdatePlan<D extends SyncedDocument> = Extract<
  WritePlan<D>,
  { readonly kind: "update" }
>;

/**
 * The update of a plan, and the filter that guards it.
 *
 * @param id Clerk's id.
 * @param plan The plan.
 * @param set The fields to write: those of the plan, or with another user name.
 * @returns Both, for updateOne.
 */
export function guardedUpdate<D extends SyncedDocument>(
  id: string,
  plan: UpdatePlan<D>,
  set: object = plan.set,
): { readonly filter: Filter<D>; readonly update: UpdateFilter<D> } {
  return {
    filter: { _id: id, ...stillHas(plan.expected) } as unknown as Filter<D>,
    update: { $set: { ...set, sync: plan.stamp } } as unknown as UpdateFilter<
      D
    >,
  };
}

/**
 * What is told of a write that was carried out.
 *
 * @param change Where, what, and the fields before and after it.
 * @returns The outcome.
 */
export function toApplied(
  change:
    & Pick<DocumentChange, "collection" | "id" | "kind">
    & { readonly before: object | null; readonly after: object | null },
): WriteOutcome {
  const { kind, before, after } = change;
  return {
    kind: "applied",
    isVersionOnly: kind === "update" && after !== null &&
      Object.keys(after).length === 0,
    change: {
      ...change,
      before: before && { ...before },
      after: after && { ...after },
    },
  };
}

/** @returns A document without its id and stamp. */
export function ownFields(document: SyncedDocument): Record<string, unknown> {
  const { _id, sync: _sync, ...fields } = document;
  return fields;
}

/** A filter that holds while the document is what the plan was made from. */
function stillHas(stamp: SyncStamp | undefined): Record<string, unknown> {
  if (stamp === undefined) return { sync: { $exists: false } };
  return {
    "sync.version": stamp.version,
    "sync.event_at": stamp.event_at,
    "sync.event_id": stamp.event_id,
    // Null stands for none: fields may have come late under the same stamp.
    "sync.older": stamp.older ?? null,
  };
}
