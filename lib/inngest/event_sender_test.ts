import { assertEquals, assertRejects } from "@std/assert";
import {
  createEventSender,
  EventNotTakenError,
  type EventSenderOptions,
  type OutgoingEvent,
} from "./event_sender.ts";

const event = (id: string): OutgoingEvent => ({
  id,
  name: "clerk/x",
  data: {},
});

/** A sender whose batches a test answers one by one. */
function openSender(options: Partial<EventSenderOptions> = {}) {
  const batches: {
    readonly ids: (string | undefined)[];
    readonly take: () => void;
    readonly fail: (error: Error) => void;
  }[] = [];
  let nowMs = 1_000_000;
  const sender = createEventSender({
    clock: { now: () => new Date(nowMs) },
    sendBatch: (events) => {
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      const ids = events.map(({ id }) => id);
      batches.push({ ids, take: resolve, fail: reject });
      return promise;
    },
    ...options,
  });
  return {
    batches,
    send: (id: string, chars?: number) => sender.send(event(id), chars),
    passMs: (ms: number) => nowMs += ms,
  };
}

/** Lets what has been promised so far happen. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await Promise.resolve();
}

const refusedAt = (sent: Promise<void>, words: string) =>
  assertRejects(() => sent, EventNotTakenError, words);

Deno.test("send() takes what arrives together in one request, and the rest in the next", async () => {
  const { batches, send } = openSender();
  const first = [send("a"), send("b")];
  await settle();
  const later = [send("c"), send("d")];
  await settle();
  assertEquals(batches.map(({ ids }) => ids), [["a", "b"]]);
  batches[0]?.take();
  await Promise.all(first);
  await settle();
  assertEquals(batches.map(({ ids }) => ids), [["a", "b"], ["c", "d"]]);
  batches[1]?.take();
  await Promise.all(later);
});

Deno.test("send() resolves only when the event's own batch was taken", async () => {
  const { batches, send } = openSender({ maxBatchEvents: 1 });
  const order: string[] = [];
  const sent = ["a", "b"].map((id) => send(id).then(() => order.push(id)));
  await settle();
  assertEquals(order, []);
  batches[0]?.take();
  await settle();
  assertEquals(order, ["a"]);
  batches[1]?.take();
  await Promise.all(sent);
});

Deno.test("send() keeps a request below its size, and sends one that is larger alone", async () => {
  const { batches, send } = openSender({ maxBatchChars: 100 });
  const sent = [send("a", 60), send("b", 60), send("c", 300), send("d", 40)];
  for (let n = 0; n < 4; n++) {
    await settle();
    batches[n]?.take();
  }
  await Promise.all(sent);
  assertEquals(batches.map(({ ids }) => ids), [["a"], ["b"], ["c"], ["d"]]);
});

Deno.test("send() refuses at once for a moment after nobody was there, those that wait too", async () => {
  const { batches, send, passMs } = openSender({ coolDownMs: 1_000 });
  const first = send("a");
  await settle();
  const waiting = send("b");
  batches[0]?.fail(new TypeError("connection refused"));
  await refusedAt(first, "it did not answer");
  await refusedAt(waiting, "it did not answer");
  passMs(999);
  await refusedAt(send("c"), "a moment ago");
  assertEquals(batches.length, 1);
});

Deno.test("send() lets one batch try before it takes others again", async () => {
  const { batches, send, passMs } = openSender({ coolDownMs: 1_000 });
  const first = send("a");
  await settle();
  batches[0]?.fail(new TypeError("connection refused"));
  await refusedAt(first, "it did not answer");
  passMs(1_000);
  const trying = send("b");
  await settle();
  await refusedAt(send("c"), "a moment ago");
  batches[1]?.take();
  await trying;
  const [d, e] = [send("d"), send("e")];
  await settle();
  batches[2]?.take();
  await Promise.all([d, e]);
  assertEquals(batches.map(({ ids }) => ids), [["a"], ["b"], ["d", "e"]]);
});

Deno.test("send() lets an event that Inngest refuses take no others with it", async () => {
  const { batches, send } = openSender();
  const sent = ["a", "bad", "c"].map((id) => send(id));
  await settle();
  const refusal = new Error("Inngest API Error: 400 Bad Request");
  batches[0]?.fail(refusal);
  await settle();
  for (const { ids, take, fail } of batches.slice(1)) {
    if (ids[0] === "bad") fail(refusal);
    else take();
  }
  const [a, bad, c] = await Promise.allSettled(sent);
  assertEquals([a?.status, c?.status], ["fulfilled", "fulfilled"]);
  assertEquals(bad?.status, "rejected");
  const later = send("d"); // and Inngest is not taken for gone
  await settle();
  batches.at(-1)?.take();
  await later;
});

Deno.test("send() refuses when too many wait", async () => {
  const { batches, send } = openSender({ maxWaiting: 1 });
  const first = send("a");
  await settle();
  const second = send("b");
  await refusedAt(send("c"), "1 events are waiting already");
  batches[0]?.take();
  await settle();
  batches[1]?.take();
  await Promise.all([first, second]);
});
