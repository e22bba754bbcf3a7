/**
 * Brings users in line with Clerk when somebody asks: each is read from Clerk
 * and written through the same rules as a webhook, so that a newer one wins.
 *
 * Nothing is written with a key that belongs to another instance.
 */
import type { InngestFunction } from "inngest";
import { RECONCILE_REQUESTED, reconcileRequest } from "../lib/events.ts";
import type { WriteOutcome } from "../lib/store/synced_collection.ts";
import type { FunctionDependencies } from "./dependencies.ts";
import { fetchUser } from "./fetch_user.ts";
import { findKeyFault } from "./find_key_fault.ts";
import { removeGhost } from "./remove_ghost.ts";
import { describeOutcome } from "./settle_event.ts";

/** What a repair needs. */
export type ReconcileDependencies = Pick<
  FunctionDependencies,
  "store" | "clock" | "clerkApi" | "feed" | "config"
>;

/** Who asks, and in which run it is done. */
export interface ReconcileCause {
  readonly runId: string;
  /** Name of who asked. */
  readonly who: string;
  /** In their words, or null. */
  readonly why: string | null;
  /** Whether a person asked: a policy never removes anybody. */
  readonly isAsked: boolean;
}

/** Users in one step; each costs Clerk one request. */
const STEP_USERS = 20;

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
    },
    async ({ event, step, runId }) => {
      const request = reconcileRequest.parse(event.data);
      const { who, why } = request;
      const outcomes: Record<string, string> = {};
      for (let from = 0; from < request.user_ids.length; from += STEP_USERS) {
        const ids = request.user_ids.slice(from, from + STEP_USERS);
        const cause = { runId, who, why, isAsked: true };
        Object.assign(
          outcomes,
          await step.run(
            `reconcile-${from}`,
            () => reconcileUsers(deps, ids, cause),
          ),
        );
      }
      return outcomes;
    },
  );
}

/**
 * Repairs some users: what Clerk says is written; what Clerk has not is removed.
 *
 * @param deps Store, clock, feed, settings and the Clerk API.
 * @param userIds Clerk's ids, few enough for one step.
 * @param cause The run, and who asked why.
 * @returns By id `applied`, or why nothing was written.
 * @throws {ClerkApiError} when Clerk does not answer.
 */
export async function reconcileUsers(
  deps: ReconcileDependencies,
  userIds: readonly string[],
  cause: ReconcileCause,
): Promise<Record<string, string>> {
  const { store, clock, clerkApi } = deps;
  const { who, why, runId } = cause;
  await store.ensureIndexes();
  for (const subject of userIds) {
    const action = { who, why, action: "reconcile-user", subject };
    await store.auditLog.record(action, clock, `${runId}:${subject}`);
  }
  const fault = clerkApi === undefined
    ? "CLERK_SECRET_KEY is not set"
    : await findKeyFault({ ...deps, clerkApi });
  const outcomes: Record<string, string> = {};
  for (const userId of userIds) {
    outcomes[userId] = fault ?? await reconcile(deps, userId, cause);
  }
  return outcomes;
}

async function reconcile(
  deps: ReconcileDependencies,
  userId: string,
  { runId, isAsked }: ReconcileCause,
): Promise<string> {
  const outcome = await fetchUser(deps, userId, runId, "reconcile") ??
    await removeGhost(deps, { userId, runId, isAsked });
  if (outcome.kind === "refused") return outcome.reason;
  return await record(deps, userId, runId, outcome);
}

/** Keeps what became of a repair, and tells open pages. */
async function record(
  { store, clock, feed }: ReconcileDependencies,
  userId: string,
  runId: string,
  outcome: WriteOutcome,
): Promise<string> {
  const settled = describeOutcome(outcome, clock.now().getTime());
  const eventId = `reconcile:${runId}:${userId}`;
  await store.changes.record([{
    ...settled,
    event_id: eventId,
    type: "user.reconciled",
    lag_ms: null,
    source: "reconcile",
  }]);
  if (outcome.kind === "applied") await store.drift.markRepaired(userId);
  feed.publish({
    kind: "event-settled",
    eventId,
    collection: "users",
    id: userId,
    type: "user.reconciled",
    outcome: settled.outcome,
    reason: settled.reason,
    at: settled.settled_at,
  });
  return settled.reason ?? settled.outcome;
}
