import { assert, assertEquals } from "@std/assert";
import { clerkPayload, dataOf } from "../../tests/support/clerk_payloads.ts";
import { clerkMembership, clerkOrganization } from "../events.ts";
import {
  planMembershipWrite,
  planOrganizationWrite,
} from "./organization_document.ts";
import type { Incoming } from "./write_plan.ts";

const NOW = new Date("2026-06-01T00:00:00Z");
const UNKNOWN = { stored: undefined, isTombstoned: false };

function incoming(updatedAtMs: number): Incoming {
  const version = { updatedAtMs, eventAt: null, eventId: null };
  return { version, source: "webhook", now: NOW };
}

Deno.test("planOrganizationWrite() inserts an unknown organization", () => {
  const organization = clerkOrganization.parse(
    dataOf(clerkPayload("organization.created__plain")),
  );
  const plan = planOrganizationWrite(organization, incoming(7), UNKNOWN);
  assert(plan.kind === "insert");
  const { sync, ...document } = plan.document;
  assertEquals(document, {
    _id: organization.id,
    name: organization.name ?? null,
    slug: organization.slug ?? null,
    image: organization.image_url ?? null,
    created_by: organization.created_by ?? null,
    max_allowed_memberships: organization.max_allowed_memberships ?? null,
    public_metadata: organization.public_metadata,
    clerk_created_at: new Date(organization.created_at ?? NaN),
    clerk_updated_at: new Date(organization.updated_at ?? NaN),
  });
  assertEquals(sync.version, 7);
});

Deno.test("planOrganizationWrite() keeps metadata that is JSON null", () => {
  const organization = clerkOrganization.parse(
    dataOf(clerkPayload("organization.updated__metadata-null")),
  );
  const plan = planOrganizationWrite(organization, incoming(7), UNKNOWN);
  assert(plan.kind === "insert");
  assertEquals(plan.document.public_metadata, null);
});

Deno.test("planOrganizationWrite() clears a field for null and keeps it when absent", () => {
  const organization = clerkOrganization.parse({
    id: "org_1",
    name: "Acme",
    slug: "acme",
  });
  const first = planOrganizationWrite(organization, incoming(1), UNKNOWN);
  assert(first.kind === "insert");
  const next = clerkOrganization.parse({ id: "org_1", slug: null });
  const known = { stored: first.document, isTombstoned: false };
  const plan = planOrganizationWrite(next, incoming(2), known);
  assert(plan.kind === "update");
  assertEquals(plan.set, { slug: null });
  assertEquals(plan.before, { slug: "acme" });
});

Deno.test("planMembershipWrite() names organization and user by id", () => {
  const membership = clerkMembership.parse(
    dataOf(clerkPayload("organizationMembership.created__plain")),
  );
  const plan = planMembershipWrite(membership, incoming(7), UNKNOWN);
  assert(plan.kind === "insert");
  const { document } = plan;
  assertEquals(document.organization_id, membership.organization?.id);
  assertEquals(document.user_id, membership.public_user_data?.user_id);
  assertEquals(document.role, membership.role);
  assertEquals(document.permissions, membership.permissions);
  assert(document.organization_id?.startsWith("org_"));
  assert(document.user_id?.startsWith("user_"));
});

Deno.test("planMembershipWrite() writes only what a change of role changes", () => {
  const before = clerkMembership.parse({
    id: "orgmem_1",
    role: "org:member",
    permissions: ["org:sys_profile:read"],
    organization: { id: "org_1" },
    public_user_data: { user_id: "user_1" },
  });
  const first = planMembershipWrite(before, incoming(1), UNKNOWN);
  assert(first.kind === "insert");
  const known = { stored: first.document, isTombstoned: false };
  const after = { ...before, role: "org:admin" };
  const plan = planMembershipWrite(after, incoming(2), known);
  assert(plan.kind === "update");
  assertEquals(plan.set, { role: "org:admin" });
});

Deno.test("planMembershipWrite() empties the permissions for null", () => {
  const before = clerkMembership.parse({ id: "orgmem_1", permissions: ["a"] });
  const first = planMembershipWrite(before, incoming(1), UNKNOWN);
  assert(first.kind === "insert");
  const known = { stored: first.document, isTombstoned: false };
  const after = { ...before, permissions: null };
  const plan = planMembershipWrite(after, incoming(2), known);
  assert(plan.kind === "update");
  assertEquals(plan.set, { permissions: [] });
});

Deno.test("planMembershipWrite() skips what a tombstone rules out", () => {
  const membership = clerkMembership.parse({ id: "orgmem_1" });
  assertEquals(
    planMembershipWrite(membership, incoming(1), {
      stored: undefined,
      isTombstoned: true,
    }),
    { kind: "skip", reason: "tombstoned" },
  );
});

Deno.test("planOrganizationWrite() and planMembershipWrite() find nothing new in text that BSON alters", () => {
  const organization = clerkOrganization.parse({
    id: "org_1",
    name: "A\ud800",
  });
  const written = planOrganizationWrite(organization, incoming(1), UNKNOWN);
  assert(written.kind === "insert");
  assertEquals(written.document.name, "A\ufffd");
  const again = planOrganizationWrite(organization, incoming(2), {
    stored: written.document,
    isTombstoned: false,
  });
  assert(again.kind === "update");
  assertEquals(again.set, {});

  const membership = clerkMembership.parse({
    id: "orgmem_1",
    role: "org:\udfff",
    permissions: ["\ud800"],
  });
  const plan = planMembershipWrite(membership, incoming(1), UNKNOWN);
  assert(plan.kind === "insert");
  assertEquals(plan.document.role, "org:\ufffd");
  assertEquals(plan.document.permissions, ["\ufffd"]);
});
