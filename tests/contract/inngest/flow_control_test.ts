/**
 * Flow control: what starts when, what is in flight together, and what ends early.
 */
import { assert, assertEquals } from "@std/assert";
import type { Inngest } from "inngest";
import { FakeClock } from "./fake_clock.ts";
import { engineTest, startApp, type TestApp } from "./start_app.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** Counts how many bodies run at once, by key. */
class Gauge {
  readonly #now = new Map<string, number>();
  readonly #most = new Map<string, number>();

  /** Stays for some turns of the event loop, longer while fewer than `company` are there. */
  async hold(key: string, company = 1): Promise<void> {
    const count = (this.#now.get(key) ?? 0) + 1;
    this.#now.set(key, count);
    this.#most.set(key, Math.max(count, this.#most.get(key) ?? 0));
    const isAlone = () => this.most(key) < company;
    for (let turn = 0; turn < 20 || (isAlone() && turn < 20_000); turn++) {
      await new Promise((resolve) => setImmediate(resolve));
    }
    this.#now.set(key, (this.#now.get(key) ?? 0) - 1);
  }

  most(key: string): number {
    return this.#most.get(key) ?? 0;
  }
}

async function endAll(app: TestApp, fn: string, count: number) {
  return await Promise.all(
    Array.from({ length: count }, () => app.ended(fn)),
  );
}

function batchOf(name: string, list: readonly Record<string, unknown>[]) {
  return list.map((data) => ({ name, data }));
}

Deno.test("concurrency 1 never has two requests of a function in flight", async () => {
  const gauge = new Gauge();
  await using app = await startApp((client) => [
    client.createFunction(
      { id: "one", triggers: [{ event: "a/b" }], concurrency: 1 },
      ({ step }) => step.run("hold", () => gauge.hold("all")),
    ),
  ]);
  await app.client.send(batchOf("a/b", Array(6).fill({})));
  await endAll(app, "one", 6);
  assertEquals(gauge.most("all"), 1);
});

Deno.test("a concurrency key limits each of its values on its own", async () => {
  const gauge = new Gauge();
  await using app = await startApp((client) => [
    client.createFunction({
      id: "keyed",
      triggers: [{ event: "a/b" }],
      concurrency: { limit: 1, key: "event.data.u" },
    }, async ({ event, step }) => {
      await step.run(
        "hold",
        () => Promise.all([gauge.hold(event.data.u), gauge.hold("all", 2)]),
      );
    }),
  ]);
  await app.client.send(
    batchOf("a/b", ["x", "y", "x", "y", "x", "y"].map((u) => ({ u }))),
  );
  await endAll(app, "keyed", 6);
  assertEquals([gauge.most("x"), gauge.most("y")], [1, 1]);
  assertEquals(gauge.most("all"), 2);
});

Deno.test("a concurrency key of scope account is shared by two functions", async () => {
  const gauge = new Gauge();
  const define = (client: Inngest, id: string) =>
    client.createFunction({
      id,
      triggers: [{ event: "a/b" }],
      concurrency: { limit: 1, key: '"shared"', scope: "account" },
    }, ({ step }) => step.run("hold", () => gauge.hold("all")));
  await using app = await startApp((client) => [
    define(client, "first"),
    define(client, "second"),
  ]);
  await app.client.send(batchOf("a/b", Array(4).fill({})));
  await Promise.all([endAll(app, "first", 4), endAll(app, "second", 4)]);
  assertEquals(gauge.most("all"), 1);
});

engineTest("a run that sleeps gives its concurrency slot away", async () => {
  const clock = new FakeClock();
  await using app = await startApp((client) => [
    client.createFunction(
      { id: "sleepy", triggers: [{ event: "a/b" }], concurrency: 1 },
      async ({ event, step }) => {
        if (event.data.sleeps) await step.sleep("z", "1h");
      },
    ),
  ], { clock });
  await app.send("a/b", { sleeps: true });
  await clock.nextTimer(HOUR_MS);
  await app.send("a/b");
  assertEquals((await app.ended("sleepy")).event.data, {});
});

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
  await app.client.send(batchOf("a/b", Array(4).fill({})));
  await endAll(app, "throttled", 2);
  await clock.advanceToNext(10_000);
  await app.ended("throttled");
  await clock.advanceToNext(10_000);
  await app.ended("throttled");
  assertEquals(startedAt, [0, 0, 2_000, 4_000]);
});

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
    await app.client.send(batchOf("a/b", [
      { u: "x", n: 1 },
      { u: "x", n: 2 },
      { u: "y", n: 3 },
    ]));
    const ends = await endAll(app, "limited", 2);
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
    await app.client.send(batchOf("a/b", Array(12).fill({})));
    await endAll(app, "ten", 2);
    assertEquals(await countRuns(app, "ten"), 2);
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
    await app.client.send(
      batchOf("a/b", [1, 2, 3, 4, 5, 6, 7, 8].map((n) => ({ n }))),
    );
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
    await app.client.send(batchOf("a/b", [
      { u: "x", n: 1 },
      { u: "y", n: 2 },
      { u: "x", n: 3, alone: true },
      { u: "y", n: 4 },
      { u: "x", n: 5 },
    ]));
    const results = (await endAll(app, "batch", 3)).map(({ result }) =>
      JSON.stringify(result)
    );
    assertEquals(results.sort(), ["[1,5]", "[2,4]", "[3]"]);
  },
);

