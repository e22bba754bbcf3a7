/** What an event costs in calls to the database, on the real store. */
import { assertEquals } from "@std/assert";
import { type CommandStartedEvent, MongoClient } from "mongodb";
import { deleteUser } from "../../../functions/delete_user_with_clerk.ts";
import { receiveEvent } from "../../../functions/received_event.ts";
import { recordBatch } from "../../../functions/record_event.ts";
import { writeUser } from "../../../functions/write_user.ts";
import { systemClock } from "../../../lib/clock.ts";
import { EVENT_SETTLED, type EventSettled } from "../../../lib/events.ts";
import { createLiveFeed } from "../../../lib/live_feed.ts";
import { createStore } from "../../../lib/store/store.ts";
import { steppedDb } from "../../support/stepped_db.ts";
import { openTestStore } from "../../support/test_store.ts";

function user(type: string, updatedAt: number, data: object = {}) {
  return receiveEvent({
    id: `msg_${updatedAt}`,
    name: `clerk/user.${type}`,
    data: { id: "user_1", updated_at: updatedAt, ...data },
  });
}

Deno.test("one user event costs at most three calls to the database", async (t) => {
  await using test = await openTestStore();
  let calls = 0;
  const store = createStore(
    steppedDb(test.db, (call) => {
      calls++;
      return call();
    }),
    () => Promise.resolve(),
  );
  const deps = {
    store: { ...store, ensureIndexes: () => Promise.resolve() },
    clock: systemClock,
  };
  const write = (event: ReturnType<typeof user>) => writeUser(deps, event);
  const crowd = Array.from({ length: 40 }, (_, index) =>
    receiveEvent({
      name: "clerk/user.created",
      data: { id: `user_crowd_${index}`, updated_at: 1 },
    }));
  const cases: [string, () => Promise<{ kind: string }>, string, number][] = [
    ["a new user", () => write(user("created", 1)), "applied", 3],
    [
      "a change",
      () => write(user("updated", 2, { first_name: "Ada" })),
      "applied",
      2,
    ],
    ["an older state", () => write(user("updated", 1)), "discarded", 1],
    [
      "a delete",
      () => deleteUser(deps, user("deleted", 3)),
      "applied",
      3,
    ],
    [
      "40 new users at once",
      async () =>
        (await Promise.all(crowd.map(write))).find(({ kind }) =>
          kind !== "applied"
        ) ?? { kind: "applied" },
      "applied",
      3,
    ],
    ["a deleted user", () => write(user("updated", 4)), "discarded", 1],
  ];
  for (const [name, act, kind, expected] of cases) {
    await t.step(`${name}: ${expected}`, async () => {
      calls = 0;
      assertEquals((await act()).kind, kind);
      assertEquals(calls, expected);
    });
  }
});

/** A store, and every command that its driver really sends. */
async function openWatchedStore() {
  const sent: string[] = [];
  let isWatched = false;
  const test = await openTestStore(
    ":memory:",
    (uri) =>
      new MongoClient(uri, { monitorCommands: true }).on(
        "commandStarted",
        ({ commandName }: CommandStartedEvent) => {
          if (isWatched) sent.push(commandName);
        },
      ),
  );
  isWatched = true; // the indexes are made by now
  return { ...test, sent };
}

function arrivalOf(index: number) {
  return {
    name: "clerk/user.updated",
    data: {
      id: `user_${index}`,
      _webhook: {
        id: `msg_${index}`,
        timestamp: 1,
        instance_id: null,
        secret: "aaaaaaaa",
      },
    },
  };
}

function outcomeOf(index: number, outcome: "applied" | "discarded") {
  const change = {
    collection: "users" as const,
    id: `user_${index}`,
    kind: "insert" as const,
    before: null,
    after: {},
  };
  const isApplied = outcome === "applied";
  const settled: EventSettled = {
    event_id: `msg_${index}`,
    type: "user.updated",
    outcome,
    reason: isApplied ? null : "stale",
    settled_at: 2,
    lag_ms: 1,
    changes: isApplied ? [change] : [],
    source: "webhook",
  };
  return { name: EVENT_SETTLED, data: settled };
}

Deno.test("record-event writes a batch of 100 in one call", async (t) => {
  await using watched = await openWatchedStore();
  const { store, sent } = watched;
  using feed = createLiveFeed(store.db.databaseName);
  const deps = { store, feed, clock: systemClock };
  const all = Array.from({ length: 100 }, (_, index) => index);
  const cases = [
    {
      name: "arrivals",
      events: all.map(arrivalOf),
    },
    {
      name: "outcomes",
      events: all.map((index) =>
        outcomeOf(index, index % 2 === 0 ? "applied" : "discarded")
      ),
    },
    {
      name: "both",
      events: all.map((index) =>
        index % 2 === 0 ? arrivalOf(index) : outcomeOf(index, "applied")
      ),
    },
  ];
  for (const { name, events } of cases) {
    await t.step(name, async () => {
      sent.length = 0;
      await recordBatch(deps, events);
      assertEquals(sent, ["bulkWrite"]);
    });
  }
  await t.step("and all of it is there", async () => {
    const applied = { state: "applied", lag_ms: 1 } as const;
    assertEquals(
      await store.webhookEvents.documents.countDocuments(applied),
      100,
    );
    assertEquals(await store.changes.documents.countDocuments(), 100);
    assertEquals((await store.secretUse.readAll())[0]?.count, 150);
    assertEquals(await store.freshness.documents.countDocuments(), 2);
  });
});
