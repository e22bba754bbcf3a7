/** Recorded events sent again, through the embedded engine to the document. */
import { assert, assertEquals } from "@std/assert";
import {
  replayEvents,
  replayPortion,
} from "../../../functions/replay_events.ts";
import { REPLAY_REQUESTED } from "../../../lib/requests.ts";
import type { Services } from "../../../lib/services.ts";
import type { JobDocument } from "../../../lib/store/jobs.ts";
import type { WebhookEventDocument } from "../../../lib/store/webhook_events.ts";
import { hearLetters } from "../../support/hear_letters.ts";
import { openRollcall } from "../../support/open_rollcall.ts";

const START_MS = Date.UTC(2026, 0, 1);
const TERMS = { mode: "data", actor: "tester", perSecond: 1000 } as const;

/** The record of a `user.created` whose function failed. */
function failedEvent(
  index: number,
  fields: Partial<WebhookEventDocument> = {},
): WebhookEventDocument {
  const at = new Date(START_MS + index);
  const id = `user_${index}`;
  return {
    _id: `msg_${String(index).padStart(4, "0")}`,
    type: "user.created",
    subject: id,
    state: "failed",
    reason: "it broke",
    received_at: at,
    event_at: at,
    instance_id: "ins_1",
    secret: "aaaaaaaa",
    road: "webhook",
    payload: { id, first_name: `Name ${index}`, updated_at: at.getTime() },
    settled_at: at,
    lag_ms: null,
    redelivered_at: null,
    ...fields,
  };
}

async function keepDeadLetter(
  { store }: Services,
  event: WebhookEventDocument,
  functionId = "sync-user-from-clerk",
): Promise<void> {
  await store.deadLetters.add({
    function_id: `rollcall-${functionId}`,
    event_id: event._id,
    event_name: `clerk/${event.type}`,
    subject: event.subject,
    run_id: "run_1",
    error: { name: "Error", message: "it broke" },
    failed_at: event.received_at,
  });
}

async function request(
  { sender }: Services,
  id: string,
  data: Record<string, unknown>,
): Promise<void> {
  await sender.send({ id, name: REPLAY_REQUESTED, data });
}

function progressOf(job: JobDocument | null) {
  return job && { state: job.state, total: job.total, done: job.done };
}

Deno.test("replay-events brings in the failed events of a filter, and no other", async () => {
  await using rollcall = await openRollcall();
  const { services: { store }, services } = rollcall;
  const failed = failedEvent(1);
  const other = failedEvent(2, { state: "received" });
  await store.webhookEvents.documents.insertMany([failed, other]);
  await keepDeadLetter(services, failed);
  const outcomes = rollcall.outcomes([failed._id]);
  await request(services, "job_1", { filter: { state: "failed" }, ...TERMS });
  await rollcall.ended("replay-events");
  await outcomes;

  const users = await store.users.documents.find().toArray();
  assertEquals(
    users.map((user) => [user._id, user.first_name, user.sync.source]),
    [["user_1", "Name 1", "replay"]],
  );
  assertEquals(users[0]?.sync.event_id, failed._id);
  const record = await store.webhookEvents.documents.findOne({
    _id: failed._id,
  });
  assertEquals(record?.state, "applied");
  assertEquals(record?.received_at, failed.received_at);
  assertEquals(record?.lag_ms, null);
  const letter = await store.deadLetters.documents.findOne();
  assert(letter?.replayed_at instanceof Date);
  const job = await store.jobs.read("job_1");
  assertEquals(progressOf(job), { state: "done", total: 1, done: 1 });
  assertEquals(job?.actor, "tester");
  assertEquals(await store.secretUse.readAll(), []);
  assertEquals(await store.webhookEvents.documents.countDocuments(), 2);
});

Deno.test("replay-events sends a large set a hundred a step", async () => {
  await using rollcall = await openRollcall();
  const { services: { store }, services } = rollcall;
  const events = Array.from({ length: 250 }, (_, index) => failedEvent(index));
  await store.webhookEvents.documents.insertMany(events);
  const outcomes = rollcall.outcomes(events.map(({ _id }) => _id));
  await request(services, "job_1", { filter: {}, ...TERMS });
  const { result } = await rollcall.ended("replay-events");
  await outcomes;
  assertEquals(result, { jobId: "job_1", state: "done", done: 250 });
  assertEquals(await store.users.documents.countDocuments(), 250);
  assertEquals(progressOf(await store.jobs.read("job_1")), {
    state: "done",
    total: 250,
    done: 250,
  });
});

Deno.test("replay-events lets nothing old overwrite what is newer", async () => {
  await using rollcall = await openRollcall();
  const { services: { store }, services } = rollcall;
  const newer = failedEvent(9);
  const older = failedEvent(3, {
    state: "applied",
    subject: "user_9",
    payload: { id: "user_9", first_name: "Old", updated_at: START_MS },
  });
  await store.webhookEvents.documents.insertMany([newer, older]);
  const first = rollcall.outcomes([newer._id]);
  await request(services, "job_1", { eventIds: [newer._id], ...TERMS });
  await first;
  const second = rollcall.outcomes([older._id]);
  await request(services, "job_2", { eventIds: [older._id], ...TERMS });
  await second;

  const user = await store.users.documents.findOne({ _id: "user_9" });
  assertEquals(user?.first_name, "Name 9");
  const record = await store.webhookEvents.documents.findOne({
    _id: older._id,
  });
  assertEquals(record?.state, "applied");
  assert(record?.redelivered_at instanceof Date);
});

