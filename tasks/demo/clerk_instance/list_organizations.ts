/**
 * The answers to the organization and membership lists: `{ data, total_count }`,
 * paged by limit and offset only.
 *
 * Source: clerk/openapi-specs, bapi/2026-05-12, ListOrganizations,
 * ListOrganizationMemberships, InstanceGetOrganizationMemberships and
 * UsersGetOrganizationMemberships.
 */

import type { ClerkInstance } from "./clerk_instance.ts";
import type {
  ClerkMembership,
  ClerkOrganization,
} from "./clerk_organization.ts";
import {
  readBoolean,
  readOrderBy,
  readPageBounds,
  readSignedIds,
} from "./query_params.ts";

/** A page of a list that tells its whole length. */
export interface CountedPage<Item> {
  readonly data: readonly Item[];
  readonly total_count: number;
}

const MEMBERSHIP_ORDER_FIELDS = [
  "created_at",
  "first_name",
  "last_name",
  "email_address",
  "phone_number",
  "username",
] as const;

/**
 * Finds one page of organizations.
 *
 * @returns The page; `members_count` is left out unless the query asks for it.
 * @throws {ClerkHttpError} 422 for a value out of bounds.
 */
export function listOrganizations(
  { organizations }: ClerkInstance,
  params: URLSearchParams,
): CountedPage<Partial<ClerkOrganization>> {
  const order = readOrderBy(params, ["created_at", "name", "members_count"]);
  const ids = readSignedIds(params, "organization_id");
  const members = readSignedIds(params, "user_id");
  const text = params.get("query")?.toLowerCase() ?? "";
  const hasMember = (organizationId: string, userId: string) =>
    organizations.listMemberships({ organizationId, userId }).length > 0;

  const matching = organizations.list()
    .map(({ id }) => organizations.get(id))
    .filter((found) => found !== undefined)
    .filter(({ id }) =>
      (ids === undefined || ids.included.length === 0 ||
        ids.included.includes(id)) && !ids?.excluded.has(id)
    )
    .filter(({ id }) =>
      members === undefined ||
      members.included.some((userId) => hasMember(id, userId))
    )
    .filter(({ id, name, slug }) =>
      id === params.get("query") || name.toLowerCase().includes(text) ||
      slug.includes(text)
    )
    .sort((one, other) => compare(one[order.field], other[order.field]));
  const page = cutPage(matching, params, order.isDescending);
  return readBoolean(params, "include_members_count") === true
    ? page
    : { ...page, data: page.data.map(withoutMembersCount) };
}

/**
 * Finds one page of memberships: of an organization, of a user, or of all.
 *
 * @param filter Whose; leave both out for the whole instance.
 * @throws {ClerkHttpError} 422 for a value out of bounds.
 */
export function listMemberships(
  instance: ClerkInstance,
  params: URLSearchParams,
  filter: { organizationId?: string; userId?: string },
): CountedPage<ClerkMembership> {
  const order = readOrderBy(params, MEMBERSHIP_ORDER_FIELDS);
  const users = readSignedIds(params, "user_id");
  const matching = instance.organizations.listMemberships(filter)
    .filter(({ userId }) =>
      (users === undefined || users.included.length === 0 ||
        users.included.includes(userId)) && !users?.excluded.has(userId)
    )
    .map((membership) => instance.renderMembership(membership))
    .sort((one, other) =>
      compare(readField(one, order.field), readField(other, order.field))
    );
  return cutPage(matching, params, order.isDescending);
}

/** Gives an organization as Clerk does when its members are not asked for. */
export function withoutMembersCount(
  organization: ClerkOrganization,
): Partial<ClerkOrganization> {
  const { members_count: _, ...rest } = organization;
  return rest;
}

function cutPage<Item>(
  ascending: readonly Item[],
  params: URLSearchParams,
  isDescending: boolean,
): CountedPage<Item> {
  const { limit, offset } = readPageBounds(params);
  const ordered = isDescending ? ascending.toReversed() : ascending;
  return {
    data: ordered.slice(offset, offset + limit),
    total_count: ordered.length,
  };
}

function readField(
  membership: ClerkMembership,
  field: typeof MEMBERSHIP_ORDER_FIELDS[number],
): string | number | null {
  switch (field) {
    case "created_at":
      return membership.created_at;
    case "first_name":
    case "last_name":
      return membership.public_user_data[field];
    default:
      return membership.public_user_data.identifier;
  }
}

function compare(
  one: string | number | null,
  other: string | number | null,
): number {
  if (one === other) return 0;
  return (one ?? "") < (other ?? "") ? -1 : 1;
}
