/**
 * Events that come before, while or after somebody waits for them, and runs that end meanwhile.
 */
import { assertEquals } from "@std/assert";
import type { Inngest, InngestFunction } from "inngest";
import { FakeClock } from "./fake_clock.ts";
import { postEvents } from "./post_events.ts";
import { engineTest, startApp } from "./start_app.ts";
import { untilStep } from "./until_step.ts";

const HOUR_MS = 3_600_000;

/** Waits an hour for `x/reply` and says which one came. */
function waiting(client: Inngest, id = "waits"): InngestFunction.Any {
  return client.createFunction(
    { id, triggers: [{ event: "a/b" }] },
    async ({ step }) => {
      const reply = await step.waitForEvent("reply", {
        event: "x/reply",
        timeout: "1h",
      });
      return reply && reply.data.n;
    },
  );
}

engineTest(
  "step.waitForEvent() does not see an event from before it waits",
  async () => {
    const clock = new FakeClock();
    await using app = await startApp((client) => [
      client.createFunction(
        { id: "late", triggers: [{ event: "a/b" }] },
        async ({ step }) => {
          await step.sendEvent("send", { name: "x/reply", data: {} });
          return await step.waitForEvent("reply", {
            event: "x/reply",
            timeout: "1h",
          });
        },
      ),
    ], { clock });
    await app.send("a/b");
    await untilStep(app.engine, "reply");
    clock.advance(HOUR_MS);
    assertEquals((await app.ended("late")).result, null);
  },
);

engineTest(
  "one event answers everyone who waits for it, two steps of one run too",
  async () => {
    await using app = await startApp((client) => [
      waiting(client, "first"),
      waiting(client, "second"),
      client.createFunction(
        { id: "twice", triggers: [{ event: "a/b" }] },
        async ({ step }) => {
          const replies = await Promise.all(
            ["reply", "other"].map((id) =>
              step.waitForEvent(id, { event: "x/reply", timeout: "30m" })
            ),
          );
          return replies.map((reply) => reply?.data.n);
        },
      ),
    ]);
    await app.send("a/b");
    await untilStep(app.engine, "reply", 3);
    await app.send("x/reply", { n: 1 });
    await app.send("x/reply", { n: 2 }); // nobody waits any more
    const ends = await Promise.all(
      ["first", "second", "twice"].map((fn) => app.ended(fn)),
    );
    assertEquals(ends.map(({ result }) => result), [1, 1, [1, 1]]);
  },
);

engineTest(
  "an invalid condition fails its own run, while others that wait for the event go on",
  async () => {
    await using app = await startApp((client) => [
      waiting(client),
      client.createFunction(
        { id: "bad", triggers: [{ event: "a/b" }] },
        ({ step }) =>
          step.waitForEvent("reply", {
            event: "x/reply",
            timeout: "1h",
            if: "async.data.n === 1",
          }),
      ),
    ]);
    await app.send("a/b");
    const { error } = await app.ended("bad");
    assertEquals(error?.name, "InvalidExpression");
    await untilStep(app.engine, "reply");
    await app.send("x/reply", { n: 1 });
    assertEquals((await app.ended("waits")).result, 1);
  },
);

engineTest(
  "a condition that fails when it is evaluated does not match, and stops nobody",
  async () => {
    const clock = new FakeClock();
    await using app = await startApp((client) => [
      waiting(client),
      client.createFunction(
        { id: "fragile", triggers: [{ event: "a/b" }] },
        ({ step }) =>
          step.waitForEvent("reply", {
            event: "x/reply",
            timeout: "1h",
            if: "async.data.n * 2 == 2", // a double times an int: no such product
          }),
      ),
      client.createFunction(
        { id: "never", triggers: [{ event: "x/reply", if: "int('x') > 0" }] },
        () => "ran",
      ),
    ], { clock });
    await app.send("a/b");
    await untilStep(app.engine, "reply", 2);
    await app.send("x/reply", { n: 1 });
    assertEquals((await app.ended("waits")).result, 1);
    clock.advance(HOUR_MS);
    assertEquals((await app.ended("fragile")).result, null);
    assertEquals(await app.countRuns("never"), 0);
  },
);

engineTest(
  "an event that came in time answers a wait, however late it is handled",
  async () => {
    const clock = new FakeClock();
    await using app = await startApp((client) => [waiting(client)], { clock });
    await app.send("a/b");
    await untilStep(app.engine, "reply");
    const flood = Array(1_000).fill({ name: "a/other" });
    await postEvents(app.engine, [...flood, {
      name: "x/reply",
      data: { n: 1 },
    }]);
    clock.advance(HOUR_MS); // the flood has not been handled by now
    assertEquals((await app.ended("waits")).result, 1);
  },
);