Deno.test("replay-events leaves a dead letter open when the event fails again", async () => {
  await using rollcall = await openRollcall();
  const { services: { store }, services } = rollcall;
  const broken = failedEvent(1, { payload: { id: "user_1", banned: "no" } });
  await store.webhookEvents.documents.insertOne(broken);
  await keepDeadLetter(services, broken);
  const outcomes = rollcall.outcomes([broken._id]);
  await request(services, "job_1", { eventIds: [broken._id], ...TERMS });
  const { error } = await rollcall.ended("sync-user-from-clerk");
  assert(error !== undefined);
  await outcomes;
  const letters = await store.deadLetters.documents.find().toArray();
  assertEquals(
    letters.map(({ event_id, failures, replayed_at }) => ({
      event_id,
      failures,
      replayed_at,
    })),
    [{ event_id: broken._id, failures: 2, replayed_at: null }],
  );
});

Deno.test("replay-events closes the dead letter of an automation only when the automation runs", async () => {
  await using rollcall = await openRollcall();
  const { services: { store }, services } = rollcall;
  const event = failedEvent(1);
  await store.webhookEvents.documents.insertOne(event);
  await keepDeadLetter(services, event, "create-trial");
  const isOpen = async () =>
    (await store.deadLetters.documents.findOne())?.replayed_at === null;
  const order = { eventIds: [event._id], ...TERMS };
  await request(services, "job_1", order);
  await rollcall.ended("replay-events");
  assertEquals(await isOpen(), true);
  await request(services, "job_2", { ...order, mode: "full" });
  await rollcall.ended("replay-events");
  assertEquals(await isOpen(), false);
});

Deno.test("replay-events sends nothing for a paused job, and goes on when it is resumed", async () => {
  await using rollcall = await openRollcall();
  const { services: { store, clock }, services } = rollcall;
  const events = [failedEvent(1), failedEvent(2)];
  await store.webhookEvents.documents.insertMany(events);
  const order = { eventIds: events.map(({ _id }) => _id), ...TERMS };
  await store.jobs.start({
    _id: "job_1",
    kind: "replay",
    total: 2,
    request: order,
    actor: "tester",
    started_at: clock.now(),
  });
  assert(await store.jobs.pause("job_1", clock.now()));
  await request(services, "job_1", order);
  const paused = await rollcall.ended("replay-events");
  assertEquals(paused.result, { jobId: "job_1", state: "paused", done: 0 });
  assertEquals(await store.users.documents.countDocuments(), 0);

  const outcomes = rollcall.outcomes(order.eventIds);
  assert(await store.jobs.resume("job_1", clock.now()));
  await request(services, "job_1_resumed", { resume: "job_1" });
  const resumed = await rollcall.ended("replay-events");
  assertEquals(resumed.result, { jobId: "job_1", state: "done", done: 2 });
  await outcomes;
  assertEquals(await store.users.documents.countDocuments(), 2);
});

Deno.test("replayPortion() stops between portions when the job is cancelled", async () => {
  await using rollcall = await openRollcall();
  const { services: { store, clock }, services } = rollcall;
  const events = Array.from({ length: 150 }, (_, index) => failedEvent(index));
  await store.webhookEvents.documents.insertMany(events);
  await store.jobs.start({
    _id: "job_1",
    kind: "replay",
    total: 150,
    request: { filter: {}, ...TERMS },
    actor: "tester",
    started_at: clock.now(),
  });
  const first = await replayPortion(services, "job_1");
  assertEquals([first.state, first.done], ["running", 100]);
  assert(await store.jobs.cancel("job_1", clock.now()));
  const second = await replayPortion(services, "job_1");
  assertEquals([second.state, second.done], ["cancelled", 100]);
  assertEquals(await store.jobs.resume("job_1", clock.now()), false);
  assertEquals((await store.jobs.read("job_1"))?.checkpoint, "msg_0099");
});

Deno.test("replay-events refuses a request without ids and filter, and keeps a dead letter of it", async () => {
  let kept: Promise<void> | undefined;
  await using rollcall = await openRollcall({}, {
    createFunctions: (deps) => {
      const letters = hearLetters(deps, 1);
      kept = letters.kept;
      return [replayEvents(letters.deps)];
    },
  });
  const { store } = rollcall.services;
  await request(rollcall.services, "job_1", { mode: "data", actor: "tester" });
  const { error } = await rollcall.ended("replay-events");
  assert(error !== undefined);
  await kept;
  assertEquals(await store.jobs.read("job_1"), null);
  const letter = await store.deadLetters.documents.findOne();
  assertEquals(letter?.event_id, "job_1");
  assertEquals(letter?.event_name, REPLAY_REQUESTED);
});
