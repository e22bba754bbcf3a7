/** A user is forgotten: nothing that is kept says anything of the person. */
import { assert, assertEquals } from "@std/assert";
import { beginErasure } from "../../../functions/erase_user.ts";
import { ERASE_REQUESTED } from "../../../lib/requests.ts";
import type { LiveFeed } from "../../../lib/live_feed.ts";
import { erasePayloads } from "../../../lib/store/erasure.ts";
import type { Store } from "../../../lib/store/store.ts";
import type { WebhookEventDocument } from "../../../lib/store/webhook_events.ts";
import { EMPTY_USER } from "../../../lib/sync/user_document.ts";
import { openRollcall } from "../../support/open_rollcall.ts";
import { openTestStore } from "../../support/test_store.ts";

const AT = new Date("2026-11-26T01:00:00Z");
const PERSON = "Waldegrave";

const event = (
  _id: string,
  subject: string,
  payload: Record<string, unknown>,
): WebhookEventDocument => ({
  _id,
  subject,
  payload,
  type: "user.updated",
  state: "applied",
  reason: null,
  received_at: AT,
  event_at: AT,
  instance_id: null,
  secret: null,
  road: "webhook",
  settled_at: AT,
  lag_ms: 5,
  redelivered_at: null,
});

const change = (event_id: string, document_id: string) => ({
  _id: `${event_id}:users:${document_id}`,
  at: AT,
  event_id,
  collection: "users" as const,
  document_id,
  kind: "update" as const,
  before: null,
  after: { last_name: PERSON },
  source: "webhook",
});

/** The person everywhere that a person can be, and somebody else. */
async function fill(store: Store): Promise<void> {
  await store.ensureIndexes();
  const member = { public_user_data: { user_id: "user_1", name: PERSON } };
  await store.webhookEvents.documents.insertMany([
    event("msg_1", "user_1", { id: "user_1", last_name: PERSON }),
    event("msg_2", "orgmem_1", { id: "orgmem_1", ...member }),
    event("msg_3", "sess_1", { id: "sess_1", user_id: "user_1", city: PERSON }),
    event("msg_4", "user_2", { id: "user_2", last_name: "Other" }),
  ]);
  await store.changes.documents.insertMany([
    change("msg_1", "user_1"),
    change("msg_2", "orgmem_1"),
    { ...change("msg_4", "user_2"), after: { last_name: "Other" } },
  ]);
  const sync = {
    version: 1,
    event_at: AT,
    event_id: "msg_1",
    source: "webhook" as const,
    synced_at: AT,
    clerk_username: null,
  };
  await store.users.documents.insertMany([
    { ...EMPTY_USER, _id: "user_1", username: "a", last_name: PERSON, sync },
    { ...EMPTY_USER, _id: "user_2", username: "b", last_name: "Other", sync },
  ]);
  await store.drift.items.insertOne({
    _id: "user_1",
    collection: "users",
    place: null,
    kind: "edited",
    state: "open",
    fields: [{ field: "last_name", clerk: PERSON, mongodb: "x" }],
    cause: "edited-elsewhere",
    report_id: "r",
    first_seen_at: AT,
    seen_at: AT,
  });
  await store.quarantine.keep(["user_1", "user_2"].map((id) => ({
    _id: `refused_${id}`,
    at: AT,
    reason: "bad-signature",
    status: 400,
    headers: {},
    size_bytes: 1,
    body: JSON.stringify({ data: { id } }),
    sealed: new TextEncoder().encode(PERSON),
  })));
}

/** Names of the collections that still know the person. */
async function findPerson({ db }: Store): Promise<string[]> {
  const found: string[] = [];
  for (const { name } of await db.listCollections().toArray()) {
    for await (const document of db.collection(name).find()) {
      if (JSON.stringify(document).includes(PERSON)) found.push(name);
    }
  }
  return found;
}

Deno.test("erase-user takes a person out of every collection and leaves others", async () => {
  await using rollcall = await openRollcall();
  const { store, inngest } = rollcall.services;
  await fill(store);
  assertEquals((await findPerson(store)).length, 7);
  const ended = rollcall.ended("erase-user");
  await inngest.send({
    name: ERASE_REQUESTED,
    data: { user_id: "user_1", who: "ada" },
  });
  assertEquals((await ended).result, { values: 1, events: 3 });
  assertEquals(await findPerson(store), []);
  const tombstone = await store.users.tombstones.findOne({ _id: "user_1" });
  assert(tombstone?.event_id?.startsWith("erase:"));
  assertEquals(await store.webhookEvents.documents.countDocuments(), 4);
  const other = await store.webhookEvents.documents.findOne({ _id: "msg_4" });
  assertEquals(other?.payload, { id: "user_2", last_name: "Other" });
  assertEquals(await store.users.documents.countDocuments(), 1);
  assertEquals(await store.quarantine.documents.countDocuments(), 1);
  const [entry] = await store.auditLog.readNewest(1);
  assertEquals([entry?.action, entry?.who, entry?.subject, entry?.why], [
    "erase-user",
    "ada",
    "user_1",
    null,
  ]);
});

Deno.test("beginErasure() refuses a user that Clerk still has, and says so in the audit log", async () => {
  await using opened = await openTestStore();
  const { store } = opened;
  const refusal = await beginErasure({
    store,
    clock: { now: () => AT },
    feed: {} as LiveFeed,
    clerkApi: {
      getUser: () => Promise.resolve({ id: "user_1" }),
    } as unknown as NonNullable<Parameters<typeof beginErasure>[0]["clerkApi"]>,
  }, { userId: "user_1", who: "ada", runId: "run_1" });
  assertEquals(refusal, "Clerk still has this user");
  const [entry] = await store.auditLog.readNewest(1);
  assertEquals([entry?.subject, entry?.why], ["user_1", refusal]);
});

Deno.test("erasePayloads() goes through the record in portions and misses none", async () => {
  await using opened = await openTestStore();
  const { store } = opened;
  const ids = Array.from({ length: 7 }, (_, index) => `msg_${index}`);
  await store.webhookEvents.documents.insertMany(
    ids.map((id, index) =>
      event(id, index % 2 ? "user_2" : "user_1", { last_name: PERSON })
    ),
  );
  let after: string | null = null;
  const erased: number[] = [];
  do {
    const portion = await erasePayloads(store, "user_1", after, AT, 3);
    erased.push(portion.erased);
    after = portion.after;
  } while (after !== null);
  assertEquals(erased, [2, 1, 1]);
  assertEquals(
    await store.webhookEvents.documents.countDocuments({
      payload: { $ne: null },
    }),
    3,
  );
});
