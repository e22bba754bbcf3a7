/**
 * Step ④ of the path: Clerk's Organization and OrganizationMembership → the
 * documents of `organizations` and `memberships`, under the rules of users.
 *
 * A membership names its organization and its user by id; neither has to be in
 * the store yet, for Clerk promises no order.
 */
import type { ClerkMembership, ClerkOrganization } from "../events.ts";
import { defined } from "./defined.ts";
import { toStorable, toStorableText } from "./storable.ts";
import type { SyncStamp } from "./version.ts";
import {
  type Incoming,
  type Known,
  planWrite,
  toStamp,
  type WritePlan,
} from "./write_plan.ts";

/** A document of the collection `organizations`. */
export interface OrganizationDocument {
  /** Clerk's id, `org_…`. */
  _id: string;
  name: string | null;
  slug: string | null;
  /** URL, or null. */
  image: string | null;
  /** Clerk id of the user who made it, or null. */
  created_by: string | null;
  max_allowed_memberships: number | null;
  /** Free-form; JSON null is legal. */
  public_metadata: unknown;
  clerk_created_at: Date | null;
  clerk_updated_at: Date | null;
  sync: SyncStamp;
}

/** A document of the collection `memberships`. */
export interface MembershipDocument {
  /** Clerk's id, `orgmem_…`. */
  _id: string;
  organization_id: string | null;
  user_id: string | null;
  role: string | null;
  role_name: string | null;
  permissions: readonly string[];
  /** Free-form; JSON null is legal. */
  public_metadata: unknown;
  clerk_created_at: Date | null;
  clerk_updated_at: Date | null;
  sync: SyncStamp;
}

const EMPTY_ORGANIZATION: Omit<OrganizationDocument, "_id" | "sync"> = {
  name: null,
  slug: null,
  image: null,
  created_by: null,
  max_allowed_memberships: null,
  public_metadata: {},
  clerk_created_at: null,
  clerk_updated_at: null,
};

const EMPTY_MEMBERSHIP: Omit<MembershipDocument, "_id" | "sync"> = {
  organization_id: null,
  user_id: null,
  role: null,
  role_name: null,
  permissions: [],
  public_metadata: {},
  clerk_created_at: null,
  clerk_updated_at: null,
};

/**
 * Plans the write of one organization.
 *
 * @param organization Clerk's organization.
 * @param incoming Where the state comes from, and its place in the order.
 * @param known What the store has.
 * @returns The plan.
 */
export function planOrganizationWrite(
  organization: ClerkOrganization,
  incoming: Incoming,
  known: Known<OrganizationDocument>,
): WritePlan<OrganizationDocument> {
  return planWrite({
    id: organization.id,
    fields: defined({
      name: toStorableText(organization.name),
      slug: toStorableText(organization.slug),
      image: toStorableText(organization.image_url),
      created_by: toStorableText(organization.created_by),
      max_allowed_memberships: organization.max_allowed_memberships,
      ...commonFields(organization),
    }),
    empty: EMPTY_ORGANIZATION,
    stamp: toStamp(incoming),
    incoming,
    known,
  });
}

/**
 * Plans the write of one membership.
 *
 * @param membership Clerk's membership.
 * @param incoming Where the state comes from, and its place in the order.
 * @param known What the store has.
 * @returns The plan.
 */
export function planMembershipWrite(
  membership: ClerkMembership,
  incoming: Incoming,
  known: Known<MembershipDocument>,
): WritePlan<MembershipDocument> {
  return planWrite({
    id: membership.id,
    fields: defined({
      organization_id: membership.organization?.id,
      user_id: membership.public_user_data?.user_id,
      role: toStorableText(membership.role),
      role_name: toStorableText(membership.role_name),
      permissions: membership.permissions === null
        ? []
        : membership.permissions?.map((name) => name.toWellFormed()),
      ...commonFields(membership),
    }),
    empty: EMPTY_MEMBERSHIP,
    stamp: toStamp(incoming),
    incoming,
    known,
  });
}

function commonFields(
  source: Pick<
    ClerkOrganization,
    "public_metadata" | "created_at" | "updated_at"
  >,
) {
  return {
    public_metadata: source.public_metadata === undefined
      ? undefined
      : toStorable(source.public_metadata),
    clerk_created_at: source.created_at === undefined
      ? undefined
      : new Date(source.created_at),
    clerk_updated_at: source.updated_at === undefined
      ? undefined
      : new Date(source.updated_at),
  };
}
