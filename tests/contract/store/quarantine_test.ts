/** Refused webhooks on the real store: bounded, redacted and never in the way. */
import { assert, assertEquals } from "@std/assert";
import { MAX_QUARANTINED } from "../../../lib/store/quarantine.ts";
import { createQuarantineQueue } from "../../../lib/store/quarantine_queue.ts";
import { openTestStore, type TestStore } from "../../support/test_store.ts";

const START_MS = Date.UTC(2026, 0, 1);

function makeQueue(
  { store }: TestStore,
  limits: { maxWaiting?: number; maxPerMinute?: number } = {},
) {
  let nowMs = START_MS;
  const queue = createQuarantineQueue({
    store,
    clock: { now: () => new Date(nowMs++) },
    redact: (body) => `redacted ${body}`,
    seal: () => Promise.resolve(null),
    ...limits,
  });
  return queue;
}

function refused(index: number, body = "{}") {
  return {
    reason: "bad-signature",
    status: 400,
    headers: new Headers({
      "svix-id": `msg_${index}`,
      "svix-signature": "v1,c2VjcmV0",
      authorization: "Bearer secret",
      cookie: "session=secret",
    }),
    body,
  };
}

Deno.test("Quarantine keeps the newest 1,000 of 5,000", async () => {
  await using test = await openTestStore();
  await using queue = makeQueue(test, { maxPerMinute: 10_000 });
  for (let index = 0; index < 5_000; index++) {
    queue.add(refused(index));
    if (index % 100 === 99) await queue.idle();
  }
  const { documents } = test.store.quarantine;
  assertEquals(await documents.countDocuments(), MAX_QUARANTINED);
  const [newest] = await test.store.quarantine.readNewest(1);
  assertEquals(newest?.headers["svix-id"], "msg_4999");
  const oldest = await documents.find().sort({ at: 1 }).limit(1).next();
  assertEquals(oldest?.headers["svix-id"], "msg_4000");
});

Deno.test("Quarantine has an index that lets entries go after 7 days", async () => {
  await using test = await openTestStore();
  const indexes = await test.store.quarantine.documents.indexes();
  assert(
    indexes.some(({ key, expireAfterSeconds }) =>
      key.at === 1 && expireAfterSeconds === 604_800
    ),
  );
});

Deno.test("createQuarantineQueue() keeps who sent what, but no secret", async () => {
  await using test = await openTestStore();
  await using queue = makeQueue(test);
  queue.add(refused(1, "é".repeat(4_000)));
  await queue.idle();
  const [entry] = await test.store.quarantine.readNewest(1);
  assertEquals(entry?.reason, "bad-signature");
  assertEquals(entry?.status, 400);
  assertEquals(entry?.headers, { "svix-id": "msg_1" });
  assertEquals(entry?.size_bytes, 8_000);
  assertEquals(entry?.body, `redacted ${"é".repeat(2_048)}`);
});

Deno.test("createQuarantineQueue() drops what comes faster than it writes", async () => {
  await using test = await openTestStore();
  await using queue = makeQueue(test, { maxWaiting: 10 });
  for (let index = 0; index < 50; index++) queue.add(refused(index));
  await queue.idle();
  assertEquals(await test.store.quarantine.documents.countDocuments(), 10);
});

Deno.test("createQuarantineQueue() drops what exceeds the minute's share", async () => {
  await using test = await openTestStore();
  await using queue = makeQueue(test, { maxPerMinute: 7 });
  for (let index = 0; index < 50; index++) {
    queue.add(refused(index));
    await queue.idle();
  }
  assertEquals(await test.store.quarantine.documents.countDocuments(), 7);
});

Deno.test("createQuarantineQueue() goes on after the store has failed", async () => {
  await using test = await openTestStore();
  let isBroken = true;
  await using queue = createQuarantineQueue({
    store: {
      quarantine: test.store.quarantine,
      ensureIndexes: () =>
        isBroken ? Promise.reject(new Error("down")) : Promise.resolve(),
    },
    clock: { now: () => new Date(START_MS) },
    redact: (body) => body,
    seal: () => Promise.resolve(null),
  });
  queue.add(refused(1));
  await queue.idle();
  isBroken = false;
  queue.add(refused(2));
  await queue.idle();
  const kept = await test.store.quarantine.readNewest(10);
  assertEquals(kept.map((entry) => entry.headers["svix-id"]), ["msg_2"]);
});
