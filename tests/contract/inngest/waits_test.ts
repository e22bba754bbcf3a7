/**
 * Sleeps, waits for events and invocations: memos, timeouts, and what makes a run fail.
 */
import { assertEquals, assertMatch } from "@std/assert";
import { type Inngest, type InngestFunction, referenceFunction } from "inngest";
import { FakeClock } from "./fake_clock.ts";
import { engineTest, startApp } from "./start_app.ts";

const HOUR_MS = 3_600_000;

/** A function that waits for `x/reply`; announces that it waits through a second function. */
function waiting(
  client: Inngest,
  options: { timeout?: string; if?: string } = {},
): InngestFunction.Any {
  return client.createFunction(
    { id: "waits", triggers: [{ event: "a/b" }] },
    async ({ step }) => {
      const reply = await step.waitForEvent("reply", {
        event: "x/reply",
        timeout: "1h",
        ...options,
      });
      return reply && { name: reply.name, data: reply.data };
    },
  );
}

engineTest(
  "step.sleep() wakes the run after its time and memoises null",
  async () => {
    const clock = new FakeClock();
    await using app = await startApp((client) => [
      client.createFunction(
        { id: "sleeps", triggers: [{ event: "a/b" }] },
        async ({ step }) => (await step.sleep("z", "2s")) ?? "null",
      ),
    ], { clock });
    await app.send("a/b");
    assertEquals(await clock.nextTimer(HOUR_MS), 2_000);
    clock.advance(1_999);
    assertEquals(await clock.nextTimer(HOUR_MS), 1);
    clock.advance(1);
    assertEquals((await app.ended("sleeps")).result, "null");
  },
);

Deno.test("step.sleepUntil() a date in the past goes on at once", async () => {
  await using app = await startApp((client) => [
    client.createFunction(
      { id: "past", triggers: [{ event: "a/b" }] },
      async ({ step }) => {
        await step.sleepUntil("z", new Date(0));
        return "awake";
      },
    ),
  ]);
  await app.send("a/b");
  assertEquals((await app.ended("past")).result, "awake");
});

Deno.test("step.sleep() of more than 366 days fails the run", async () => {
  await using app = await startApp((client) => [
    client.createFunction(
      { id: "long", triggers: [{ event: "a/b" }] },
      ({ step }) => step.sleep("z", "400d"),
    ),
  ]);
  await app.send("a/b");
  assertEquals((await app.ended("long"))._inngest.status, "Failed");
});

engineTest(
  "step.waitForEvent() takes the event that matches, unwrapped, and lets others pass",
  async () => {
    const clock = new FakeClock();
    await using app = await startApp(
      (client) => [waiting(client, { if: "async.data.n == event.data.n" })],
      { clock },
    );
    await app.send("a/b", { n: 1 });
    await clock.nextTimer(3_600_000);
    await app.send("x/reply", { n: 2 });
    await app.send("x/reply", { n: 1, hit: true });
    assertEquals((await app.ended("waits")).result, {
      name: "x/reply",
      data: { n: 1, hit: true },
    });
  },
);

engineTest(
  "step.waitForEvent() is null when its time is up, and a later event changes nothing",
  async () => {
    const clock = new FakeClock();
    await using app = await startApp((client) => [waiting(client)], { clock });
    await app.send("a/b");
    await clock.nextTimer(3_600_000);
    clock.advance(3_600_000);
    await app.send("x/reply"); // races the timeout: whoever is first, the run goes on once
    assertEquals((await app.ended("waits")).result, null);
  },
);

Deno.test("step.waitForEvent() catches the event that a parallel sendEvent sends", async () => {
  await using app = await startApp((client) => [
    client.createFunction(
      { id: "both", triggers: [{ event: "a/b" }] },
      async ({ step }) => {
        const [reply] = await Promise.all([
          step.waitForEvent("reply", { event: "x/own", timeout: "1h" }),
          step.sendEvent("send", { name: "x/own", data: { n: 5 } }),
        ]);
        return reply?.data;
      },
    ),
  ]);
  await app.send("a/b");
  assertEquals((await app.ended("both")).result, { n: 5 });
});

