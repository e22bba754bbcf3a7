/**
 * Triggers: cron, names with a star, conditions, and events of the future.
 */
import { assert, assertEquals } from "@std/assert";
import type { Inngest } from "inngest";
import { FakeClock } from "./fake_clock.ts";
import { engineTest, startApp } from "./start_app.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

engineTest(
  "cron fires once a tick in its time zone, and a changed expression replaces it",
  async () => {
    const clock = new FakeClock(new Date("2040-03-05T07:00:00Z")); // 08:00 in Paris
    const cronFn = (cron: string) => (client: Inngest) => [
      client.createFunction(
        { id: "ticks", triggers: [{ cron }] },
        ({ event }) => event.data,
      ),
    ];
    const path = await Deno.makeTempDir();
    {
      await using app = await startApp(cronFn("TZ=Europe/Paris 0 9 * * *"), {
        clock,
        path,
      });
      assertEquals(await clock.advanceToNext(), HOUR_MS);
      assertEquals((await app.ended("ticks")).result, {
        cron: "TZ=Europe/Paris 0 9 * * *",
        scheduledAt: "2040-03-05T08:00:00Z",
        fireAt: "2040-03-05T08:00:00Z",
      });
    }
    await using app = await startApp(cronFn("*/30 * * * *"), { clock, path });
    assertEquals(await clock.advanceToNext(), 30 * MINUTE_MS);
    await app.ended("ticks");
    assertEquals(await app.countRuns("ticks"), 2);
    await app.engine.close();
    await Deno.remove(path, { recursive: true });
  },
);

engineTest(
  "cron stops when its trigger or its function goes, and two that tick together start one run",
  async () => {
    const clock = new FakeClock();
    const ticking = (id: string, ...crons: string[]) => (client: Inngest) => [
      client.createFunction(
        { id, triggers: crons.map((cron) => ({ cron })) },
        () => clock.now().getTime(),
      ),
    ];
    const path = await Deno.makeTempDir();
    {
      const both = ticking("ticks", "0 * * * *", "*/30 * * * *");
      await using app = await startApp(both, { clock, path });
      assertEquals(await clock.advanceToNext(), HOUR_MS / 2);
      await app.ended("ticks");
      assertEquals(await clock.advanceToNext(HOUR_MS), HOUR_MS / 2);
      await app.ended("ticks"); // a tick of both, but one moment
    }
    {
      const one = ticking("ticks", "0 * * * *");
      await using app = await startApp(one, { clock, path });
      clock.advance(HOUR_MS);
      await app.ended("ticks");
      await app.settled();
      assertEquals(await app.countRuns("ticks"), 3);
    }
    const other = ticking("other", "0 * * * *");
    await using app = await startApp(other, { clock, path });
    clock.advance(HOUR_MS);
    await app.ended("other");
    await app.settled();
    assertEquals(await app.countRuns("ticks"), 3);
    await app.engine.close();
    await Deno.remove(path, { recursive: true });
  },
);

engineTest(
  "an engine that closes while a cron ticks stays closed",
  async () => {
    const clock = new FakeClock();
    const app = await startApp((client) => [
      client.createFunction(
        { id: "hourly", triggers: [{ cron: "0 * * * *" }] },
        () => "ticked",
      ),
    ], { clock });
    await clock.timerIn(HOUR_MS);
    clock.advance(HOUR_MS);
    await app.engine.close();
    clock.advance(HOUR_MS); // an alarm that is still set would ask the closed file
    await new Promise((resolve) => setImmediate(resolve));
  },
);

engineTest(
  "cron ticks missed while the engine was down run once at start",
  async () => {
    const path = await Deno.makeTempDir();
    const clock = new FakeClock();
    const define = (client: Inngest) => [
      client.createFunction(
        { id: "hourly", triggers: [{ cron: "0 * * * *" }] },
        () => clock.now().toISOString(),
      ),
    ];
    {
      await using _app = await startApp(define, { path, clock });
    }
    clock.advance(5 * HOUR_MS + MINUTE_MS);
    await using app = await startApp(define, { path, clock });
    await app.ended("hourly");
    assertEquals(await app.countRuns("hourly"), 1);
    assertEquals(await clock.nextTimer(HOUR_MS), 59 * MINUTE_MS);
    await app.engine.close();
    await Deno.remove(path, { recursive: true });
  },
);

Deno.test("triggers match by name, star and condition, and start one run an event", async () => {
  const seen: string[] = [];
  await using app = await startApp((client) => [
    client.createFunction({
      id: "many",
      triggers: [
        { event: "shop/order.paid" },
        { event: "shop/*", if: "event.data.n > 1" },
      ],
    }, ({ event }) => void seen.push(`many ${event.name} ${event.data.n}`)),
    client.createFunction(
      { id: "bare", triggers: [{ event: "*" }] },
      () => void seen.push("bare"),
    ),
    client.createFunction(
      { id: "end", triggers: [{ event: "z/end" }] },
      ({ step }) => step.sleep("settle", "1s"),
    ),
  ]);
  await app.client.send([
    { name: "shop/order.paid", data: { n: 2 } },
    { name: "shop/order.sent", data: { n: 1 } },
    { name: "shop/order.sent", data: { n: 3 } },
    { name: "bar/1", data: { n: 4 } },
    { name: "z/end", data: {} },
  ]);
  await app.endedAll("many", 2);
  await app.ended("end");
  assertEquals(seen.sort(), [
    "many shop/order.paid 2",
    "many shop/order.sent 3",
  ]);
});

engineTest("an event dated in the future starts its run then", async () => {
  const clock = new FakeClock();
  await using app = await startApp((client) => [
    client.createFunction(
      { id: "later", triggers: [{ event: "a/b" }] },
      () => clock.now().getTime(),
    ),
  ], { clock });
  const dueMs = clock.now().getTime() + HOUR_MS;
  await app.client.send({ name: "a/b", data: {}, ts: dueMs });
  assert(await clock.advanceToNext() === HOUR_MS);
  assertEquals((await app.ended("later")).result, dueMs);
});
