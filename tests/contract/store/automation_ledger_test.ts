/** The ledger's single calls; crashes between them are in act_once_test.ts. */
import { assert, assertEquals, assertRejects } from "@std/assert";
import { MongoServerError } from "mongodb";
import type { Task } from "../../../lib/store/automation_ledger.ts";
import { openTestStore } from "../../support/test_store.ts";

const TASK: Task = {
  automation: "send-welcome-email",
  userId: "user_1",
  eventId: "msg_1",
};
const DONE = { id: "email_1", note: null };
const HOUR_MS = 60 * 60 * 1000;
const START_MS = Date.UTC(2026, 0, 1);

function at(hours: number): Date {
  return new Date(START_MS + hours * HOUR_MS);
}

async function claim(
  { automationLedger }: Awaited<ReturnType<typeof openTestStore>>["store"],
  now: Date,
  askedSince?: Date,
) {
  const claim = await automationLedger.claim(TASK, now, askedSince);
  assert(claim.kind === "claimed", claim.kind);
  return claim;
}

Deno.test("AutomationLedger.claim() claims until the work is done", async () => {
  await using test = await openTestStore();
  const { store, store: { automationLedger: ledger } } = test;
  const first = await claim(store, at(0));
  assertEquals([first.attempt, first.askedBefore], [1, undefined]);
  const second = await claim(store, at(1));
  assertEquals([second.attempt, second.askedBefore], [2, at(0)]);
  await ledger.settle(second, DONE, at(1));
  assertEquals(await ledger.claim(TASK, at(2), undefined), { kind: "done" });
  const entry = await ledger.read(TASK.automation, TASK.userId);
  assertEquals(entry, {
    _id: "send-welcome-email:user_1",
    automation: "send-welcome-email",
    user_id: "user_1",
    state: "done",
    reason: null,
    event_id: "msg_1",
    attempts: 2,
    asked_at: at(0),
    provider_id: "email_1",
    created_at: at(0),
    updated_at: at(1),
  });
});

Deno.test("AutomationLedger.claim() refuses once the provider has forgotten the first request", async () => {
  await using test = await openTestStore();
  const { store, store: { automationLedger: ledger } } = test;
  await claim(store, at(0));
  await claim(store, at(5), at(0));
  assertEquals(await ledger.claim(TASK, at(6), at(1)), { kind: "too-late" });
});

Deno.test("AutomationLedger.withdraw() forgets a refused request, and no other", async () => {
  await using test = await openTestStore();
  const { store, store: { automationLedger: ledger } } = test;
  const refused = await claim(store, at(0));
  await ledger.withdraw(refused);
  const heard = await claim(store, at(10), at(9));
  assertEquals(heard.askedBefore, undefined);

  const later = await claim(store, at(11), at(9));
  await ledger.withdraw(heard); // later's request may have been heard
  const next = await claim(store, at(12), at(9));
  assertEquals(next.askedBefore, at(10));
  await ledger.withdraw(next);
  await ledger.withdraw(later);
  const last = await claim(store, at(13), at(9));
  assertEquals(last.askedBefore, at(10));
});

Deno.test("AutomationLedger.skip() leaves a reason, unless something is done or under way", async () => {
  await using test = await openTestStore();
  const { store, store: { automationLedger: ledger } } = test;
  const read = async () => {
    const entry = await ledger.read(TASK.automation, TASK.userId);
    return [entry?.state, entry?.reason, entry?.attempts];
  };
  await ledger.skip(TASK, "no-primary-email", at(0));
  assertEquals(await read(), ["skipped", "no-primary-email", 0]);
  const claimed = await claim(store, at(1));
  await ledger.skip(TASK, "user-deleted", at(2));
  assertEquals(await read(), ["claimed", null, 1]);
  await ledger.settle(claimed, DONE, at(3));
  await ledger.skip(TASK, "user-deleted", at(4));
  assertEquals(await read(), ["done", null, 1]);
});

Deno.test("AutomationLedger.fail() marks what is under way, which may be claimed again", async () => {
  await using test = await openTestStore();
  const { store, store: { automationLedger: ledger } } = test;
  const claimed = await claim(store, at(0));
  await ledger.fail([claimed.key, "none"], "it broke", at(1));
  const entry = await ledger.read(TASK.automation, TASK.userId);
  assertEquals([entry?.state, entry?.reason], ["failed", "it broke"]);
  const again = await claim(store, at(2));
  await ledger.settle(again, DONE, at(2));
  await ledger.fail([again.key], "late", at(3));
  assertEquals(
    (await ledger.read(TASK.automation, TASK.userId))?.state,
    "done",
  );
});

Deno.test("automation_ledger is unique on automation and user", async () => {
  await using test = await openTestStore();
  const { store: { automationLedger: ledger } } = test;
  await ledger.skip(TASK, "no-primary-email", at(0));
  const entry = await ledger.read(TASK.automation, TASK.userId);
  assert(entry !== null);
  await assertRejects(
    () => ledger.documents.insertOne({ ...entry, _id: "other" }),
    MongoServerError,
    "duplicate key",
  );
});
