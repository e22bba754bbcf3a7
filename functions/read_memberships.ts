/**
 * Reads memberships by id, which Clerk's API cannot: they are asked for by
 * organization and user, and those of another id are not the ones.
 */
import type { ClerkApiClient } from "../lib/clerk/clerk_api_client.ts";
import type { ClerkApiMembership } from "../lib/clerk/clerk_api_schema.ts";
import type { DriftTarget } from "../lib/store/drift_documents.ts";

/**
 * Reads some memberships, in one request for each organization among them.
 *
 * @param clerkApi Clerk.
 * @param targets Up to 100; those whose place is not known are left out.
 * @returns Those that Clerk has.
 * @throws {ClerkApiError} when Clerk does not answer.
 */
export async function readMemberships(
  clerkApi: Pick<ClerkApiClient, "listMembershipsOf">,
  targets: readonly DriftTarget[],
): Promise<ClerkApiMembership[]> {
  const members = Map.groupBy(
    targets.flatMap(({ place }) => place ?? []),
    ({ organization_id }) => organization_id,
  );
  const wanted = new Set(targets.map(({ id }) => id));
  const found: ClerkApiMembership[] = [];
  for (const [organizationId, places] of members) {
    const userIds = places.map(({ user_id }) => user_id);
    const some = await clerkApi.listMembershipsOf(organizationId, userIds);
    found.push(...some.filter(({ id }) => wanted.has(id)));
  }
  return found;
}
