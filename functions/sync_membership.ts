/**
 * Step ④: writes what `clerk/organizationMembership.*` says to MongoDB.
 *
 * A membership may arrive before its organization or its user: it is kept, and
 * what is missing is completed. If either parent was deleted, so is the
 * membership.
 */
import type { InngestFunction } from "inngest";
import { clerkMembership, triggersOf } from "../lib/events.ts";
import type { WriteOutcome } from "../lib/store/synced_collection.ts";
import { planMembershipWrite } from "../lib/sync/organization_document.ts";
import {
  completeParents,
  type ParentDependencies,
} from "./complete_parents.ts";
import type { FunctionDependencies } from "./dependencies.ts";
import { parsePayload } from "./parse_payload.ts";
import {
  incomingOf,
  type ReceivedEvent,
  tombstoneOf,
} from "./received_event.ts";
import { createSyncFunction } from "./sync_function.ts";

/**
 * @param deps Inngest, store, sender, clock, metrics, and the Clerk API if there is a key.
 * @returns The function `sync-membership`.
 */
export function syncMembership(
  deps: FunctionDependencies,
): InngestFunction.Any {
  return createSyncFunction(deps, {
    id: "sync-membership",
    name: "Sync membership",
    triggers: triggersOf(
      "organizationMembership.created",
      "organizationMembership.updated",
      "organizationMembership.deleted",
    ),
    collection: "memberships",
    write: writeMembership,
  });
}

/**
 * Writes what an event says of a membership.
 *
 * @param deps Store, clock, and the Clerk API if there is a key.
 * @param event An `organizationMembership.*`.
 * @returns What became of it.
 * @throws {NonRetriableError} when the payload is not a membership.
 * @throws {ClerkApiError} when Clerk does not tell of a missing parent.
 */
export async function writeMembership(
  deps: ParentDependencies,
  event: ReceivedEvent,
): Promise<WriteOutcome> {
  const { store, clock } = deps;
  const membership = parsePayload(clerkMembership, event);
  await store.ensureIndexes();
  // Unlike others, this "deleted" carries the whole object.
  if (event.type === "organizationMembership.deleted") {
    return await store.memberships.remove(tombstoneOf(event, membership.id));
  }
  const incoming = incomingOf(event, membership.updated_at, clock.now());
  const parents = [
    membership.organization?.id,
    membership.public_user_data?.user_id,
  ]
    .filter((id) => id !== undefined);
  const outcome = await store.memberships.apply(
    membership.id,
    (known) => planMembershipWrite(membership, incoming, known),
    parents,
  );
  // A duplicate may be the retry of a run that wrote the membership and died.
  if (outcome.kind === "applied" || outcome.reason === "duplicate") {
    await completeParents(deps, event, membership);
  }
  return outcome;
}
