/** What record-event keeps of events that nobody has looked at before. */
import { assert, assertEquals } from "@std/assert";
import { recordBatch } from "../../../functions/record_event.ts";
import { systemClock } from "../../../lib/clock.ts";
import { createLiveFeed } from "../../../lib/live_feed.ts";
import { clerkPayload, dataOf } from "../../support/clerk_payloads.ts";
import { openTestStore } from "../../support/test_store.ts";

/** What Clerk's template sends: bare data, neither verified nor redacted. */
function byTemplate(id: string, type: string, data: Record<string, unknown>) {
  return { id, name: `clerk/${type}`, ts: 1, data };
}

Deno.test("recordBatch() keeps a batch although a user has nested his metadata 4,000 levels deep", async () => {
  await using test = await openTestStore();
  using feed = createLiveFeed(test.store.db.databaseName);
  const deps = { store: test.store, clock: systemClock, feed };
  // 8 KB, as much as Clerk lets a browser write.
  const unsafe_metadata = JSON.parse("[".repeat(4_000) + "]".repeat(4_000));
  await recordBatch(deps, [
    byTemplate("msg_1", "user.updated", { id: "user_1" }),
    byTemplate("msg_2", "session.created", {
      id: "sess_1",
      user: { id: "user_1", unsafe_metadata },
    }),
  ]);
  const records = await test.store.webhookEvents.documents.find()
    .sort({ _id: 1 }).toArray();
  assertEquals(records.map(({ _id, subject }) => [_id, subject]), [
    ["msg_1", "user_1"],
    ["msg_2", "sess_1"],
  ]);
  assert(JSON.stringify(records[1]?.payload).includes("nested too deep"));
});

Deno.test("recordBatch() keeps no code, ticket or private metadata of the template's events", async () => {
  await using test = await openTestStore();
  using feed = createLiveFeed(test.store.db.databaseName);
  const deps = { store: test.store, clock: systemClock, feed };
  const files = [
    "email.created__verification-code",
    "sms.created__verification-code",
    "organizationInvitation.created__pending",
  ];
  await recordBatch(deps, [
    ...files.map((file) => {
      const payload = clerkPayload(file);
      return byTemplate(file, payload.type, dataOf(payload));
    }),
    byTemplate("private", "session.created", {
      private_metadata: { note: "000000" },
      user: { id: "user_1", private_metadata: { note: "000000" } },
    }),
  ]);
  const records = await test.store.webhookEvents.documents.find().toArray();
  assertEquals(records.length, 4);
  const kept = JSON.stringify(records);
  assert(!/\b000000\b|__clerk_ticket|private_metadata/.test(kept));
});

Deno.test("recordBatch() keeps public metadata as it is, whatever its keys, for a replay writes it", async () => {
  await using test = await openTestStore();
  using feed = createLiveFeed(test.store.db.databaseName);
  const deps = { store: test.store, clock: systemClock, feed };
  const data = {
    id: "user_1",
    public_metadata: { private_metadata: 1, token: "x", code: { ticket: 2 } },
  };
  await recordBatch(deps, [byTemplate("msg_1", "user.updated", data)]);
  const record = await test.store.webhookEvents.documents.findOne();
  assertEquals(record?.payload, data);
});
