/** From the record and Clerk to alerts that open and close by themselves. */
import { assertEquals, assertStringIncludes } from "@std/assert";
import { findUnseenChange } from "../../../functions/find_unseen_change.ts";
import { lookForAlerts } from "../../../functions/watch_alerts.ts";
import { recordCounts } from "../../../lib/store/count_reports.ts";
import { EMPTY_USER } from "../../../lib/sync/user_document.ts";
import {
  type AlertBed,
  arrive,
  MINUTE_MS,
  MONDAY_MS,
  openAlertBed,
  pass,
  readOpenKinds,
} from "./alert_bed.ts";

Deno.test("lookForAlerts() opens silence at the instant it becomes unusual, and closes it with the next event", async () => {
  await using bed = await openAlertBed();
  const { clock, store, deps } = bed;
  await pass(bed, 16 * MINUTE_MS);
  const early = await lookForAlerts(deps);
  assertEquals(await readOpenKinds(bed), []);
  // Ten gaps of two minutes.
  assertEquals(early.nextMs, MONDAY_MS + 20 * MINUTE_MS);
  await pass(bed, 4 * MINUTE_MS);
  await lookForAlerts(deps);
  assertEquals(await readOpenKinds(bed), ["silence"]);

  await arrive(store, "msg_again", clock.now());
  await pass(bed, 1_000);
  await lookForAlerts(deps);
  assertEquals(await readOpenKinds(bed), []);
  assertEquals(
    bed.heard.map((message) =>
      message.kind === "alerts-changed" && [message.opened, message.closed]
    ),
    [[["silence"], []], [[], ["silence"]]],
  );
});

Deno.test("lookForAlerts() does not ask what is usual while events arrive", async () => {
  await using bed = await openAlertBed();
  await pass(bed, 5 * MINUTE_MS);
  const look = await lookForAlerts(bed.deps);
  assertEquals(look.nextMs, MONDAY_MS + 15 * MINUTE_MS);
  assertEquals(await readOpenKinds(bed), []);
});

Deno.test("lookForAlerts() opens silence at once when Clerk has a change that nobody told of", async () => {
  await using bed = await openAlertBed();
  const { clock, clerk, deps, store } = bed;
  const { id } = await clerk.createUser({ first_name: "Ada" });
  const changedMs = clock.now().getTime();
  await pass(bed, MINUTE_MS);
  const look = await lookForAlerts(deps);
  assertEquals(await readOpenKinds(bed), []);
  assertEquals(look.nextMs, changedMs + 2 * MINUTE_MS);
  await pass(bed, MINUTE_MS);
  await lookForAlerts(deps);
  const [alert] = await store.alerts.readOpen();
  assertEquals(alert?.kind, "silence");
  assertStringIncludes(alert?.detail ?? "", "Clerk changed a user");

  await store.users.documents.insertOne({
    ...EMPTY_USER,
    _id: id,
    username: "ada",
    clerk_updated_at: new Date(changedMs),
    sync: {
      version: changedMs,
      event_at: null,
      event_id: null,
      source: "webhook",
      synced_at: clock.now(),
      clerk_username: null,
    },
  });
  await lookForAlerts(deps);
  assertEquals(await readOpenKinds(bed), []);
});

/** What the question to Clerk gives, by what is known here of its newest user. */
const UNSEEN: [
  string,
  (bed: AlertBed, id: string) => Promise<unknown>,
  "seen" | "unseen" | "unknown",
][] = [
  ["nothing", () => Promise.resolve(), "unseen"],
  [
    "a tombstone",
    ({ store, clock }, id) =>
      store.users.tombstones.insertOne({
        _id: id,
        deleted_at: clock.now(),
        event_id: "msg_deleted",
      }),
    "seen",
  ],
  [
    "an event that failed",
    ({ store, clock }, id) => arrive(store, "msg_bad", clock.now(), id),
    "seen",
  ],
  [
    "an event from before the change",
    ({ store, clock }, id) =>
      arrive(store, "msg_old", new Date(clock.now().getTime() - 1), id),
    "unseen",
  ],
  [
    "no answer of Clerk's",
    ({ clerk }) => Promise.resolve(clerk.faults.rates = { "status-500": 1 }),
    "unknown",
  ],
];

for (const [what, prepare, expected] of UNSEEN) {
  Deno.test(`findUnseenChange() finds the newest change ${expected}: ${what}`, async () => {
    await using bed = await openAlertBed();
    const { clerk, clock, deps } = bed;
    const changedAt = clock.now();
    const { id } = await clerk.createUser();
    await prepare(bed, id);
    const found = await findUnseenChange(deps, new Date(0));
    const outcomes = { unseen: changedAt, seen: null, unknown: undefined };
    assertEquals(found, outcomes[expected]);
  });
}

Deno.test("findUnseenChange() leaves alone what was changed before the first event", async () => {
  await using bed = await openAlertBed();
  await bed.clerk.createUser();
  const later = new Date(MONDAY_MS + 1);
  assertEquals(await findUnseenChange(bed.deps, later), null);
});