engineTest(
  "a batch that was open when the engine stopped runs after the restart, complete",
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
      await app.client.send(batchOf("a/b", [{ n: 1 }, { n: 2 }]));
      await clock.nextTimer(5_000);
    }
    await using app = await startApp(define, { path, clock });
    clock.advance(5_000);
    assertEquals((await app.ended("batch")).result, [1, 2]);
    await app.engine.close();
    await Deno.remove(path, { recursive: true });
  },
);

engineTest(
  "cancelOn ends a run that a later event matches, without failing it",
  async () => {
    const clock = new FakeClock();
    const failures: string[] = [];
    await using app = await startApp((client) => [
      client.createFunction({
        id: "long",
        triggers: [{ event: "a/b" }],
        cancelOn: [{ event: "a/stop", match: "data.u" }],
        onFailure: () => void failures.push("failed"),
      }, async ({ event, step }) => {
        await step.sleep("z", event.data.sleep);
        return "slept";
      }),
    ], { clock });
    await app.send("a/stop", { u: "x" }); // before the run exists: no effect
    await app.client.send(
      batchOf("a/b", [{ u: "x", sleep: "1h" }, { u: "y", sleep: "30m" }]),
    );
    await clock.nextTimer(30 * MINUTE_MS); // y sleeps, so x has been created
    await app.send("a/stop", { u: "x" });
    const cancelled = await app.ended("long");
    assertEquals(cancelled._inngest.status, "Cancelled");
    assertEquals(cancelled.event.data, { u: "x", sleep: "1h" });
    clock.advance(30 * MINUTE_MS);
    assertEquals((await app.ended("long")).result, "slept");
    assertEquals(failures, []);
  },
);

engineTest(
  "timeouts.start cancels a run that waited too long for its first request",
  async () => {
    const clock = new FakeClock();
    const entered = Promise.withResolvers<void>();
    const release = Promise.withResolvers<void>();
    await using app = await startApp((client) => [
      client.createFunction({
        id: "queue",
        triggers: [{ event: "a/b" }],
        concurrency: 1,
        timeouts: { start: "10s" },
      }, () => {
        entered.resolve();
        return release.promise;
      }),
    ], { clock });
    await app.client.send(batchOf("a/b", [{ n: 1 }, { n: 2 }]));
    await entered.promise;
    await clock.advanceToNext(10_000);
    assertEquals((await app.ended("queue"))._inngest.status, "Cancelled");
    release.resolve();
    assertEquals((await app.ended("queue"))._inngest.status, "Completed");
  },
);

engineTest("timeouts.finish cancels a run between two steps", async () => {
  const clock = new FakeClock();
  await using app = await startApp((client) => [
    client.createFunction({
      id: "slow",
      triggers: [{ event: "a/b" }],
      timeouts: { finish: "1m" },
    }, ({ step }) => step.sleep("z", "1h")),
  ], { clock });
  await app.send("a/b");
  await clock.nextTimer(MINUTE_MS);
  clock.advance(MINUTE_MS);
  assertEquals((await app.ended("slow"))._inngest.status, "Cancelled");
});

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
        scheduledAt: "2040-03-05T08:00:00.000Z",
        fireAt: "2040-03-05T08:00:00.000Z",
      });
    }
    await using app = await startApp(cronFn("*/30 * * * *"), { clock, path });
    assertEquals(await clock.advanceToNext(), 30 * MINUTE_MS);
    await app.ended("ticks");
    assertEquals(await countRuns(app, "ticks"), 2);
    await app.engine.close();
    await Deno.remove(path, { recursive: true });
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
    assertEquals(await countRuns(app, "hourly"), 1);
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
  await endAll(app, "many", 2);
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

/** @returns how many runs of the function the engine has seen */
async function countRuns(app: TestApp, fn: string): Promise<number> {
  const { body } = await app.api(`/api/v2/runs?functionId=${fn}&limit=100`);
  return (body as { data: unknown[] }).data.length;
}

function numbersOf(events: unknown): unknown[] {
  return (events as { data: { n: unknown } }[]).map(({ data }) => data.n);
}
