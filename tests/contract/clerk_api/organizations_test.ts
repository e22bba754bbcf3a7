/** The organizations part of Clerk's API. */

import { assertEquals } from "@std/assert";
import { askClerk, idsOf } from "../../support/clerk_api/ask_clerk.ts";
import {
  type FakeClerk,
  startClerkApi,
} from "../../support/clerk_api/start_clerk_api.ts";

async function foundTarn(clerk: FakeClerk) {
  const users = idsOf(await askClerk(clerk, "/users"));
  const tarn = await clerk.createOrganization({ name: "Tarn & Moss" });
  for (const userId of users.slice(0, 3)) {
    await clerk.createMembership({ organizationId: tarn.id, userId });
  }
  return { tarn, users };
}

Deno.test("GET /organizations answers data and total_count", async () => {
  await using clerk = await startClerkApi({ users: 5 });
  const { tarn } = await foundTarn(clerk);
  await clerk.createOrganization({ name: "Fox" });
  const { body } = await askClerk(
    clerk,
    "/organizations?limit=1&order_by=-name",
  );
  assertEquals(body.total_count, 2);
  assertEquals(body.data.map(({ id }: { id: string }) => id), [tarn.id]);
});

Deno.test("GET /organizations/{id} counts members only when asked, and takes a slug", async () => {
  await using clerk = await startClerkApi({ users: 5 });
  const { tarn } = await foundTarn(clerk);
  const plain = await askClerk(clerk, `/organizations/${tarn.id}`);
  const counted = await askClerk(
    clerk,
    "/organizations/tarn-moss?include_members_count=true",
  );
  assertEquals(plain.body.members_count, undefined);
  assertEquals([counted.body.id, counted.body.members_count], [tarn.id, 3]);
});

Deno.test("GET /organizations/{id} answers 404 after it is deleted", async () => {
  await using clerk = await startClerkApi({ users: 5 });
  const { tarn } = await foundTarn(clerk);
  await clerk.deleteOrganization(tarn.id);
  const one = await askClerk(clerk, `/organizations/${tarn.id}`);
  const members = await askClerk(
    clerk,
    `/organizations/${tarn.id}/memberships`,
  );
  assertEquals([one.status, members.status], [404, 404]);
});

Deno.test("GET …/memberships lists by organization, by user and for the instance", async () => {
  await using clerk = await startClerkApi({ users: 5 });
  const { tarn, users } = await foundTarn(clerk);
  const totals = [];
  for (
    const path of [
      `/organizations/${tarn.id}/memberships`,
      `/users/${users[0]}/organization_memberships`,
      "/organization_memberships",
    ]
  ) {
    totals.push((await askClerk(clerk, path)).body.total_count);
  }
  assertEquals(totals, [3, 1, 3]);
});

Deno.test("GET …/memberships leaves out a user who was deleted", async () => {
  await using clerk = await startClerkApi({ users: 5 });
  const { tarn, users } = await foundTarn(clerk);
  await clerk.deleteUser(users[0]!);
  const { body } = await askClerk(
    clerk,
    `/organizations/${tarn.id}/memberships`,
  );
  assertEquals(body.total_count, 2);
});
