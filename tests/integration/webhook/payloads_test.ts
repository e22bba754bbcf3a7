/** A signed webhook in, a document out: every payload of tests/fixtures/clerk. */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import type { ReceivedEvent } from "../../../lib/store/webhook_events.ts";
import {
  CLERK_PAYLOADS,
  type ClerkPayload,
} from "../../support/clerk_payloads.ts";
import {
  type RollcallProcess,
  startRollcall,
} from "../../support/rollcall_process.ts";

const SYNCED = /^(user|organization|organizationMembership)\./;

/** A payload as it is sent. */
interface Sent extends ClerkPayload {
  readonly body: string;
  readonly eventId: string;
  /** Clerk's id of what it is about. */
  readonly id: string;
}

/** The payload about an object of its own, so that no fixture meets another. */
function aboutItsOwn(payload: ClerkPayload, index: number): Sent {
  const { data } = JSON.parse(payload.text);
  const id = `${data.id}_${index}`;
  const body = payload.text.replaceAll(String(data.id), id);
  return { ...payload, id, body, eventId: `msg_${index}` };
}

function asItIs(payload: ClerkPayload, index: number): Sent {
  const { data } = JSON.parse(payload.text);
  return {
    ...payload,
    id: data.id,
    body: payload.text,
    eventId: `msg_${index}`,
  };
}

/** Sends payloads one after another, and waits until all is done. */
async function sendAll(
  rollcall: RollcallProcess,
  payloads: readonly Sent[],
): Promise<void> {
  await using feed = await rollcall.listen();
  for (const { body, eventId, file } of payloads) {
    const response = await rollcall.send(body, { id: eventId });
    await response.body?.cancel();
    assertEquals(response.status, 202, file);
  }
  const synced = payloads.filter(({ type }) => SYNCED.test(type));
  await feed.recorded(payloads.map(({ eventId }) => eventId));
  await feed.outcomes(synced.map(({ eventId }) => eventId));
}

Deno.test("the whole path takes every kind of event that Clerk sends", async (t) => {
  await using rollcall = await startRollcall();
  const sent = CLERK_PAYLOADS.map(aboutItsOwn);
  await sendAll(rollcall, sent);
  for (const payload of sent) {
    await t.step(payload.file, async () => {
      await assertRecord(rollcall, payload);
      await assertDocument(rollcall, payload);
    });
  }
  await t.step("and counts how fresh MongoDB became", async () => {
    await assertFreshness(rollcall);
  });
});

async function assertRecord(
  { store }: RollcallProcess,
  { eventId, type, id, body, file }: Sent,
): Promise<void> {
  const record = await store.webhookEvents.documents.findOne({ _id: eventId });
  const expected: Partial<ReceivedEvent> = {
    type,
    subject: id,
    road: "webhook",
    event_at: new Date(JSON.parse(body).timestamp),
    instance_id: JSON.parse(body).instance_id,
  };
  assertEquals({ ...record, ...expected }, record);
  assertEquals(record?.state, SYNCED.test(type) ? "applied" : "received", file);
  const payload = JSON.stringify(record?.payload);
  assert(!/__clerk_ticket|otp_code/.test(payload), file);
  assertEquals(/^(email|sms)\./.test(type) && /000000/.test(payload), false);
}

