/**
 * Repairs objects of any kind, and keeps the record: who asked and why before
 * anything is written, what became of it afterwards.
 *
 * Nothing is written with a key that belongs to another instance.
 */
import {
  type DriftTarget,
  groupByCollection,
} from "../lib/store/drift_documents.ts";
import type { Store } from "../lib/store/store.ts";
import type { WriteOutcome } from "../lib/store/synced_collection.ts";
import type { BoundSide } from "./bind_side.ts";
import type { FunctionDependencies } from "./dependencies.ts";
import { DRIFT_SIDES } from "./drift_sides.ts";
import { findKeyFault } from "./find_key_fault.ts";
import { ON_NEITHER_SIDE } from "./find_removal_refusal.ts";
import type { RepairCause, RepairOutcome } from "./repair_side.ts";
import { describeOutcome } from "./settle_event.ts";

/** What a repair and its record need. */
export type RepairDriftDependencies = Pick<
  FunctionDependencies,
  "store" | "clock" | "clerkApi" | "feed" | "config"
>;

/** In which run, by whose wish, and why. */
export interface RecordedCause extends RepairCause {
  /** Name of who asked. */
  readonly who: string;
  /** In their words, or null. */
  readonly why: string | null;
}

/** Said where there is no Clerk to ask. */
export const NO_KEY = "CLERK_SECRET_KEY is not set";

/**
 * Repairs some objects: what Clerk says is written; what Clerk has not is removed.
 *
 * @param deps Store, clock, feed, settings and the Clerk API.
 * @param targets Up to 100, few enough for one step.
 * @param cause The run, and who asked why.
 * @returns By id `applied`, or why nothing was written.
 * @throws {ClerkApiError} when Clerk does not answer.
 */
export async function repairDrift(
  deps: RepairDriftDependencies,
  targets: readonly DriftTarget[],
  cause: RecordedCause,
): Promise<Record<string, string>> {
  const { store, clock, clerkApi } = deps;
  const { who, why, runId } = cause;
  await store.ensureIndexes();
  for (const { id: subject, collection } of targets) {
    const action = `reconcile-${collection.slice(0, -1)}`;
    const entry = { who, why, action, subject };
    await store.auditLog.record(entry, clock, `${runId}:${subject}`);
  }
  if (clerkApi === undefined) return all(targets, NO_KEY);
  const fault = await findKeyFault({ ...deps, clerkApi });
  if (fault !== null) return all(targets, fault);
  const outcomes: Record<string, string> = {};
  for (const [collection, some] of groupByCollection(targets)) {
    const side = DRIFT_SIDES[collection];
    const repaired = await side.repair({ ...deps, clerkApi }, some, cause);
    for (const [id, outcome] of repaired) {
      outcomes[id] = outcome.kind === "refused"
        ? outcome.reason
        : await recordRepair(deps, side, { id, runId, outcome });
    }
    await closeItems(store, some, repaired);
  }
  return outcomes;
}

function all(
  targets: readonly DriftTarget[],
  reason: string,
): Record<string, string> {
  return Object.fromEntries(targets.map(({ id }) => [id, reason]));
}

/** What a repair has put right, and what was right already, is open no more. */
async function closeItems(
  { drift }: Store,
  targets: readonly DriftTarget[],
  outcomes: ReadonlyMap<string, RepairOutcome>,
): Promise<void> {
  const settled: DriftTarget[] = [];
  for (const target of targets) {
    const outcome = outcomes.get(target.id);
    if (outcome?.kind === "applied") await drift.markRepaired(target.id);
    else if (outcome && SETTLED.includes(outcome.reason)) settled.push(target);
  }
  await drift.confirm(settled.map((target) => ({ target, drift: null })));
}

/** MongoDB has what Clerk has, or something newer. */
const SETTLED: readonly string[] = ["stale", "duplicate", ON_NEITHER_SIDE];

/** Keeps what became of a repair, and tells open pages. */
async function recordRepair(
  { store, clock, feed }: RepairDriftDependencies,
  { name: collection, noun }: BoundSide,
  { id, runId, outcome }: {
    readonly id: string;
    readonly runId: string;
    readonly outcome: WriteOutcome;
  },
): Promise<string> {
  const settled = describeOutcome(outcome, clock.now().getTime());
  const eventId = `reconcile:${runId}:${id}`;
  const type = `${noun}.reconciled`;
  await store.write([store.changes.plan([{
    ...settled,
    event_id: eventId,
    type,
    lag_ms: null,
    source: "reconcile",
  }])]);
  feed.publish({
    kind: "event-settled",
    eventId,
    collection,
    id,
    type,
    outcome: settled.outcome,
    reason: settled.reason,
    at: settled.settled_at,
  });
  return settled.reason ?? settled.outcome;
}
