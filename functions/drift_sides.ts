/** Users, organizations and memberships, as scans and repairs know them. */
import { z } from "zod";
import { userCursor } from "../lib/clerk/list_users.ts";
import {
  type ClerkMembership,
  clerkMembership,
  type ClerkOrganization,
  clerkOrganization,
  type ClerkUser,
  clerkUser,
} from "../lib/events.ts";
import type {
  ComparedCollection,
  DriftTarget,
} from "../lib/store/drift_documents.ts";
import {
  findMembershipDrift,
  findOrganizationDrift,
  findUserDrift,
} from "../lib/sync/drift.ts";
import {
  type MembershipDocument,
  type OrganizationDocument,
  planMembershipWrite,
  planOrganizationWrite,
} from "../lib/sync/organization_document.ts";
import type { UserDocument } from "../lib/sync/user_document.ts";
import { planUserWrite } from "../lib/sync/write_plan.ts";
import { bindSide, type BoundSide } from "./bind_side.ts";
import { removeUser } from "./delete_user_with_clerk.ts";
import type { ClerkObject, DriftSide, Position } from "./drift_side.ts";
import { listById, listByOrganization } from "./list_ours.ts";
import { readMemberships } from "./read_memberships.ts";
import { removeOrganization } from "./sync_organization.ts";

const offsetPosition = z.object({ offset: z.number(), total: z.number() });

const users: DriftSide<ClerkUser, UserDocument> = {
  name: "users",
  noun: "user",
  collection: (store) => store.users,
  parse: (object) => clerkUser.safeParse(object).data,
  async *list(clerkApi, after) {
    const options = after && { after: userCursor.parse(after) };
    for await (const page of clerkApi.listUsers(options ?? {})) {
      yield { objects: page.users, next: { ...page.cursor } };
    }
  },
  read: (clerkApi, targets) => clerkApi.listUsersByIds(idsOf(targets)),
  readOne: (clerkApi, { id }) => clerkApi.getUser(id),
  placeOf: () => null,
  listOurs: (store, after, limit) =>
    listById(store.users, "users", after, limit),
  findDrift: findUserDrift,
  plan: planUserWrite,
  remove: removeUser,
};

const organizations: DriftSide<ClerkOrganization, OrganizationDocument> = {
  name: "organizations",
  noun: "organization",
  collection: (store) => store.organizations,
  parse: (object) => clerkOrganization.safeParse(object).data,
  list: (clerkApi, after) =>
    toListed(clerkApi.listOrganizations({ after: toOffset(after) })),
  read: (clerkApi, targets) => clerkApi.listOrganizationsByIds(idsOf(targets)),
  readOne: (clerkApi, { id }) => clerkApi.getOrganization(id),
  placeOf: () => null,
  listOurs: (store, after, limit) =>
    listById(store.organizations, "organizations", after, limit),
  findDrift: findOrganizationDrift,
  plan: planOrganizationWrite,
  remove: removeOrganization,
};

const memberships: DriftSide<ClerkMembership, MembershipDocument> = {
  name: "memberships",
  noun: "organizationMembership",
  collection: (store) => store.memberships,
  parse: (object) => clerkMembership.safeParse(object).data,
  list: (clerkApi, after) =>
    toListed(clerkApi.listMemberships({ after: toOffset(after) })),
  read: readMemberships,
  readOne: async (clerkApi, target) =>
    (await readMemberships(clerkApi, [target]))[0] ?? null,
  placeOf: ({ organization, public_user_data: member }) =>
    organization === undefined || member === undefined
      ? null
      : { organization_id: organization.id, user_id: member.user_id },
  listOurs: listByOrganization,
  findDrift: findMembershipDrift,
  plan: planMembershipWrite,
  remove: (store, tombstone) => store.memberships.remove(tombstone),
};

/** What is compared, in the order of a scan: parents first. */
export const DRIFT_SIDES: Readonly<Record<ComparedCollection, BoundSide>> = {
  users: bindSide(users),
  organizations: bindSide(organizations),
  memberships: bindSide(memberships),
};

async function* toListed(
  pages: AsyncIterable<{
    readonly items: readonly ClerkObject[];
    readonly next: { readonly offset: number; readonly total: number };
  }>,
) {
  for await (const { items, next } of pages) {
    yield { objects: items, next: { ...next } };
  }
}

function toOffset(after: Position | null) {
  return after === null ? undefined : offsetPosition.parse(after);
}

function idsOf(targets: readonly DriftTarget[]): string[] {
  return targets.map(({ id }) => id);
}
