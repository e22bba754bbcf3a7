/**
 * Makes sure that a membership which was written has its organization and its
 * user, which may not have been heard of yet.
 *
 * The organization is in the payload, as new as the membership's event; what the
 * payload leaves open is fetched from Clerk where there is a key. Without one
 * both are complete as soon as their own events come.
 */
import type { ClerkMembership } from "../lib/events.ts";
import { planOrganizationWrite } from "../lib/sync/organization_document.ts";
import type { FunctionDependencies } from "./dependencies.ts";
import { fetchOrganization, fetchUser } from "./fetch_parent.ts";
import { incomingOf, type ReceivedEvent } from "./received_event.ts";

/** What completing takes. */
export type ParentDependencies = Pick<
  FunctionDependencies,
  "store" | "clock" | "clerkApi"
>;

/**
 * Writes the parents that are missing.
 *
 * @param deps Store, clock, and the Clerk API if there is a key.
 * @param event The membership's event.
 * @param membership What it says.
 * @throws {ClerkApiError} when Clerk does not answer.
 */
export async function completeParents(
  deps: ParentDependencies,
  event: ReceivedEvent,
  membership: ClerkMembership,
): Promise<void> {
  const { organizations, users } = deps.store;
  const organizationId = membership.organization?.id;
  const userId = membership.public_user_data?.user_id;
  const [organization, user] = await Promise.all([
    organizations.documents.findOne({ _id: organizationId ?? "" }, {
      projection: { _id: 1 },
    }),
    users.documents.findOne({ _id: userId ?? "" }, { projection: { _id: 1 } }),
  ]);
  if (organization === null) {
    await completeOrganization(deps, event, membership);
  }
  if (user === null && userId !== undefined) {
    await fetchUser(deps, { id: userId, cause: event.eventId });
  }
}

async function completeOrganization(
  deps: ParentDependencies,
  event: ReceivedEvent,
  { organization }: ClerkMembership,
): Promise<void> {
  if (organization === undefined) return;
  const { id, updated_at } = organization;
  if (updated_at === undefined) {
    // Without a time it has no place in the order of states.
    await fetchOrganization(deps, { id, cause: event.eventId });
    return;
  }
  const incoming = incomingOf(event, updated_at, deps.clock.now());
  await deps.store.organizations.apply(
    id,
    (known) => planOrganizationWrite(organization, incoming, known),
  );
}
