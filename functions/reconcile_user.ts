/**
 * Brings users in line with Clerk when somebody asks: each is read from Clerk
 * and written through the same rules as a webhook, so that a newer one wins.
 */
import type { InngestFunction } from "inngest";
import { RECONCILE_REQUESTED, reconcileRequest } from "../lib/events.ts";
import { removeUser } from "./delete_user_with_clerk.ts";
import type { FunctionDependencies } from "./dependencies.ts";
import { fetchUser } from "./fetch_user.ts";
import { describeOutcome } from "./settle_event.ts";

/** What a repair needs. */
export type ReconcileDependencies = Pick<
  FunctionDependencies,
  "store" | "clock" | "clerkApi" | "feed"
>;

/**
 * @param deps Inngest, store, clock, feed and the Clerk API.
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
      const outcomes: Record<string, string> = {};
      for (const userId of request.user_ids) {
        outcomes[userId] = await step.run(
          `reconcile-${userId}`,
          () => reconcile(deps, userId, { runId, who: request.who }),
        );
      }
      return outcomes;
    },
  );
}

/**
 * Repairs one user: what Clerk says is written; what Clerk has not is removed.
 *
 * @param deps Store, clock, feed and the Clerk API.
 * @param userId Clerk's id.
 * @param cause The run, and the name of who asked.
 * @returns `applied`, or why nothing was written.
 * @throws {ClerkApiError} when Clerk does not answer.
 */
export async function reconcile(
  deps: ReconcileDependencies,
  userId: string,
  cause: { readonly runId: string; readonly who: string },
): Promise<string> {
  const { store, clock, clerkApi, feed } = deps;
  if (clerkApi === undefined) return "CLERK_SECRET_KEY is not set";
  await store.ensureIndexes();
  await store.auditLog.record(
    { who: cause.who, action: "reconcile-user", subject: userId },
    clock,
  );
  const outcome = await fetchUser(deps, userId, cause.runId, "reconcile") ??
    await removeUser(store, {
      _id: userId,
      deleted_at: clock.now(),
      event_id: `reconcile:${cause.runId}`,
    });
  const settled = describeOutcome(outcome, clock.now().getTime());
  const eventId = `reconcile:${cause.runId}:${userId}`;
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
