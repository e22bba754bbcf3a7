/** The lasting record of events on the real store, whatever comes first. */
import { assertEquals } from "@std/assert";
import fc from "fast-check";
import type { EventSettled } from "../../../lib/events.ts";
import { erasePayloads } from "../../../lib/store/erasure.ts";
import type {
  ReceivedEvent,
  WebhookEventDocument,
} from "../../../lib/store/webhook_events.ts";
import { openTestStore, type TestStore } from "../../support/test_store.ts";

const ID = "msg_1";
const at = (second: number) => new Date(Date.UTC(2026, 0, 1, 0, 0, second));

function arrival(second: number): ReceivedEvent {
  return {
    _id: ID,
    type: "user.updated",
    subject: "user_1",
    received_at: at(second),
    event_at: at(0),
    instance_id: "ins_1",
    secret: "aaaaaaaa",
    road: "webhook",
    payload: { id: "user_1" },
  };
}

function word(
  second: number,
  outcome: EventSettled["outcome"],
  reason: string | null = null,
  changes: Partial<EventSettled> = {},
): EventSettled {
  return {
    event_id: ID,
    type: "user.updated",
    outcome,
    reason,
    settled_at: at(second).getTime(),
    lag_ms: second * 1000,
    changes: [],
    source: "webhook",
    run_id: `run_${second}`,
    ...changes,
  };
}

/** What happens to the record, one call after another. */
type Call = { received: ReceivedEvent } | { settled: EventSettled };

async function recordAll(
  { store: { webhookEvents, write } }: TestStore,
  calls: readonly Call[],
): Promise<WebhookEventDocument | null> {
  await webhookEvents.documents.deleteMany({});
  for (const call of calls) {
    await write([webhookEvents.plan({
      received: "received" in call ? [call.received] : [],
      settled: "settled" in call ? [call.settled] : [],
    })]);
  }
  return await webhookEvents.documents.findOne({ _id: ID });
}

const ARRIVAL: Call = { received: arrival(1) };

const CASES: readonly {
  readonly name: string;
  readonly words: readonly EventSettled[];
  readonly expected: Partial<WebhookEventDocument>;
}[] = [
  {
    name: "an event that nobody handles as received",
    words: [],
    expected: { state: "received", reason: null, settled_at: null },
  },
  {
    name: "an applied event with its lag and its run",
    words: [word(3, "applied")],
    expected: { state: "applied", lag_ms: 3000, run_id: "run_3" },
  },
  {
    name: "a discarded event with its reason",
    words: [word(3, "discarded", "stale")],
    expected: { state: "discarded", reason: "stale" },
  },
  {
    name: "a failed event with its error",
    words: [word(3, "failed", "it broke")],
    expected: { state: "failed", reason: "it broke" },
  },
  {
    name: "the retry of a run that wrote and died as applied",
    words: [word(3, "discarded", "duplicate")],
    expected: { state: "applied", reason: null, redelivered_at: null },
  },
  {
    name: "an unsigned event whose state was there already as a duplicate",
    words: [word(3, "discarded", "duplicate", { source: "template" })],
    expected: { state: "discarded", reason: "duplicate" },
  },
];

for (const { name, words, expected } of CASES) {
  Deno.test(`WebhookEvents keeps ${name}, in whatever order it is told`, async () => {
    await using test = await openTestStore();
    const told = words.map((settled): Call => ({ settled }));
    for (
      const calls of [
        [ARRIVAL, ...told],
        [...told, ARRIVAL],
        [...told, ARRIVAL, ...told, ARRIVAL],
      ]
    ) {
      const record = await recordAll(test, calls);
      assertEquals({ ...record, ...expected }, record, JSON.stringify(calls));
      assertEquals(record?.payload, { id: "user_1" });
      assertEquals(record?.road, "webhook");
    }
  });
}

const SECOND_TIMES: readonly [string, EventSettled][] = [
  ["the same", word(90, "discarded", "duplicate")],
  ["stale by now", word(90, "discarded", "stale")],
  ["of a deleted user by now", word(90, "discarded", "tombstoned")],
];

