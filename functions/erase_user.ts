/**
 * Forgets a user when an operator asks for it: the document goes for good, and so
 * does what events, writes, drift and quarantine say of the person.
 *
 * A user that Clerk still has is refused: the next webhook would bring it back.
 * What stays is the tombstone, and that there were events. Inngest keeps its own
 * copies as long as its retention says.
 */
import type { InngestFunction } from "inngest";
import { ERASE_REQUESTED, eraseRequest } from "../lib/requests.ts";
import { erasePayloads, eraseValues } from "../lib/store/erasure.ts";
import { removeUser } from "./delete_user_with_clerk.ts";
import { addDeadLetter } from "./dead_letter.ts";
import type { FunctionDependencies } from "./dependencies.ts";

type EraseDependencies = Pick<
  FunctionDependencies,
  "store" | "clock" | "clerkApi" | "feed"
>;

/** Who is forgotten, by whom, in which run. */
export interface Erasure {
  readonly userId: string;
  /** Name of who asked. */
  readonly who: string;
  readonly runId: string;
}

/**
 * @param deps Inngest, store, clock, feed and the Clerk API.
 * @returns The function `erase-user`.
 */
export function eraseUser(deps: FunctionDependencies): InngestFunction.Any {
  return deps.inngest.createFunction(
    {
      id: "erase-user",
      name: "Erase user",
      triggers: [{ event: ERASE_REQUESTED }],
      concurrency: { limit: 1 },
      onFailure: (failure) => addDeadLetter(deps, failure),
    },
    async ({ event, step, runId }) => {
      const { user_id: userId, who } = eraseRequest.parse(event.data);
      const erasure = { userId, who, runId };
      const refusal = await step.run(
        "check",
        () => beginErasure(deps, erasure),
      );
      if (refusal !== null) return { refusal };
      const values = await step.run(
        "erase-values",
        () => eraseDocument(deps, erasure),
      );
      let events = 0;
      let after: string | null = null;
      for (let portion = 0; portion === 0 || after !== null; portion++) {
        const from: string | null = after;
        const done = await step.run(
          `erase-payloads-${portion}`,
          () => erasePayloads(deps.store, userId, from, deps.clock.now()),
        );
        events += done.erased;
        after = done.after;
      }
      tellPages(deps, userId);
      return { values, events };
    },
  );
}

/**
 * Puts the wish on record, and looks whether it can be granted.
 *
 * @param deps Store, clock and the Clerk API.
 * @param erasure Who is forgotten, by whom.
 * @returns Why not, or null.
 * @throws {ClerkApiError} when Clerk does not answer.
 */
export async function beginErasure(
  { store, clock, clerkApi }: EraseDependencies,
  { userId, who, runId }: Erasure,
): Promise<string | null> {
  await store.ensureIndexes();
  const isKnown = clerkApi !== undefined &&
    await clerkApi.getUser(userId) !== null;
  const refusal = isKnown ? "Clerk still has this user" : null;
  await store.auditLog.record(
    { who, action: "erase-user", subject: userId, why: refusal },
    clock,
    `${runId}:erase`,
  );
  return refusal;
}

/** Values first: they are found by the memberships, which go with the user. */
async function eraseDocument(
  { store, clock }: EraseDependencies,
  { userId, runId }: Erasure,
): Promise<number> {
  const now = clock.now();
  const values = await eraseValues(store, userId, now);
  await removeUser(store, {
    _id: userId,
    deleted_at: now,
    event_id: `erase:${runId}`,
  });
  return values;
}

function tellPages(
  { feed, clock }: EraseDependencies,
  userId: string,
): void {
  feed.publish({
    kind: "event-settled",
    eventId: `erase:${userId}`,
    collection: "users",
    id: userId,
    type: "user.erased",
    outcome: "applied",
    reason: null,
    at: clock.now().getTime(),
  });
}
