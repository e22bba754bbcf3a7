/**
 * Throttle, rateLimit and idempotency: what starts later, and what does not start at all.
 */
import { assertEquals } from "@std/assert";
import { FakeClock } from "./fake_clock.ts";
import { engineTest, startApp } from "./start_app.ts";

const HOUR_MS = 3_600_000;

engineTest("throttle spaces the starts of runs, and drops none", async () => {
  const clock = new FakeClock();
  const startedAt: number[] = [];
  const first = clock.now().getTime();
  await using app = await startApp((client) => [
    client.createFunction({
      id: "throttled",
      triggers: [{ event: "a/b" }],
      throttle: { limit: 2, period: "4s" },
    }, () => void startedAt.push(clock.now().getTime() - first)),
  ], { clock });
  await app.sendAll("a/b", Array(4).fill({}));
  await app.endedAll("throttled", 2);
  await clock.advanceToNext(10_000);
  await app.ended("throttled");
  await clock.advanceToNext(10_000);
  await app.ended("throttled");
  assertEquals(startedAt, [0, 0, 2_000, 4_000]);
});

engineTest(
  "throttle lets its burst start at once, each key for itself, and steps go free",
  async () => {
    const clock = new FakeClock();
    const first = clock.now().getTime();
    const startedAt: [string, number][] = [];
    await using app = await startApp((client) => [
      client.createFunction({
        id: "throttled",
        triggers: [{ event: "a/b" }],
        throttle: { limit: 1, burst: 1, period: "5s", key: "event.data.u" },
        checkpointing: false,
      }, async ({ event, step }) => {
        await step.run("1", () => {
          startedAt.push([event.data.u, clock.now().getTime() - first]);
        });
        await step.run("2", () => {});
        return await step.run("3", () => clock.now().getTime() - first);
      }),
    ], { clock });
    await app.sendAll("a/b", ["x", "x", "x", "y"].map((u) => ({ u })));
    const ends = await app.endedAll("throttled", 3);
    assertEquals(ends.map(({ result }) => result), [0, 0, 0]);
    assertEquals(await clock.advanceToNext(10_000), 5_000);
    assertEquals((await app.ended("throttled")).result, 5_000);
    assertEquals(startedAt.map(([u]) => u).sort(), ["x", "x", "x", "y"]);
  },
);

engineTest(
  "throttle does not hold runs back for one that an event dates far ahead",
  async () => {
    const clock = new FakeClock();
    await using app = await startApp((client) => [
      client.createFunction({
        id: "throttled",
        triggers: [{ event: "a/b" }],
        throttle: { limit: 1, period: "5s" },
      }, ({ event }) => event.data.n),
    ], { clock });
    const ts = clock.now().getTime() + HOUR_MS;
    await app.client.send({ name: "a/b", data: { n: "later" }, ts });
    await app.send("a/b", { n: "now" });
    assertEquals((await app.ended("throttled")).result, "now");
    clock.advance(HOUR_MS);
    assertEquals((await app.ended("throttled")).result, "later");
  },
);

engineTest(
  "rateLimit drops what is too much for a key, until its time has passed",
  async () => {
    const clock = new FakeClock();
    await using app = await startApp((client) => [
      client.createFunction({
        id: "limited",
        triggers: [{ event: "a/b" }],
        rateLimit: { limit: 1, period: "1h", key: "event.data.u" },
      }, ({ event }) => event.data.n),
    ], { clock });
    await app.sendAll("a/b", [
      { u: "x", n: 1 },
      { u: "x", n: 2 },
      { u: "y", n: 3 },
    ]);
    const ends = await app.endedAll("limited", 2);
    assertEquals(ends.map(({ result }) => result).sort(), [1, 3]);
    clock.advance(HOUR_MS);
    await app.send("a/b", { u: "x", n: 4 });
    assertEquals((await app.ended("limited")).result, 4);
  },
);

engineTest(
  "rateLimit of 10 an hour lets 2 start at once, as Inngest's server does",
  async () => {
    await using app = await startApp((client) => [
      client.createFunction({
        id: "ten",
        triggers: [{ event: "a/b" }],
        rateLimit: { limit: 10, period: "1h" },
      }, () => "ran"),
      client.createFunction(
        { id: "last", triggers: [{ event: "z" }] },
        () => 0,
      ),
    ]);
    await app.sendAll("a/b", Array(12).fill({}));
    await app.endedAll("ten", 2);
    assertEquals(await app.countRuns("ten"), 2);
  },
);

engineTest(
  "a rateLimit key that is false, and a re-run, are not limited",
  async () => {
    await using app = await startApp((client) => [
      client.createFunction({
        id: "limited",
        triggers: [{ event: "a/b" }],
        rateLimit: { limit: 1, period: "1h", key: "event.data.limited" },
      }, () => "ran"),
    ]);
    await app.sendAll("a/b", [
      { limited: false },
      { limited: false },
      { limited: "x" },
      { limited: "x" },
    ]);
    const [, , last] = await app.endedAll("limited", 3);
    await app.api(`/api/v2/runs/${last?.run_id}/rerun`, "POST");
    await app.ended("limited");
    assertEquals(await app.countRuns("limited"), 4);
  },
);

Deno.test("idempotency runs once for a key, and again for another", async () => {
  await using app = await startApp((client) => [
    client.createFunction({
      id: "idem",
      triggers: [{ event: "a/b" }],
      idempotency: "event.data.order",
    }, ({ event }) => event.data.n),
  ]);
  const nonce = crypto.randomUUID();
  await app.send("a/b", { order: `1-${nonce}`, n: 1 });
  await app.ended("idem");
  await app.send("a/b", { order: `1-${nonce}`, n: 2 });
  await app.send("a/b", { order: `2-${nonce}`, n: 3 });
  assertEquals((await app.ended("idem")).result, 3);
});
