/**
 * Clerk's own SDK against the fake: what satisfies the SDK in content types,
 * repeated keys, error bodies and lists is Clerk's protocol and not our idea of
 * it.
 */

import { assertEquals, assertRejects } from "@std/assert";
import { createClerkClient } from "@clerk/backend";
import { ManualClock } from "../../support/clerk_api/manual_clock.ts";
import {
  type FakeClerk,
  startClerkApi,
} from "../../support/clerk_api/start_clerk_api.ts";

function makeSdk(clerk: FakeClerk, secretKey = clerk.secretKey) {
  return createClerkClient({
    secretKey,
    apiUrl: clerk.url,
    telemetry: { disabled: true },
  });
}

Deno.test("Clerk's SDK lists users with order, page, filter and total", async () => {
  await using clerk = await startClerkApi({ users: 30 });
  const { users } = makeSdk(clerk);
  const first = await users.getUserList({ limit: 5, orderBy: "+created_at" });
  const second = await users.getUserList({
    limit: 5,
    offset: 5,
    orderBy: "+created_at",
  });
  const ids = [...first.data, ...second.data].map(({ id }) => id);
  const byId = await users.getUserList({ userId: ids, limit: 100 });
  assertEquals([first.totalCount, byId.totalCount], [30, 10]);
  assertEquals(byId.data.map(({ id }) => id), ids.toReversed());
});

Deno.test("Clerk's SDK reads a user with everything in it", async () => {
  await using clerk = await startClerkApi();
  const pim = await clerk.createUser({
    email: "pim@example.com",
    phone: "+12025550143",
    public_metadata: { plan: "pro" },
  });
  const user = await makeSdk(clerk).users.getUser(pim.id);
  assertEquals(user.primaryEmailAddress?.emailAddress, "pim@example.com");
  assertEquals(user.primaryPhoneNumber?.phoneNumber, "+12025550143");
  assertEquals(user.publicMetadata, { plan: "pro" });
  assertEquals(user.createdAt, pim.created_at);
});

Deno.test("Clerk's SDK reads organizations and their members", async () => {
  await using clerk = await startClerkApi();
  const { id: userId } = await clerk.createUser({ email: "pim@example.com" });
  const { id: organizationId } = await clerk.createOrganization({
    name: "Tarn & Moss",
  });
  await clerk.createMembership({ organizationId, userId, role: "org:admin" });
  const { organizations } = makeSdk(clerk);
  const list = await organizations.getOrganizationList({
    includeMembersCount: true,
  });
  const members = await organizations.getOrganizationMembershipList({
    organizationId,
  });
  assertEquals([list.totalCount, list.data[0]?.membersCount], [1, 1]);
  assertEquals(
    members.data.map(({ role, publicUserData }) => [
      role,
      publicUserData?.identifier,
    ]),
    [["org:admin", "pim@example.com"]],
  );
});

Deno.test("Clerk's SDK understands the errors: 404, 401 and 429 with Retry-After", async () => {
  const clock = new ManualClock();
  await using clerk = await startClerkApi({ clock, rateLimit: 1 });
  const failures = [
    () => makeSdk(clerk).users.getUser("user_nobody"),
    () => makeSdk(clerk, "sk_test_wrong").users.getUser("user_nobody"),
    () => makeSdk(clerk).users.getUser("user_nobody"),
  ];
  const seen = [];
  for (const fail of failures) {
    const error = await assertRejects(fail) as unknown as {
      status: number;
      errors: { code: string }[];
      retryAfter?: number;
    };
    seen.push([error.status, error.errors[0]?.code, error.retryAfter]);
  }
  assertEquals(seen, [
    [404, "resource_not_found", undefined],
    [401, "clerk_key_invalid", undefined],
    [429, "too_many_requests", 10],
  ]);
});
