/**
 * The part of the client that reads organizations and memberships.
 *
 * A membership has no address of its own: it is found through its organization.
 *
 * Source: clerk/openapi-specs, bapi/2026-05-12, `ListOrganizations`,
 * `GetOrganization`, `ListOrganizationMemberships`,
 * `InstanceGetOrganizationMemberships`.
 */
import { z } from "zod";
import {
  type ClerkApiMembership,
  clerkApiMembershipSchema,
  type ClerkApiOrganization,
  clerkApiOrganizationSchema,
  totalCountSchema,
} from "./clerk_api_schema.ts";
import type { ClerkRequester } from "./clerk_request.ts";
import {
  listByOffset,
  type OffsetPage,
  type OffsetPosition,
} from "./list_by_offset.ts";
import {
  type CallOptions,
  filterByIds,
  isGone,
  readOne,
  readParsed,
  readRequired,
} from "./read_parsed.ts";

/** How to walk a list that pages by offset. */
export interface ListOptions extends CallOptions {
  /** Items in a page, 1 to 500. Default 500. */
  readonly pageSize?: number | undefined;
  /** Where an earlier walk got to. Default: the beginning. */
  readonly after?: OffsetPosition | undefined;
}

/** What can be read of both; every method rejects with a ClerkApiError. */
export interface OrganizationReader {
  /** Reads one organization; null when Clerk has none by that id (any more). */
  getOrganization(
    id: string,
    options?: CallOptions,
  ): Promise<ClerkApiOrganization | null>;
  /** Reads up to 100 at once; those Clerk does not have are left out. */
  listOrganizationsByIds(
    ids: readonly string[],
    options?: CallOptions,
  ): Promise<ClerkApiOrganization[]>;
  /** Walks all organizations, oldest first. */
  listOrganizations(
    options?: ListOptions,
  ): AsyncIterable<OffsetPage<ClerkApiOrganization>>;
  countOrganizations(options?: CallOptions): Promise<number>;
  /** Reads what up to 100 users are in one organization, if they are. */
  listMembershipsOf(
    organizationId: string,
    userIds: readonly string[],
    options?: CallOptions,
  ): Promise<ClerkApiMembership[]>;
  /** Walks all memberships of the instance, oldest first. */
  listMemberships(
    options?: ListOptions,
  ): AsyncIterable<OffsetPage<ClerkApiMembership>>;
  countMemberships(options?: CallOptions): Promise<number>;
}

const organizationsPage = z.object({
  data: z.array(clerkApiOrganizationSchema),
});
const membershipsPage = z.object({ data: z.array(clerkApiMembershipSchema) });

/**
 * Binds reading organizations and memberships to an instance.
 *
 * @param requester Of which instance.
 * @returns The methods.
 */
export function bindOrganizations(
  requester: ClerkRequester,
): OrganizationReader {
  return {
    getOrganization: (id, { signal } = {}) =>
      readOne(
        requester,
        { task: "read organization", signal },
        { folder: "/organizations", id },
        clerkApiOrganizationSchema,
      ),
    async listOrganizationsByIds(ids, { signal } = {}) {
      const task = "read organizations by id";
      const params = filterByIds(task, "organization_id", ids);
      if (params === undefined) return [];
      const request = { task, path: "/organizations", params, signal };
      return (await readRequired(requester, request, organizationsPage)).data;
    },
    listOrganizations: (options = {}) =>
      listByOffset(requester, {
        ...options,
        task: "list organizations",
        path: "/organizations",
        itemSchema: clerkApiOrganizationSchema,
      }),
    countOrganizations: (options) =>
      readTotal(requester, "organizations", "/organizations", options),
    listMembershipsOf: (organizationId, userIds, options) =>
      readMembers(requester, { organizationId, userIds }, options),
    listMemberships: (options = {}) =>
      listByOffset(requester, {
        ...options,
        task: "list memberships",
        path: "/organization_memberships",
        itemSchema: clerkApiMembershipSchema,
      }),
    countMemberships: (options) =>
      readTotal(requester, "memberships", "/organization_memberships", options),
  };
}

/** None at all when the organization itself is gone. */
async function readMembers(
  requester: ClerkRequester,
  { organizationId, userIds }: {
    readonly organizationId: string;
    readonly userIds: readonly string[];
  },
  { signal }: CallOptions = {},
): Promise<ClerkApiMembership[]> {
  const task = "read members";
  const params = filterByIds(task, "user_id", userIds);
  if (params === undefined) return [];
  const path = `/organizations/${
    encodeURIComponent(organizationId)
  }/memberships`;
  const request = { task, path, params, signal };
  const result = await readParsed(requester, request, membershipsPage);
  if (result.kind === "found") return result.value.data;
  if (isGone(result.error)) return [];
  throw result.error;
}

async function readTotal(
  requester: ClerkRequester,
  what: string,
  path: string,
  { signal }: CallOptions = {},
): Promise<number> {
  const params = new URLSearchParams({ limit: "1" });
  const request = { task: `count ${what}`, path, params, signal };
  const found = await readRequired(requester, request, totalCountSchema);
  return found.total_count;
}