Deno.test("step.waitForEvent() with an invalid expression fails its run at once, and no other", async () => {
  await using app = await startApp((client) => [
    client.createFunction(
      { id: "bad", triggers: [{ event: "a/bad" }] },
      ({ step }) =>
        step.waitForEvent("reply", {
          event: "x/reply",
          timeout: "1h",
          if: "event.data.x === 1",
        }),
    ),
    client.createFunction(
      { id: "fine", triggers: [{ event: "a/bad" }] },
      () => "fine",
    ),
  ]);
  await app.send("a/bad");
  assertEquals((await app.ended("bad"))._inngest.status, "Failed");
  assertEquals((await app.ended("fine")).result, "fine");
});

Deno.test("step.invoke() gives the result, and throws the child's error where it can be caught", async () => {
  await using app = await startApp((client) => {
    const child = client.createFunction(
      { id: "child", triggers: [], retries: 0 },
      ({ event }) => {
        const { n } = event.data as { n?: number };
        if (n === undefined) throw new RangeError("child boom");
        return n * 2;
      },
    );
    return [
      child,
      client.createFunction(
        { id: "parent", triggers: [{ event: "a/b" }] },
        async ({ step }) => {
          const doubled = await step.invoke("ok", {
            function: child,
            data: { n: 21 },
          });
          const caught = await step.invoke("bad", {
            function: child,
            data: {},
          }).catch((error: Error) => `${error.name}: ${error.message}`);
          return [doubled, caught];
        },
      ),
    ];
  });
  await app.send("a/b");
  assertEquals((await app.ended("parent")).result, [
    42,
    "RangeError: child boom",
  ]);
});

engineTest(
  "step.invoke() throws InngestInvokeTimeoutError when the child takes too long",
  async () => {
    const clock = new FakeClock();
    await using app = await startApp((client) => {
      const child = client.createFunction(
        { id: "child", triggers: [] },
        ({ step }) => step.sleep("long", "1d"),
      );
      return [
        child,
        client.createFunction(
          { id: "parent", triggers: [{ event: "a/b" }] },
          ({ step }) =>
            step.invoke("slow", { function: child, timeout: "1m" })
              .catch((error: Error) => error.name),
        ),
      ];
    }, { clock });
    await app.send("a/b");
    assertEquals(await clock.advanceToNext(60_000), 60_000);
    assertEquals(
      (await app.ended("parent")).result,
      "InngestInvokeTimeoutError",
    );
  },
);

Deno.test("step.invoke() of a function that does not exist throws instead of hanging", async () => {
  await using app = await startApp((client) => [
    client.createFunction(
      { id: "parent", triggers: [{ event: "a/b" }] },
      ({ step }) =>
        step.invoke("gone", {
          function: referenceFunction({ functionId: "nowhere" }),
        })
          .catch((error: Error) => error.message),
    ),
  ]);
  await app.send("a/b");
  assertMatch(
    String((await app.ended("parent")).result),
    /could not find function/,
  );
});

engineTest("step.invoke() throws when the child is cancelled", async () => {
  await using app = await startApp((client) => {
    const child = client.createFunction(
      { id: "child", triggers: [], cancelOn: [{ event: "x/stop" }] },
      async ({ step }) => {
        await step.run("stop", () => client.send({ name: "x/stop" }));
        await step.sleep("long", "1d");
      },
    );
    return [
      child,
      client.createFunction(
        { id: "parent", triggers: [{ event: "a/b" }] },
        ({ step }) =>
          step.invoke("c", { function: child }).catch((error: Error) =>
            error.message
          ),
      ),
    ];
  });
  await app.send("a/b");
  assertEquals(
    (await app.ended("parent")).result,
    "The invoked run was cancelled",
  );
});

engineTest(
  "a sleep survives a restart of the engine, and one that was due meanwhile ends at start",
  async () => {
    const path = await Deno.makeTempDir();
    const clock = new FakeClock();
    const bodies: string[] = [];
    const define = (client: Inngest) => [
      client.createFunction(
        { id: "sleeps", triggers: [{ event: "a/b" }] },
        async ({ step }) => {
          await step.run("before", () => bodies.push("before"));
          await step.sleep("z", "1h");
          await step.run("after", () => bodies.push("after"));
        },
      ),
    ];
    {
      await using app = await startApp(define, { clock, path });
      await app.send("a/b");
      await clock.nextTimer(HOUR_MS);
    }
    clock.advance(2 * HOUR_MS);
    await using app = await startApp(define, { clock, path });
    await app.ended("sleeps");
    assertEquals(bodies, ["before", "after"]);
    await app.engine.close();
    await Deno.remove(path, { recursive: true });
  },
);
