/** What the service keeps of webhooks that it refuses or sets apart. */
import { assert, assertEquals } from "@std/assert";
import { MAX_QUARANTINED } from "../../../lib/store/quarantine.ts";
import { fingerprintSecret } from "../../../lib/clerk/verify_webhook.ts";
import { statusOf } from "../../support/status_of.ts";
import { startRollcall } from "../../support/rollcall_process.ts";

const FORGED = { secret: `whsec_${btoa("f".repeat(24))}` };

Deno.test("5,000 forged webhooks leave at most 1,000 redacted entries", async () => {
  await using rollcall = await startRollcall();
  const body =
    `{"type":"email.created","data":{"id":"ema_1","otp_code":"987654"}}`;
  for (let start = 0; start < 5_000; start += 100) {
    const statuses = await Promise.all(
      Array.from(
        { length: 100 },
        (_, index) =>
          statusOf(
            rollcall.send(body, { id: `msg_${start + index}`, ...FORGED }),
          ),
      ),
    );
    assertEquals(new Set(statuses), new Set([400]));
  }
  assertEquals(await rollcall.stop(), 0);
  await using after = await startRollcall(rollcall);
  const entries = await after.store.quarantine.readNewest(5_000);
  assert(entries.length > 0 && entries.length <= MAX_QUARANTINED);
  for (const entry of entries) {
    assertEquals(entry.reason, "bad-signature");
    assertEquals(entry.headers["svix-signature"], undefined);
    assertEquals(
      entry.body,
      `{"type":"email.created","data":{"id":"ema_1","otp_code":"…"}}`,
    );
  }
});

Deno.test("an event of another Clerk instance is recorded and changes nothing", async () => {
  await using rollcall = await startRollcall({
    env: { CLERK_INSTANCE_ID: "ins_ours" },
  });
  await using feed = await rollcall.listen();
  const { store } = rollcall;
  const envelope = (instance_id: string, type: string, id: string) =>
    JSON.stringify({ type, object: "event", instance_id, data: { id } });
  const sent: [string, string, string, string][] = [
    ["msg_ours", "ins_ours", "user.created", "user_ours"],
    ["msg_theirs", "ins_theirs", "user.created", "user_theirs"],
  ];
  for (const [eventId, instance, type, id] of sent) {
    const body = envelope(instance, type, id);
    assertEquals(await statusOf(rollcall.send(body, { id: eventId })), 202);
  }
  await feed.outcomes(sent.map(([eventId]) => eventId));
  const deletion = envelope("ins_theirs", "user.deleted", "user_ours");
  assertEquals(
    await statusOf(rollcall.send(deletion, { id: "msg_theirs_deleted" })),
    202,
  );
  await feed.recorded(["msg_theirs_deleted"]);
  await feed.outcomes(["msg_theirs_deleted"]);

  const users = await store.users.documents.find().toArray();
  assertEquals(users.map(({ _id }) => _id), ["user_ours"]);
  assertEquals(await store.users.tombstones.countDocuments(), 0);
  for (const _id of ["msg_theirs", "msg_theirs_deleted"]) {
    const record = await store.webhookEvents.documents.findOne({ _id });
    assertEquals(record?.state, "discarded");
    assertEquals(record?.reason, "other-instance");
    assertEquals(record?.instance_id, "ins_theirs");
  }
});

Deno.test("the use of each of several secrets is recorded", async () => {
  const old = `whsec_${btoa("o".repeat(24))}`;
  const next = `whsec_${btoa("n".repeat(24))}`;
  await using rollcall = await startRollcall({
    env: { CLERK_WEBHOOK_SIGNING_SECRET: `${next},${old}` },
  });
  await using feed = await rollcall.listen();
  const body = `{"type":"session.created","object":"event","data":{"id":"s"}}`;
  for (
    const [id, secret] of [["msg_1", old], ["msg_2", next], ["msg_3", next]]
  ) {
    assertEquals(
      await statusOf(rollcall.send(body, { id: id!, secret: secret! })),
      202,
    );
  }
  await feed.recorded(["msg_1", "msg_2", "msg_3"]);
  const uses = await rollcall.store.secretUse.readAll();
  assertEquals(
    new Map(uses.map(({ _id, count }) => [_id, count])),
    new Map([
      [await fingerprintSecret(next), 2],
      [await fingerprintSecret(old), 1],
    ]),
  );
});

Deno.test("a signed webhook that is no event is kept with its reason", async () => {
  await using rollcall = await startRollcall();
  const status = await statusOf(
    rollcall.send(`{"type":"user.created"}`, { id: "msg_shapeless" }),
  );
  assertEquals(status, 422);
  const accepted = `{"type":"moon.rose","object":"event","data":{"id":"m"}}`;
  assertEquals(await statusOf(rollcall.send(accepted, { id: "msg_ok" })), 202);
  assertEquals(await rollcall.stop(), 0);
  await using after = await startRollcall(rollcall);
  const entries = await after.store.quarantine.readNewest(10);
  assertEquals(
    entries.map(({ status, headers, body, size_bytes }) => ({
      status,
      id: headers["svix-id"],
      body,
      size_bytes,
    })),
    [{
      status: 422,
      id: "msg_shapeless",
      body: `{"type":"user.created"}`,
      size_bytes: 23,
    }],
  );
});