for (const [name, again] of SECOND_TIMES) {
  Deno.test(`WebhookEvents knows a redelivery after days that is ${name}`, async () => {
    await using test = await openTestStore();
    const record = await recordAll(test, [
      ARRIVAL,
      { settled: word(3, "applied") },
      { received: arrival(89) },
      { settled: again },
    ]);
    assertEquals(record?.state, "applied");
    assertEquals(record?.lag_ms, 3000);
    assertEquals(record?.received_at, at(1));
    assertEquals(record?.redelivered_at, at(90));
    assertEquals(await test.store.webhookEvents.documents.countDocuments(), 1);
  });
}

const DAY = 24 * 3600;

for (
  const [name, second, redelivered_at] of [
    ["knows a second arrival, after more than a day,", DAY + 2, at(DAY + 2)],
    ["takes a second arrival within a day for a retry of its own", DAY, null],
  ] as const
) {
  Deno.test(`WebhookEvents ${name} of an event that nobody handles`, async () => {
    await using test = await openTestStore();
    const sms = (second: number) => ({
      received: { ...arrival(second), type: "sms.created" },
    });
    const record = await recordAll(test, [sms(1), sms(second)]);
    assertEquals(record?.redelivered_at, redelivered_at);
    assertEquals(record?.received_at, at(1));
    assertEquals(record?.state, "received");
  });
}

Deno.test("WebhookEvents does not bring back the payload that was erased before a redelivery", async () => {
  await using test = await openTestStore();
  const { store } = test;
  await recordAll(test, [ARRIVAL, { settled: word(3, "applied") }]);
  const erased = await erasePayloads(store, "user_1", null, at(50));
  assertEquals(erased.erased, 1);
  await store.write([
    store.webhookEvents.plan({
      received: [arrival(89)],
      settled: [word(90, "discarded", "tombstoned")],
    }),
  ]);
  const record = await store.webhookEvents.documents.findOne({ _id: ID });
  assertEquals(record?.payload, null);
  assertEquals(record?.erased_at, at(50));
  assertEquals(record?.redelivered_at, at(90));
});

Deno.test("WebhookEvents ends the same however arrivals and outcomes are batched", async () => {
  await using test = await openTestStore();
  const { webhookEvents } = test.store;
  const ids = ["msg_a", "msg_b", "msg_c"];
  const outcomes = [
    word(3, "applied"),
    word(4, "discarded", "stale"),
    word(5, "discarded", "duplicate"),
  ];
  const items = ids.flatMap((id, index) => [
    { received: { ...arrival(1), _id: id } },
    { settled: { ...outcomes[index]!, event_id: id } },
  ]);
  const summary = async () =>
    (await webhookEvents.documents.find().sort({ _id: 1 }).toArray()).map((
      { _id, state, reason, payload, received_at },
    ) => ({ _id, state, reason, payload, received_at }));
  await test.store.write([webhookEvents.plan({
    received: items.flatMap((item) => item.received ?? []),
    settled: items.flatMap((item) => item.settled ?? []),
  })]);
  const expected = await summary();
  assertEquals(expected.map(({ state }) => state), [
    "applied",
    "discarded",
    "applied",
  ]);
  const anyOrder = fc.shuffledSubarray(items, { minLength: items.length });
  await fc.assert(
    fc.asyncProperty(anyOrder, fc.integer({ min: 1, max: 6 }), async (
      order,
      size,
    ) => {
      await webhookEvents.documents.deleteMany({});
      for (let start = 0; start < order.length; start += size) {
        const batch = order.slice(start, start + size);
        await test.store.write([webhookEvents.plan({
          received: batch.flatMap((item) => item.received ?? []),
          settled: batch.flatMap((item) => item.settled ?? []),
        })]);
      }
      assertEquals(await summary(), expected);
    }),
    { numRuns: 40, seed: 20261126 },
  );
});
