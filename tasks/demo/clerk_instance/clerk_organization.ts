/**
 * Organization and OrganizationMembership of Clerk's wire, and how a membership
 * is rendered from its three parts.
 *
 * Field names are Clerk's own; instants are Unix ms. It holds no state.
 *
 * Source: clerk/openapi-specs, bapi/2026-05-12, schemas `Organization` and
 * `OrganizationMembership`.
 */

import type { ClerkMetadata, ClerkUser } from "./clerk_user.ts";

/** An organization as Clerk sends it. */
export interface ClerkOrganization {
  id: string;
  object: "organization";
  name: string;
  slug: string;
  image_url: string;
  has_image: boolean;
  members_count: number;
  pending_invitations_count: number;
  max_allowed_memberships: number;
  admin_delete_enabled: boolean;
  public_metadata: ClerkMetadata;
  private_metadata: ClerkMetadata;
  created_by: string | null;
  created_at: number;
  updated_at: number;
}

/** A membership as Clerk sends it: organization and person are embedded. */
export interface ClerkMembership {
  id: string;
  object: "organization_membership";
  role: string;
  role_name: string;
  permissions: string[];
  public_metadata: ClerkMetadata;
  private_metadata: ClerkMetadata;
  organization: ClerkOrganization;
  public_user_data: {
    user_id: string;
    first_name: string | null;
    last_name: string | null;
    image_url: string;
    profile_image_url: string;
    has_image: boolean;
    identifier: string | null;
  };
  created_at: number;
  updated_at: number;
}

/** A membership as it is kept: who, where and as what. */
export interface StoredMembership {
  readonly id: string;
  readonly organizationId: string;
  readonly userId: string;
  readonly role: string;
  readonly publicMetadata: ClerkMetadata;
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
}

/** What a new organization brings; all else gets the value Clerk gives it. */
export type OrganizationSeed =
  & Partial<ClerkOrganization>
  & Pick<ClerkOrganization, "id" | "name" | "created_at" | "updated_at">;

/**
 * Completes an organization with Clerk's own values for a new one.
 *
 * @param seed Id, name, instants, and whatever else differs from the usual.
 * @returns An organization with every field of the schema.
 */
export function buildOrganization(seed: OrganizationSeed): ClerkOrganization {
  return {
    object: "organization",
    slug: seed.name.toLowerCase().replaceAll(/[^a-z0-9]+/g, "-"),
    image_url: `https://img.clerk.com/${seed.id}`,
    has_image: false,
    members_count: 0,
    pending_invitations_count: 0,
    max_allowed_memberships: 50,
    admin_delete_enabled: true,
    public_metadata: {},
    private_metadata: {},
    created_by: null,
    ...seed,
  };
}

/**
 * Renders a membership the way webhooks and lists carry it.
 *
 * @param membership Who, where and as what.
 * @param organization The organization as it is now.
 * @param user The member as it is now.
 * @returns The membership with both embedded.
 */
export function renderMembership(
  membership: StoredMembership,
  organization: ClerkOrganization,
  user: ClerkUser,
): ClerkMembership {
  const isAdmin = membership.role === "org:admin";
  return {
    id: membership.id,
    object: "organization_membership",
    role: membership.role,
    role_name: isAdmin ? "Admin" : "Member",
    permissions: isAdmin
      ? ["org:sys_profile:manage", "org:sys_memberships:manage"]
      : ["org:sys_memberships:read"],
    public_metadata: membership.publicMetadata,
    private_metadata: {},
    organization,
    public_user_data: {
      user_id: user.id,
      first_name: user.first_name,
      last_name: user.last_name,
      image_url: user.image_url,
      profile_image_url: user.profile_image_url,
      has_image: user.has_image,
      identifier: findIdentifier(user),
    },
    created_at: membership.createdAtMs,
    updated_at: membership.updatedAtMs,
  };
}

function findIdentifier(user: ClerkUser): string | null {
  const primary = user.email_addresses.find((address) =>
    address.id === user.primary_email_address_id
  );
  return primary?.email_address ?? user.phone_numbers[0]?.phone_number ??
    user.username;
}
