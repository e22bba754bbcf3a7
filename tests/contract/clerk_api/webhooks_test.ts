/** The webhooks that changes of the simulated instance give off. */

import { assertEquals } from "@std/assert";
import { askClerk } from "../../support/clerk_api/ask_clerk.ts";
import { ManualClock } from "../../support/clerk_api/manual_clock.ts";
import {
  type FakeClerk,
  startClerkApi,
} from "../../support/clerk_api/start_clerk_api.ts";
import {
  type ClerkWebhook,
  encodeClerkJson,
} from "../../../tasks/demo/clerk_instance/clerk_webhook.ts";

Deno.test("onWebhook hears every change with the envelope of a real webhook", async () => {
  const heard: ClerkWebhook[] = [];
  const clock = new ManualClock();
  await using clerk = await startClerkApi({
    clock,
    onWebhook: (webhook) => {
      heard.push(webhook);
    },
  });
  const user = await clerk.createUser({ email: "pim@example.com" });
  const fox = await clerk.createOrganization({ name: "Fox" });
  const member = await clerk.createMembership({
    organizationId: fox.id,
    userId: user.id,
  });
  await clerk.updateMembership(member.id, "org:admin");
  await clerk.deleteMembership(member.id);
  await clerk.updateOrganization(fox.id, { name: "Vixen" });
  await clerk.deleteOrganization(fox.id);
  await clerk.updateUser(user.id, { first_name: "Pim" });
  await clerk.deleteUser(user.id);
  assertEquals(heard.map(({ type }) => type), [
    "user.created",
    "organization.created",
    "organizationMembership.created",
    "organizationMembership.updated",
    "organizationMembership.deleted",
    "organization.updated",
    "organization.deleted",
    "user.updated",
    "user.deleted",
  ]);
  assertEquals(heard[0], {
    data: user,
    object: "event",
    type: "user.created",
    timestamp: clock.now().getTime(),
    instance_id: clerk.id,
    event_attributes: {
      http_request: { client_ip: "192.0.2.17", user_agent: "Mozilla/5.0" },
    },
  });
});

Deno.test("deleteUser() gives a tombstone, with external_id only when there was one", async () => {
  await using clerk = await startClerkApi();
  const plain = await clerk.createUser();
  const known = await clerk.createUser({ external_id: "crm-1" });
  assertEquals(await clerk.deleteUser(plain.id), {
    object: "user",
    id: plain.id,
    deleted: true,
  });
  assertEquals((await clerk.deleteUser(known.id)).external_id, "crm-1");
});

Deno.test("deleteMembership() gives the whole membership, not a tombstone", async () => {
  await using clerk = await startClerkApi();
  const { id: userId } = await clerk.createUser({ username: "pim" });
  const { id: organizationId } = await clerk.createOrganization({
    name: "Fox",
  });
  const member = await clerk.createMembership({ organizationId, userId });
  assertEquals(await clerk.deleteMembership(member.id), {
    ...member,
    organization: { ...member.organization, members_count: 1 },
  });
});

Deno.test("updateUser() dates the change by the clock, or as told: backwards", async () => {
  const clock = new ManualClock();
  await using clerk = await startClerkApi({ users: 1, clock });
  const { body: [{ id }] } = await askClerk(clerk, "/users");
  const now = await clerk.updateUser(id, { first_name: "A" });
  assertEquals(now.updated_at, clock.now().getTime());
  const back = await clerk.updateUser(id, { updated_at: 1_000 });
  assertEquals([back.updated_at, back.first_name], [1_000, "A"]);
});

Deno.test("a webhook comes after the change shows in the API, or before it", async (t) => {
  for (
    const [webhookTiming, status] of [["after-change", 200], [
      "before-change",
      404,
    ]] as const
  ) {
    await t.step(webhookTiming, async () => {
      const statuses: number[] = [];
      await using clerk: FakeClerk = await startClerkApi({
        webhookTiming,
        onWebhook: async ({ data }) => {
          const { id } = data as { id: string };
          statuses.push((await askClerk(clerk, `/users/${id}`)).status);
        },
      });
      await clerk.createUser();
      assertEquals(statuses, [status]);
    });
  }
});

Deno.test("encodeClerkJson() escapes as Go does, so that re-encoding changes the bytes", () => {
  const text = encodeClerkJson({ name: "Tarn & <Moss>" });
  assertEquals(text, '{"name":"Tarn \\u0026 \\u003cMoss\\u003e"}');
  assertEquals(JSON.parse(text), { name: "Tarn & <Moss>" });
});
