/**
 * Clerk's own "Inngest" transformation template: Clerk sends to Inngest itself,
 * so that events have no svix-id, no Clerk timestamp and no signature.
 */
import { assertEquals } from "@std/assert";
import {
  type OpenRollcall,
  openRollcall,
} from "../../support/open_rollcall.ts";

const ID = "user_template";
const CREATED_MS = 1_772_442_000_000;

interface Sent {
  readonly name: string;
  readonly data: Record<string, unknown>;
}

function state(updatedAt: number, firstName: string): Sent {
  const name = updatedAt === CREATED_MS ? "created" : "updated";
  return {
    name: `clerk/user.${name}`,
    data: { id: ID, first_name: firstName, updated_at: updatedAt },
  };
}

const DELETED: Sent = {
  name: "clerk/user.deleted",
  data: { id: ID, object: "user", deleted: true },
};

/** Sends events one after another, each when the one before is recorded. */
async function sendAll(
  rollcall: OpenRollcall,
  events: readonly Sent[],
): Promise<string[]> {
  const { store, inngest } = rollcall.services;
  const reasons: string[] = [];
  for (const event of events) {
    const recorded = rollcall.nextOutcome();
    await inngest.send({ ...event });
    const record = await store.webhookEvents.documents.findOne({
      _id: await recorded,
    });
    assertEquals(record?.road, "template");
    reasons.push(record?.reason ?? record?.state ?? "no record");
  }
  return reasons;
}

Deno.test("the template's events go the same way, the newest updated_at wins", async () => {
  await using rollcall = await openRollcall();
  const outcomes = await sendAll(rollcall, [
    state(CREATED_MS, "Ada"),
    state(CREATED_MS + 2, "Newest"),
    state(CREATED_MS + 1, "Late"),
  ]);
  assertEquals(outcomes, ["applied", "applied", "stale"]);
  const user = await rollcall.services.store.users.documents.findOne({
    _id: ID,
  });
  assertEquals(user?.first_name, "Newest");
  assertEquals(user?.sync.source, "template");
  assertEquals(user?.sync.event_id, null);
});

Deno.test("a delete by the template is final, at its time of arrival", async () => {
  await using rollcall = await openRollcall();
  const { store, clock } = rollcall.services;
  const beforeMs = clock.now().getTime();
  const outcomes = await sendAll(rollcall, [
    state(CREATED_MS, "Ada"),
    DELETED,
    state(CREATED_MS + 5, "Back again"),
    DELETED,
  ]);
  assertEquals(outcomes, ["applied", "applied", "tombstoned", "tombstoned"]);
  assertEquals(await store.users.documents.findOne({ _id: ID }), null);
  const tombstone = await store.users.tombstones.findOne({ _id: ID });
  const deletedMs = tombstone?.deleted_at.getTime() ?? 0;
  assertEquals(
    deletedMs >= beforeMs && deletedMs <= clock.now().getTime(),
    true,
  );
});

Deno.test("a signed webhook wins over the template's event of the same state", async () => {
  await using rollcall = await openRollcall();
  const signed = state(CREATED_MS, "Ada");
  const recorded = rollcall.outcomes(["msg_signed"]);
  await rollcall.services.inngest.send({
    id: "msg_signed",
    ...signed,
    data: {
      ...signed.data,
      _webhook: {
        id: "msg_signed",
        timestamp: CREATED_MS + 50,
        instance_id: "ins_1",
      },
    },
  });
  await recorded;
  const outcomes = await sendAll(rollcall, [state(CREATED_MS, "Ada")]);
  assertEquals(outcomes, ["duplicate"]);
  const user = await rollcall.services.store.users.documents.findOne({
    _id: ID,
  });
  assertEquals(user?.sync.event_id, "msg_signed");
});
