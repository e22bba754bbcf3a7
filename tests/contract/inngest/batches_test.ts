/**
 * batchEvents: which events share a run, and when it starts.
 */
import { assertEquals } from "@std/assert";
import type { Inngest } from "inngest";
import { FakeClock } from "./fake_clock.ts";
import { engineTest, startApp } from "./start_app.ts";

engineTest(
  "batchEvents runs when full, and with the rest when its time is up",
  async () => {
    const clock = new FakeClock();
    await using app = await startApp((client) => [
      client.createFunction({
        id: "batch",
        triggers: [{ event: "a/b" }],
        batchEvents: { maxSize: 5, timeout: "5s" },
      }, ({ events }) => numbersOf(events)),
    ], { clock });
    await app.sendAll("a/b", [1, 2, 3, 4, 5, 6, 7, 8].map((n) => ({ n })));
    assertEquals((await app.ended("batch")).result, [1, 2, 3, 4, 5]);
    assertEquals(await clock.advanceToNext(10_000), 5_000);
    assertEquals((await app.ended("batch")).result, [6, 7, 8]);
  },
);

engineTest(
  "batchEvents gathers by key, and runs alone what its condition excludes",
  async () => {
    await using app = await startApp((client) => [
      client.createFunction({
        id: "batch",
        triggers: [{ event: "a/b" }],
        batchEvents: {
          maxSize: 2,
          timeout: "60s",
          key: "event.data.u",
          if: "event.data.alone != true",
        },
      }, ({ events }) => numbersOf(events)),
    ]);
    await app.sendAll("a/b", [
      { u: "x", n: 1 },
      { u: "y", n: 2 },
      { u: "x", n: 3, alone: true },
      { u: "y", n: 4 },
      { u: "x", n: 5 },
    ]);
    const results = (await app.endedAll("batch", 3)).map(({ result }) =>
      JSON.stringify(result)
    );
    assertEquals(results.sort(), ["[1,5]", "[2,4]", "[3]"]);
  },
);

engineTest(
  "a batch that is re-run has all its events again",
  async () => {
    await using app = await startApp((client) => [
      client.createFunction({
        id: "batch",
        triggers: [{ event: "a/b" }],
        batchEvents: { maxSize: 3, timeout: "60s" },
      }, ({ events }) => numbersOf(events)),
    ]);
    await app.sendAll("a/b", [1, 2, 3].map((n) => ({ n })));
    const { run_id } = await app.ended("batch");
    await app.api(`/api/v2/runs/${run_id}/rerun`, "POST");
    assertEquals((await app.ended("batch")).result, [1, 2, 3]);
    const { body } = await app.api("/api/v2/runs?functionId=batch");
    const [again] =
      (body as { data: { trigger: { isBatch: boolean } }[] }).data;
    assertEquals(again?.trigger.isBatch, true);
  },
);

engineTest(
  "batches keep to a concurrency key, which their first event gives",
  async () => {
    const inFlight = new Map<string, number>();
    let most = 0;
    await using app = await startApp((client) => [
      client.createFunction({
        id: "batch",
        triggers: [{ event: "a/b" }],
        batchEvents: { maxSize: 2, timeout: "60s", key: "event.data.u" },
        concurrency: { limit: 1, key: "event.data.u" },
      }, async ({ event }) => {
        const { u } = event.data as { u: string };
        inFlight.set(u, (inFlight.get(u) ?? 0) + 1);
        most = Math.max(most, inFlight.get(u) ?? 0);
        for (let turn = 0; turn < 20; turn++) {
          await new Promise((resolve) => setImmediate(resolve));
        }
        inFlight.set(u, (inFlight.get(u) ?? 0) - 1);
      }),
    ]);
    await app.sendAll("a/b", Array(8).fill({ u: "x" }));
    const ends = await app.endedAll("batch", 4);
    assertEquals(ends.map(({ events }) => events.length), [2, 2, 2, 2]);
    assertEquals(most, 1);
  },
);

engineTest(
  "a batch holds an event id once",
  async () => {
    await using app = await startApp((client) => [
      client.createFunction({
        id: "batch",
        triggers: [{ event: "a/b" }],
        batchEvents: { maxSize: 2, timeout: "60s" },
      }, ({ events }) => numbersOf(events)),
    ]);
    await app.send("a/b", { n: 1 }, "same");
    await app.send("a/b", { n: 2 }, "same");
    await app.send("a/b", { n: 3 }, "other");
    assertEquals((await app.ended("batch")).result, [1, 3]);
  },
);

engineTest(
  "a batch that was open when the engine stopped takes more events after it, and keeps its time",
  async () => {
    const path = await Deno.makeTempDir();
    const clock = new FakeClock();
    const define = (client: Inngest) => [
      client.createFunction({
        id: "batch",
        triggers: [{ event: "a/b" }],
        batchEvents: { maxSize: 50, timeout: "5s" },
      }, ({ events }) => numbersOf(events)),
    ];
    {
      await using app = await startApp(define, { path, clock });
      await app.sendAll("a/b", [{ n: 1 }, { n: 2 }]);
      await clock.nextTimer(5_000);
    }
    clock.advance(2_000);
    await using app = await startApp(define, { path, clock });
    await app.send("a/b", { n: 3 });
    await clock.timerIn(3_000);
    clock.advance(3_000);
    assertEquals((await app.ended("batch")).result, [1, 2, 3]);
    await app.engine.close();
    await Deno.remove(path, { recursive: true });
  },
);

engineTest(
  "an event that comes after its open batch was cancelled starts another",
  async () => {
    const clock = new FakeClock();
    await using app = await startApp((client) => [
      client.createFunction({
        id: "batch",
        triggers: [{ event: "a/b" }],
        batchEvents: { maxSize: 3, timeout: "60s" },
      }, ({ events }) => numbersOf(events)),
    ], { clock });
    await app.send("a/b", { n: 1 });
    const { body } = await app.api("/api/v2/runs?functionId=batch");
    const [open] = (body as { data: { id: string }[] }).data;
    await app.api(`/api/v2/runs/${open?.id}/cancel`, "POST");
    assertEquals((await app.ended("batch"))._inngest.status, "Cancelled");
    await app.sendAll("a/b", [{ n: 2 }, { n: 3 }, { n: 4 }]);
    assertEquals((await app.ended("batch")).result, [2, 3, 4]);
  },
);

engineTest(
  "batches that fill up start no faster than throttle lets them",
  async () => {
    const clock = new FakeClock();
    await using app = await startApp((client) => [
      client.createFunction({
        id: "batch",
        triggers: [{ event: "a/b" }],
        batchEvents: { maxSize: 2, timeout: "60s" },
        throttle: { limit: 1, period: "10s" },
      }, ({ events }) => numbersOf(events)),
    ], { clock });
    await app.sendAll("a/b", [1, 2, 3, 4].map((n) => ({ n })));
    assertEquals((await app.ended("batch")).result, [1, 2]);
    assertEquals(await clock.advanceToNext(60_000), 10_000);
    assertEquals((await app.ended("batch")).result, [3, 4]);
  },
);

function numbersOf(events: unknown): unknown[] {
  return (events as { data: { n: unknown } }[]).map(({ data }) => data.n);
}
