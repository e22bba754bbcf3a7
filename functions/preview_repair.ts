/**
 * The dry run of a repair, for whoever is about to ask for one: the write that
 * each object would get, with the same reading of Clerk and the same rules.
 */
import {
  type DriftTarget,
  groupByCollection,
} from "../lib/store/drift_documents.ts";
import { findDriftTargets } from "../lib/store/drift_page.ts";
import type { FunctionDependencies } from "./dependencies.ts";
import { DRIFT_SIDES } from "./drift_sides.ts";
import { findKeyFault } from "./find_key_fault.ts";
import type { RepairPreview } from "./preview_side.ts";
import { NO_KEY } from "./repair_drift.ts";

/** One object, and the write that it would get. */
export interface PreviewedRepair {
  readonly target: DriftTarget;
  readonly preview: RepairPreview;
}

/**
 * Says what a repair of some objects would write, and writes nothing.
 *
 * @param deps Store, clock, settings and the Clerk API; services have them all.
 * @param ids Clerk's ids, up to 100, as a repair takes them.
 * @returns Each of them with its write, or with why there would be none.
 * @throws {ClerkApiError} when Clerk does not answer.
 */
export async function previewRepair(
  deps: Pick<FunctionDependencies, "store" | "clock" | "clerkApi" | "config">,
  ids: readonly string[],
): Promise<PreviewedRepair[]> {
  const { store, clerkApi } = deps;
  const targets = await findDriftTargets(store, [...new Set(ids)]);
  const none = (reason: string): PreviewedRepair[] =>
    targets.map((target) => ({ target, preview: { kind: "nothing", reason } }));
  if (clerkApi === undefined) return none(NO_KEY);
  const fault = await findKeyFault({ ...deps, clerkApi });
  if (fault !== null) return none(fault);
  const previews = new Map<string, RepairPreview>();
  for (const [collection, some] of groupByCollection(targets)) {
    const side = DRIFT_SIDES[collection];
    const planned = await side.preview({ ...deps, clerkApi }, some);
    for (const [id, preview] of planned) previews.set(id, preview);
  }
  return targets.flatMap((target) => {
    const preview = previews.get(target.id);
    return preview === undefined ? [] : [{ target, preview }];
  });
}