async function assertDocument(
  { store }: RollcallProcess,
  { type, id: _id, eventId, body, expect }: Sent,
): Promise<void> {
  const { data } = JSON.parse(body);
  if (type.endsWith(".deleted") && SYNCED.test(type)) {
    const tombstone = await store.users.tombstones.findOne({ _id });
    assertEquals(tombstone?.event_id, eventId);
    assertEquals(await store.users.documents.findOne({ _id }), null);
    assertEquals(await store.organizations.documents.findOne({ _id }), null);
  } else if (type.startsWith("user.")) {
    const user = await store.users.documents.findOne({ _id });
    assertEquals({
      primaryEmail: user?.email,
      primaryEmailVerified: user?.email_verified,
      updatedAt: user?.clerk_updated_at?.getTime(),
      banned: user?.banned,
      locked: user?.locked,
      emails: data.email_addresses.length,
    }, expect);
    assertEquals(user?.first_name, data.first_name ?? null);
    assertEquals(user?.last_name, data.last_name ?? null);
    assertEquals(user?.external_id, data.external_id ?? null);
    assertEquals(user?.public_metadata, data.public_metadata ?? null);
    assert(typeof user?.username === "string" && user.username !== "");
  } else if (type.startsWith("organization.")) {
    const found = await store.organizations.documents.findOne({ _id });
    assertEquals(found?.name, data.name);
    assertEquals(found?.slug, data.slug);
    assertEquals(found?.public_metadata, data.public_metadata);
    assertEquals(found?.clerk_updated_at?.getTime(), data.updated_at);
  } else if (type.startsWith("organizationMembership.")) {
    const found = await store.memberships.documents.findOne({ _id });
    assertEquals(found?.role, data.role);
    assertEquals(found?.permissions, data.permissions);
    assertEquals(found?.organization_id, data.organization.id);
    assertEquals(found?.user_id, data.public_user_data.user_id);
  }
}

async function assertFreshness(
  { store, origin }: RollcallProcess,
): Promise<void> {
  const nowMs = Date.now();
  const { count } = await store.freshness.readLags(
    new Date(nowMs - 600_000),
    new Date(nowMs + 600_000),
  );
  const committed = await store.webhookEvents.documents
    .countDocuments({ state: "applied", lag_ms: { $ne: null } });
  assert(count > 0);
  assertEquals(count, committed);
  const busy = await store.freshness.readBusyHours(
    new Date(nowMs - 3_600_000),
    new Date(nowMs),
  );
  assert(busy.some(({ busySlots }) => busySlots > 0));
  const metrics = await (await fetch(`${origin}/metrics`)).text();
  for (
    const series of [
      'rollcall_freshness_seconds{quantile="0.99"}',
      'rollcall_alerts_open{kind="silence"} 0',
      'rollcall_last_timestamp_seconds{what="event"}',
    ]
  ) assertStringIncludes(metrics, series);
}

/** The newest word on each user: `updated_at` first, then the timestamp. */
function newestUsers(payloads: readonly Sent[]): Map<string, Sent> {
  const newest = new Map<string, Sent>();
  const place = ({ body }: Sent) => {
    const { data, timestamp } = JSON.parse(body);
    return [data.updated_at, timestamp];
  };
  for (const payload of payloads.filter(({ expect }) => expect)) {
    const [updatedAt, timestamp] = place(payload);
    const other = newest.get(payload.id);
    const [otherUpdatedAt, otherTimestamp] = other ? place(other) : [-1, -1];
    const isNewer = updatedAt > otherUpdatedAt ||
      updatedAt === otherUpdatedAt && timestamp > otherTimestamp;
    if (isNewer) newest.set(payload.id, payload);
  }
  return newest;
}

for (const order of ["Clerk's", "the reverse"]) {
  Deno.test(`the whole path ends in the newest state of each fixture's user in ${order} order`, async () => {
    await using rollcall = await startRollcall();
    const { store } = rollcall;
    const all = CLERK_PAYLOADS.map(asItIs);
    if (order === "the reverse") all.reverse();
    const deletions = all.filter(({ type }) => type === "user.deleted");
    const states = all.filter(({ type }) => !type.endsWith(".deleted"));
    await sendAll(rollcall, states);
    const newest = newestUsers(states);
    const users = await store.users.documents.find().toArray();
    assertEquals(
      new Map(users.map(({ _id, sync }) => [_id, sync.event_id])),
      new Map([...newest].map(([id, { eventId }]) => [id, eventId])),
    );
    for (const user of users) {
      const { expect } = newest.get(user._id) ?? {};
      assertEquals(user.email, expect?.primaryEmail);
      assertEquals(user.banned, expect?.banned);
    }

    await sendAll(rollcall, deletions);
    const again = states.map((payload) => ({
      ...payload,
      eventId: `${payload.eventId}_again`,
    }));
    await sendAll(rollcall, again);
    const gone = new Set(deletions.map(({ id }) => id));
    assertEquals(
      new Set(await store.users.documents.distinct("_id")),
      new Set([...newest.keys()]).difference(gone),
    );
  });
}
