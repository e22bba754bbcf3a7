/** Rollcall's client against Clerk's API: organizations and memberships. */
import { assertEquals } from "@std/assert";
import { makeClient } from "../../support/clerk_api/make_client.ts";
import { ManualClock } from "../../support/clerk_api/manual_clock.ts";
import {
  type ClerkApiOptions,
  type FakeClerk,
  startClerkApi,
} from "../../support/clerk_api/start_clerk_api.ts";

/** Twenty-five organizations, a second apart, and the ids of all. */
async function found25(
  beforeAnswer?: ClerkApiOptions["beforeAnswer"],
): Promise<{ readonly clerk: FakeClerk; readonly ids: string[] }> {
  const clock = new ManualClock();
  const clerk = await startClerkApi({
    users: 3,
    clock,
    ...(beforeAnswer && { beforeAnswer }),
  });
  const ids: string[] = [];
  for (let nth = 0; nth < 25; nth++) {
    clock.advance(1_000);
    ids.push((await clerk.createOrganization({ name: `Fox ${nth}` })).id);
  }
  return { clerk, ids };
}

Deno.test("listOrganizations() gives everything once, through a deletion between pages", async () => {
  const { clerk, ids } = await found25(async (clerk, url, nth) => {
    if (nth === 2 && url.pathname.endsWith("/organizations")) {
      await clerk.deleteOrganization(ids[0]!);
    }
  });
  await using _ = clerk;
  const found: string[] = [];
  const client = makeClient(clerk);
  for await (const { items } of client.listOrganizations({ pageSize: 10 })) {
    found.push(...items.map(({ id }) => id));
  }
  assertEquals(found, ids);
  assertEquals(await client.getOrganization(ids[0]!), null);
  assertEquals((await client.getOrganization(ids[3]!))?.name, "Fox 3");
});

Deno.test("listOrganizations() goes on where an earlier walk got to, through a deletion before it", async () => {
  const { clerk, ids } = await found25();
  await using _ = clerk;
  const client = makeClient(clerk);
  const found = new Set<string>();
  for await (const page of client.listOrganizations({ pageSize: 10 })) {
    for (const { id } of page.items) found.add(id);
    await clerk.deleteOrganization(ids[0]!);
    const rest = client.listOrganizations({ pageSize: 10, after: page.next });
    for await (const { items } of rest) {
      for (const { id } of items) found.add(id);
    }
    break;
  }
  assertEquals([...found], ids);
});

Deno.test("listOrganizationsByIds() gets those that Clerk has", async () => {
  const { clerk, ids } = await found25();
  await using _ = clerk;
  const wanted = [ids[4]!, "org_unknown", "not an id", ids[7]!];
  const found = await makeClient(clerk).listOrganizationsByIds(wanted);
  const foundIds = found.map(({ id }) => id).toSorted();
  assertEquals(foundIds, [ids[4]!, ids[7]!].toSorted());
});

Deno.test("listMemberships() and listMembershipsOf() give who is where", async () => {
  const { clerk, ids } = await found25();
  await using _ = clerk;
  const client = makeClient(clerk);
  const organizationId = ids[3]!;
  const userIds: string[] = [];
  for await (const { users: [user] } of client.listUsers({ pageSize: 1 })) {
    userIds.push(user!.id);
    await clerk.createMembership({ organizationId, userId: user!.id });
  }
  const members: string[] = [];
  for await (const { items } of client.listMemberships({ pageSize: 2 })) {
    members.push(...items.map((item) => item.public_user_data.user_id));
  }
  assertEquals(members, userIds);
  const asked = [userIds[1]!, "user_unknown"];
  const some = await client.listMembershipsOf(organizationId, asked);
  assertEquals(some.map((item) => item.public_user_data.user_id), [
    userIds[1]!,
  ]);
  assertEquals(await client.listMembershipsOf("org_unknown", userIds), []);
});

Deno.test("countOrganizations() and countMemberships() tell the lengths of both lists", async () => {
  const { clerk, ids } = await found25();
  await using _ = clerk;
  const client = makeClient(clerk);
  for await (const { users } of client.listUsers()) {
    for (const { id } of users) {
      await clerk.createMembership({ organizationId: ids[0]!, userId: id });
    }
  }
  assertEquals(await client.countOrganizations(), 25);
  assertEquals(await client.countMemberships(), 3);
});

Deno.test("fork() makes a client that counts its own requests, retries included", async () => {
  const { clerk } = await found25();
  await using _ = clerk;
  const client = makeClient(clerk);
  await client.countUsers();
  const fork = client.fork();
  clerk.faults.failNext("status-500");
  await fork.countUsers();
  assertEquals(fork.usage(), { requests: 2, retries: 1, rateLimited: 0 });
  assertEquals(client.usage().requests, 1);
});
