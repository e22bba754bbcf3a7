/**
 * Step ④: writes what `clerk/organizationMembership.*` says to MongoDB.
 *
 * A membership may arrive before its organization or its user. The organization
 * is in the payload; the user is fetched from Clerk where there is a key. Without
 * one the membership is kept, and is complete as soon as the user arrives. If
 * either parent was deleted, so is the membership.
 */
import type { InngestFunction } from "inngest";
import {
  type ClerkMembership,
  clerkMembership,
  triggersOf,
} from "../lib/events.ts";
import type { WriteOutcome } from "../lib/store/synced_collection.ts";
import {
  planMembershipWrite,
  planOrganizationWrite,
} from "../lib/sync/organization_document.ts";
import type { FunctionDependencies } from "./dependencies.ts";
import { fetchUser } from "./fetch_user.ts";
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

type MembershipDependencies = Pick<
  FunctionDependencies,
  "store" | "clock" | "clerkApi"
>;

/**
 * Writes what an event says of a membership.
 *
 * @param deps Store, clock, and the Clerk API if there is a key.
 * @param event An `organizationMembership.*`.
 * @returns What became of it.
 * @throws {NonRetriableError} when the payload is not a membership.
 */
export async function writeMembership(
  deps: MembershipDependencies,
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
  if (outcome.kind === "applied") {
    await completeParents(deps, event, membership);
  }
  return outcome;
}

async function completeParents(
  deps: MembershipDependencies,
  event: ReceivedEvent,
  membership: ClerkMembership,
): Promise<void> {
  const { store } = deps;
  const organizationId = membership.organization?.id;
  const userId = membership.public_user_data?.user_id;
  const [organization, user] = await Promise.all([
    store.organizations.documents.findOne({ _id: organizationId ?? "" }, {
      projection: { _id: 1 },
    }),
    store.users.documents.findOne({ _id: userId ?? "" }, {
      projection: { _id: 1 },
    }),
  ]);
  if (organization === null) {
    await applyEmbeddedOrganization(deps, event, membership);
  }
  if (user === null && userId !== undefined) {
    await fetchUser(deps, userId, event.eventId);
  }
}

async function applyEmbeddedOrganization(
  { store, clock }: MembershipDependencies,
  event: ReceivedEvent,
  { organization }: ClerkMembership,
): Promise<void> {
  if (organization?.updated_at === undefined) return;
  const incoming = incomingOf(event, organization.updated_at, clock.now());
  await store.organizations.apply(
    organization.id,
    (known) => planOrganizationWrite(organization, incoming, known),
  );
}
