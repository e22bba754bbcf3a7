/**
 * One kind of object with everything that can be done to it, its types folded
 * away: what a scan and a repair hold for each collection.
 */
import type {
  ComparedCollection,
  DriftTarget,
  SecondLook,
} from "../lib/store/drift_documents.ts";
import type { SyncedDocument } from "../lib/sync/write_plan.ts";
import {
  type ComparedPage,
  compareNext,
  type ComparisonDependencies,
  findGhosts,
  lookAgain,
} from "./compare_side.ts";
import type { DriftSide, Position, SyncedObject } from "./drift_side.ts";
import { previewSide, type RepairPreview } from "./preview_side.ts";
import {
  type RepairCause,
  type RepairDependencies,
  type RepairOutcome,
  repairSide,
} from "./repair_side.ts";

/** One kind of object, ready to be compared and repaired. */
export interface BoundSide {
  readonly name: ComparedCollection;
  readonly noun: string;
  /** Compares Clerk's next objects with ours. */
  compareNext(
    deps: ComparisonDependencies,
    after: Position | null,
  ): Promise<ComparedPage>;
  /** Looks for our next objects at Clerk. */
  findGhosts(
    deps: ComparisonDependencies,
    after: Position | null,
  ): Promise<ComparedPage>;
  /** Compares some objects once more. */
  lookAgain(
    deps: ComparisonDependencies,
    targets: readonly DriftTarget[],
  ): Promise<SecondLook[]>;
  /** Brings some of ours in line. */
  repair(
    deps: RepairDependencies,
    targets: readonly DriftTarget[],
    cause: RepairCause,
  ): Promise<ReadonlyMap<string, RepairOutcome>>;
  /** Says what a repair would do. */
  preview(
    deps: RepairDependencies,
    targets: readonly DriftTarget[],
  ): Promise<ReadonlyMap<string, RepairPreview>>;
}

/**
 * Folds the types of a side away.
 *
 * @param side One kind of object.
 * @returns What can be done to it.
 */
export function bindSide<T extends SyncedObject, D extends SyncedDocument>(
  side: DriftSide<T, D>,
): BoundSide {
  return {
    name: side.name,
    noun: side.noun,
    compareNext: (deps, after) => compareNext(side, deps, after),
    findGhosts: (deps, after) => findGhosts(side, deps, after),
    lookAgain: (deps, targets) => lookAgain(side, deps, targets),
    repair: (deps, targets, cause) => repairSide(side, deps, targets, cause),
    preview: (deps, targets) => previewSide(side, deps, targets),
  };
}
