/**
 * Concurrency: how many requests of a function, of a key or of an account are in flight together.
 */
import { assertEquals } from "@std/assert";
import type { Inngest } from "inngest";
import { FakeClock } from "./fake_clock.ts";
import { engineTest, startApp } from "./start_app.ts";

const HOUR_MS = 3_600_000;

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

Deno.test("concurrency 1 never has two requests of a function in flight", async () => {
  const gauge = new Gauge();
  await using app = await startApp((client) => [
    client.createFunction(
      { id: "one", triggers: [{ event: "a/b" }], concurrency: 1 },
      ({ step }) => step.run("hold", () => gauge.hold("all")),
    ),
  ]);
  await app.sendAll("a/b", Array(6).fill({}));
  await app.endedAll("one", 6);
  assertEquals(gauge.most("all"), 1);
});

engineTest(
  "of two concurrency limits without a key the smaller counts",
  async () => {
    const gauge = new Gauge();
    await using app = await startApp((client) => [
      client.createFunction({
        id: "two",
        triggers: [{ event: "a/b" }],
        concurrency: [{ limit: 5 }, { limit: 2 }],
      }, ({ step }) => step.run("hold", () => gauge.hold("all", 2))),
    ]);
    await app.sendAll("a/b", Array(8).fill({}));
    await app.endedAll("two", 8);
    assertEquals(gauge.most("all"), 2);
  },
);

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
  await app.sendAll("a/b", ["x", "y", "x", "y", "x", "y"].map((u) => ({ u })));
  await app.endedAll("keyed", 6);
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
  await app.sendAll("a/b", Array(4).fill({}));
  await Promise.all([app.endedAll("first", 4), app.endedAll("second", 4)]);
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

engineTest(
  "one request is in flight in this process while events flood in from outside",
  async () => {
    const clock = new FakeClock();
    const release = Promise.withResolvers<void>();
    let inFlight = 0;
    let wanted = 1;
    let reached = Promise.withResolvers<void>();
    await using app = await startApp((client) => [
      client.createFunction(
        { id: "hold", triggers: [{ event: "a/b" }] },
        async () => {
          if (++inFlight === wanted) reached.resolve();
          await release.promise;
        },
      ),
    ], { clock, parallelism: { inProcess: 4 } });
    const others = Array(194).fill({ name: "a/other", data: {} });
    const events = [...others, ...Array(6).fill({ name: "a/b", data: {} })];
    const { url, eventKey } = app.engine;
    const response = await fetch(`${url}/e/${eventKey}`, {
      method: "POST",
      body: JSON.stringify(events),
    });
    await response.body?.cancel();
    await reached.promise;
    assertEquals([inFlight, await clock.nextTimer(250)], [1, 250]);
    wanted = 4;
    reached = Promise.withResolvers();
    clock.advance(250);
    await reached.promise;
    assertEquals(inFlight, 4);
    release.resolve();
    await app.endedAll("hold", 6);
  },
);