engineTest("a wait survives a restart of the engine", async () => {
  const path = await Deno.makeTempDir();
  const define = (client: Inngest) => [waiting(client)];
  {
    await using app = await startApp(define, { path });
    await app.send("a/b");
    await untilStep(app.engine, "reply");
  }
  await using app = await startApp(define, { path });
  await app.send("x/reply", { n: 1 });
  assertEquals((await app.ended("waits")).result, 1);
  await app.engine.close();
  await Deno.remove(path, { recursive: true });
});

engineTest(
  "an answer that comes after its run was cancelled changes nothing",
  async () => {
    const entered = Promise.withResolvers<void>();
    const release = Promise.withResolvers<void>();
    const bodies: string[] = [];
    await using app = await startApp((client) => [
      client.createFunction(
        {
          id: "busy",
          triggers: [{ event: "a/b" }],
          cancelOn: [{ event: "a/stop" }],
          onFailure: () => void bodies.push("onFailure"),
        },
        async ({ step }) => {
          await step.run("slow", async () => {
            entered.resolve();
            await release.promise;
          });
          await step.run("next", () => void bodies.push("next"));
        },
      ),
    ]);
    await app.send("a/b");
    await entered.promise;
    await app.send("a/stop");
    const { run_id, _inngest } = await app.ended("busy");
    assertEquals(_inngest.status, "Cancelled");
    release.resolve();
    await app.settled();
    const { body } = await app.api(`/v1/runs/${run_id}`);
    const { status, steps } = (body as {
      data: { status: string; steps: unknown[] };
    }).data;
    assertEquals([status, steps, bodies], ["Cancelled", [], []]);
  },
);

engineTest("a cancelOn whose time is over cancels nothing", async () => {
  const clock = new FakeClock();
  await using app = await startApp((client) => [
    client.createFunction({
      id: "long",
      triggers: [{ event: "a/b" }],
      cancelOn: [{ event: "a/stop", timeout: "30m" }],
    }, async ({ step }) => {
      await step.sleep("z", "1h");
      return "slept";
    }),
  ], { clock });
  await app.send("a/b");
  await untilStep(app.engine, "z");
  clock.advance(HOUR_MS / 2);
  await app.send("a/stop");
  clock.advance(HOUR_MS / 2);
  assertEquals((await app.ended("long")).result, "slept");
});

engineTest(
  "a cancelOn event that is sent together with the run's own cancels it",
  async () => {
    await using app = await startApp((client) => [
      client.createFunction({
        id: "long",
        triggers: [{ event: "a/b" }],
        cancelOn: [{ event: "a/stop", match: "data.u" }],
      }, ({ step }) => step.sleep("z", "1d")),
    ]);
    await app.client.send([
      { name: "a/stop", data: { u: 1 } }, // too early
      { name: "a/b", data: { u: 1 } },
      { name: "a/b", data: { u: 2 } },
      { name: "a/stop", data: { u: 2 } },
    ]);
    const { event, _inngest } = await app.ended("long");
    assertEquals([event.data, _inngest.status], [{ u: 2 }, "Cancelled"]);
    assertEquals(await app.countRuns("long"), 2);
  },
);

for (
  const { condition, hits } of [
    { condition: "event.data.k == async.data.k", hits: ["null", "1", "x"] },
    { condition: "async.data.k == event.data.k", hits: ["null", "1", "x"] },
    { condition: "event.data.deep.k == async.data['deep'].k", hits: ["1"] },
    {
      condition: "event.data.k == async.data.k && true",
      hits: ["null", "1", "x"],
    },
    {
      condition: "event.data.k != async.data.k",
      hits: ["null", "1", "x", "text"],
    },
    { condition: "event.name == async.name", hits: [] },
  ]
) {
  engineTest(
    `of many who wait, those go on for whom ${condition} holds`,
    async () => {
      const clock = new FakeClock();
      await using app = await startApp((client) => [
        client.createFunction(
          { id: "waits", triggers: [{ event: "a/b" }] },
          async ({ event, step }) => {
            const reply = await step.waitForEvent("w", {
              event: "x/reply",
              timeout: "1h",
              if: condition,
            });
            return reply && event.data.id;
          },
        ),
      ], { clock });
      await app.sendAll("a/b", [
        { id: "null" },
        { id: "1", k: 1, deep: { k: 1 } },
        { id: "x", k: "x", deep: { k: 2 } },
        { id: "text", k: "1", deep: { k: "1" } },
      ]);
      await untilStep(app.engine, "w", 4);
      await app.sendAll("x/reply", [
        { deep: { k: 1 } },
        { k: 1, deep: { k: 3 } },
        { k: "x", deep: [] },
      ]);
      await app.send("x/reply", { deep: { k: 4 } });
      clock.advance(HOUR_MS);
      const ends = await app.endedAll("waits", 4);
      assertEquals(
        ends.flatMap(({ result }) => result ?? []).sort(),
        hits.toSorted(),
      );
    },
  );
}