Deno.test("findUnseenChange() leaves alone what another instance changed", async () => {
  await using bed = await openAlertBed({ CLERK_INSTANCE_ID: "ins_elsewhere" });
  await bed.clerk.createUser();
  assertEquals(await findUnseenChange(bed.deps, new Date(0)), null);
});

Deno.test("lookForAlerts() opens an alert for dead letters and closes it once they are replayed", async () => {
  await using bed = await openAlertBed();
  const { store, clock, deps } = bed;
  await store.deadLetters.add({
    function_id: "rollcall-update-user-from-clerk",
    event_id: "msg_newest",
    event_name: "clerk/user.updated",
    subject: "user_1",
    run_id: "run_1",
    error: { name: "Error", message: "it broke" },
    failed_at: clock.now(),
  });
  await lookForAlerts(deps);
  assertEquals(await readOpenKinds(bed), ["dead-letters"]);
  await store.deadLetters.markReplayed(["msg_newest"], clock.now());
  for (let minute = 0; minute < 3; minute++) {
    await lookForAlerts(deps);
    await pass(bed, MINUTE_MS);
  }
  assertEquals(await readOpenKinds(bed), []);
});

Deno.test("lookForAlerts() opens an alert for late commits, from the record of freshness", async () => {
  await using bed = await openAlertBed();
  const { store, clock, deps } = bed;
  const settled_at = clock.now().getTime();
  await store.write([store.freshness.plan({
    receivedAt: [],
    settled: Array.from({ length: 30 }, () => ({
      outcome: "applied" as const,
      settled_at,
      lag_ms: 90_000,
    })),
  })]);
  await pass(bed, 1);
  await lookForAlerts(deps);
  assertEquals(await readOpenKinds(bed), ["lag"]);
  await pass(bed, 18 * MINUTE_MS);
  await arrive(store, "msg_later", clock.now());
  await lookForAlerts(deps);
  await pass(bed, 2 * MINUTE_MS);
  await lookForAlerts(deps);
  assertEquals(await readOpenKinds(bed), []);
});

Deno.test("lookForAlerts() leaves its heartbeat, and since when it goes on without a break", async () => {
  await using bed = await openAlertBed();
  const { store, clock, deps } = bed;
  await store.heartbeats.documents.deleteMany({});
  for (const minutes of [0, 5, 6]) {
    clock.advance(minutes * MINUTE_MS);
    await lookForAlerts(deps);
  }
  const beat = await store.heartbeats.read("watch-alerts");
  const minutesOf = (at: Date | undefined) =>
    ((at?.getTime() ?? NaN) - MONDAY_MS) / MINUTE_MS;
  assertEquals(
    [beat?.first_at, beat?.resumed_at, beat?.last_at].map(minutesOf),
    [0, 11, 11],
  );
});

Deno.test("lookForAlerts() counts no silence in which nobody listened", async () => {
  await using bed = await openAlertBed();
  const { clock, clerk, deps } = bed;
  await clerk.createUser();
  clock.advance(180 * MINUTE_MS);
  for (const minutes of [0, 1]) {
    clock.advance(minutes * MINUTE_MS);
    await lookForAlerts(deps);
    assertEquals(await readOpenKinds(bed), []);
  }
  clock.advance(MINUTE_MS);
  await lookForAlerts(deps);
  assertEquals(await readOpenKinds(bed), ["silence"]);
});

Deno.test("lookForAlerts() keeps silence open through a break in which nobody listened", async () => {
  await using bed = await openAlertBed();
  const { clock, store, deps } = bed;
  await pass(bed, 20 * MINUTE_MS);
  await lookForAlerts(deps);
  clock.advance(60 * MINUTE_MS);
  await lookForAlerts(deps);
  assertEquals(await readOpenKinds(bed), ["silence"]);
  await arrive(store, "msg_again", new Date(clock.now().getTime() + 1));
  clock.advance(2);
  await lookForAlerts(deps);
  assertEquals(await readOpenKinds(bed), []);
});

Deno.test("lookForAlerts() opens an alert when counts stay apart, and not before", async () => {
  await using bed = await openAlertBed();
  const { store, clock, deps } = bed;
  const countApart = async (clerk: number) => {
    await pass(bed, 10 * MINUTE_MS);
    await arrive(store, `msg_${clock.now().getTime()}`, clock.now());
    await recordCounts(store, `count_${clock.now().getTime()}`, {
      startedAt: clock.now(),
      finishedAt: clock.now(),
      counts: {
        users: { clerk, mongodb: 100 },
        organizations: null,
        memberships: { clerk: 7, mongodb: 7 },
      },
      fault: null,
      requests: 6,
    });
    await lookForAlerts(deps);
    return await readOpenKinds(bed);
  };
  const before = [103, 102, 103].map((clerk) => () => countApart(clerk));
  for (const count of before) assertEquals(await count(), []);
  assertEquals(await countApart(102), ["drift"]);
  const [alert] = await store.alerts.readOpen();
  assertStringIncludes(alert?.detail ?? "", "2 objects apart");
  await countApart(100);
  assertEquals(await countApart(100), []);
});
