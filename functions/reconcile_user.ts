/**
 * Brings users, organizations and memberships in line with Clerk when somebody
 * asks, or a policy: some by id, or all open differences of a sort. Each is read
 * from Clerk and written through the same rules as a webhook, so that a newer
 * one wins.
 *
 * A sort of differences may be long: it is repaired a portion a step, and more
 * portions than Inngest allows steps go on in a run of their own.
 */
import type { InngestFunction } from "inngest";
import type { z } from "zod";
import { RECONCILE_REQUESTED, reconcileRequest } from "../lib/requests.ts";
import type { DriftTarget } from "../lib/store/drift_documents.ts";
import { findDriftTargets, listDriftTargets } from "../lib/store/drift_page.ts";
import type { Store } from "../lib/store/store.ts";
import { addDeadLetter } from "./dead_letter.ts";
import type { FunctionDependencies } from "./dependencies.ts";
import { retryAsClerkSays } from "./for_inngest.ts";
import { repairDrift, type RepairDriftDependencies } from "./repair_drift.ts";

/** Objects in one step; those that Clerk has cost it one request together. */
const STEP_OBJECTS = 50;
/** Inngest allows 1,000. */
const STEPS_A_RUN = 400;

/** What is asked for. */
export type ReconcileRequest = z.infer<typeof reconcileRequest>;

/** How often which outcome came: `applied`, or why nothing was written. */
export type RepairTally = Readonly<Record<string, number>>;

/** One step's work. */
export interface RepairPortion {
  readonly tally: RepairTally;
  /** The last id of the portion; null when nothing is left. */
  readonly next: string | null;
}

/**
 * @param deps Inngest, store, clock, feed, settings and the Clerk API.
 * @returns The function `reconcile-user`.
 */
export function reconcileUser(deps: FunctionDependencies): InngestFunction.Any {
  return deps.inngest.createFunction(
    {
      id: "reconcile-user",
      name: "Reconcile user",
      triggers: [{ event: RECONCILE_REQUESTED }],
      concurrency: { limit: 2 },
      onFailure: (failure) => addDeadLetter(deps, failure),
    },
    async ({ event, step, runId }) => {
      const request = reconcileRequest.parse(event.data);
      const tallies: RepairTally[] = [];
      let after = "filter" in request ? request.after : null;
      for (let count = 0; count < STEPS_A_RUN; count++) {
        const from = after;
        const { tally, next } = await step.run(
          `repair-${count}`,
          () =>
            retryAsClerkSays(() =>
              repairPortion(deps, request, { after: from, runId })
            ),
        );
        tallies.push(tally);
        if (next === null) return addUp(tallies);
        after = next;
      }
      await step.sendEvent("go-on", {
        name: RECONCILE_REQUESTED,
        data: { ...request, after },
      });
      return addUp(tallies);
    },
  );
}

/**
 * Repairs the next objects of a request.
 *
 * @param deps Store, clock, feed, settings and the Clerk API.
 * @param request What is asked for, and by whom.
 * @param place The last id of the portion before, and the run.
 * @returns What became of them, and where to go on.
 * @throws {ClerkApiError} when Clerk does not answer.
 */
export async function repairPortion(
  deps: RepairDriftDependencies,
  request: ReconcileRequest,
  { after, runId }: { readonly after: string | null; readonly runId: string },
): Promise<RepairPortion> {
  const targets = await readPortion(deps.store, request, after);
  if (targets.length === 0) return { tally: {}, next: null };
  const { who, why } = request;
  const isAsked = !("filter" in request && request.is_automatic);
  const outcomes = await repairDrift(deps, targets, {
    runId,
    who,
    why,
    isAsked,
  });
  const tally = addUp(
    Object.values(outcomes).map((outcome) => ({ [outcome]: 1 })),
  );
  const isLast = targets.length < STEP_OBJECTS;
  return { tally, next: isLast ? null : targets.at(-1)?.id ?? null };
}

async function readPortion(
  store: Store,
  request: ReconcileRequest,
  after: string | null,
): Promise<DriftTarget[]> {
  if ("filter" in request) {
    return await listDriftTargets(store, request.filter, after, STEP_OBJECTS);
  }
  const ids = [...new Set(request.user_ids)];
  const from = after === null ? 0 : ids.indexOf(after) + 1;
  return await findDriftTargets(store, ids.slice(from, from + STEP_OBJECTS));
}

function addUp(tallies: readonly RepairTally[]): RepairTally {
  const sum: Record<string, number> = {};
  for (const [outcome, count] of tallies.flatMap(Object.entries<number>)) {
    sum[outcome] = (sum[outcome] ?? 0) + count;
  }
  return sum;
}
