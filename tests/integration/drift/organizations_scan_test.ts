/** Organizations and memberships are compared and repaired as users are. */
import { assertEquals } from "@std/assert";
import { clerkMembership, clerkOrganization } from "../../../lib/events.ts";
import { incomingOfRead } from "../../../lib/sync/drift.ts";
import {
  planMembershipWrite,
  planOrganizationWrite,
} from "../../../lib/sync/organization_document.ts";
import { readDriftPage } from "../../../lib/store/drift_page.ts";
import { makeClient } from "../../support/clerk_api/make_client.ts";
import {
  type DriftBed,
  openDriftBed,
  readOpen,
  repair,
  scan,
  SYNCED_AT,
} from "./drift_bed.ts";

interface OrganizationBed extends DriftBed {
  readonly organizationIds: readonly string[];
  readonly membershipIds: readonly string[];
}

/** Twelve organizations of three members each, all synced. */
async function openBed(): Promise<OrganizationBed> {
  const bed = await openDriftBed({ users: 60 });
  const { clerk, deps } = bed;
  for (let nth = 0; nth < 12; nth++) {
    const { id: organizationId } = await clerk.createOrganization({
      name: `Fox ${nth}`,
    });
    for (const userId of bed.ids.slice(nth, nth + 3)) {
      await clerk.createMembership({ organizationId, userId });
    }
  }
  const organizationIds: string[] = [];
  for await (const { items } of deps.clerkApi.listOrganizations()) {
    for (const item of items) {
      organizationIds.push(item.id);
      const organization = clerkOrganization.parse(item);
      const { updated_at } = organization;
      const incoming = incomingOfRead(updated_at, SYNCED_AT, "msg_1");
      await bed.store.organizations.apply(
        item.id,
        (known) => planOrganizationWrite(organization, incoming, known),
      );
    }
  }
  const membershipIds: string[] = [];
  for await (const { items } of deps.clerkApi.listMemberships()) {
    for (const item of items) {
      membershipIds.push(item.id);
      const membership = clerkMembership.parse(item);
      const { updated_at } = membership;
      const incoming = incomingOfRead(updated_at, SYNCED_AT, "msg_1");
      await bed.store.memberships.apply(
        item.id,
        (known) => planMembershipWrite(membership, incoming, known),
      );
    }
  }
  return { ...bed, organizationIds, membershipIds };
}

/** One difference of each kind in both collections. */
async function plant(bed: OrganizationBed): Promise<Map<string, string>> {
  const { store, clerk, organizationIds, membershipIds } = bed;
  const [missing, ghost, stale, edited] = organizationIds as [
    string,
    string,
    string,
    string,
  ];
  // From here on the memberships of organizations that keep theirs.
  const [away, alien, older, changed] = membershipIds.slice(12) as [
    string,
    string,
    string,
    string,
  ];
  await store.organizations.documents.deleteOne({ _id: missing });
  await clerk.deleteOrganization(ghost);
  await store.memberships.documents.deleteMany({ organization_id: ghost });
  await clerk.updateOrganization(stale, { name: "Renamed" });
  await store.organizations.documents.updateOne(
    { _id: edited },
    { $set: { name: "Somebody else" } },
  );
  await store.memberships.documents.deleteOne({ _id: away });
  await clerk.deleteMembership(alien);
  await clerk.updateMembership(older, "org:admin");
  await store.memberships.documents.updateOne(
    { _id: changed },
    { $set: { role: "org:owner" } },
  );
  return new Map([
    [missing, "missing"],
    [ghost, "ghost"],
    [stale, "stale"],
    [edited, "edited"],
    [away, "missing"],
    [alien, "ghost"],
    [older, "stale"],
    [changed, "edited"],
  ]);
}

Deno.test("a scan finds every kind of difference in organizations and memberships", async () => {
  await using bed = await openBed();
  const planted = await plant(bed);
  await scan(bed, "scan_1");
  assertEquals(await readOpen(bed), planted);
  const { good } = await bed.store.drift.readLatest();
  assertEquals(good?.counts, {
    users: { clerk: 60, mongodb: 60 },
    organizations: { clerk: 11, mongodb: 11 },
    memberships: { clerk: 32, mongodb: 32 },
  });
  const members = await readDriftPage(bed.store, {
    filter: { collection: "memberships" },
    cursor: null,
    limit: 10,
  });
  assertEquals(members.rows.length, 4);
});

Deno.test("a repair of organizations and memberships leaves a clean second scan", async () => {
  await using bed = await openBed();
  const planted = await plant(bed);
  await scan(bed, "scan_1");
  const outcomes = await repair(bed, [...planted.keys()]);
  assertEquals(new Set(Object.values(outcomes)), new Set(["applied"]));
  await scan(bed, "scan_2");
  assertEquals(await readOpen(bed), new Map());
  assertEquals(
    (await bed.store.auditLog.readNewest(20))
      .map(({ action }) => action).toSorted(),
    [
      ...Array.from({ length: 4 }, () => "reconcile-membership"),
      ...Array.from({ length: 4 }, () => "reconcile-organization"),
    ],
  );
});

Deno.test("a membership whose organization was deleted here is called tombstoned and stays away", async () => {
  await using bed = await openBed();
  const [organizationId = ""] = bed.organizationIds;
  await bed.store.organizations.remove({
    _id: organizationId,
    deleted_at: new Date(),
    event_id: "msg_gone",
  });
  await bed.store.memberships.documents
    .deleteMany({ organization_id: organizationId });
  await scan(bed, "scan_1");
  const open = await readOpen(bed);
  assertEquals(new Set(open.values()), new Set(["tombstoned"]));
  assertEquals(open.size, 4);
  const outcomes = await repair(bed, [...open.keys()]);
  assertEquals(new Set(Object.values(outcomes)), new Set(["tombstoned"]));
});

Deno.test("a scan passes over organizations where the instance has none", async () => {
  await using whole = await openDriftBed({ users: 60 });
  const clerkApi = makeClient(whole.clerk, { fetch: refuseOrganizations });
  const bed = { ...whole, deps: { ...whole.deps, clerkApi } };
  await scan(bed, "scan_1");
  const { good } = await bed.store.drift.readLatest();
  assertEquals(good?.counts, {
    users: { clerk: 60, mongodb: 60 },
    organizations: null,
    memberships: null,
  });
});

/** As Clerk answers for an instance that has organizations turned off. */
function refuseOrganizations(
  input: string | URL | Request,
  init?: RequestInit,
): Promise<Response> {
  if (!String(input).includes("/organization")) return fetch(input, init);
  const code = "organization_not_enabled_in_instance";
  return Promise.resolve(
    Response.json({ errors: [{ code, message: code }] }, { status: 403 }),
  );
}
