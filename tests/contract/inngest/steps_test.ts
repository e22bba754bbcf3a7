import { assertEquals } from "@std/assert";
import { NonRetriableError } from "inngest";
import { startApp } from "./start_app.ts";

Deno.test("engine runs a function without steps in one call and emits its result", async () => {
  const attempts: number[] = [];
  await using app = await startApp((client) => [
    client.createFunction(
      { id: "plain", triggers: [{ event: "a/b" }] },
      ({ event, attempt }) => {
        attempts.push(attempt);
        return { got: event.data.n };
      },
    ),
  ]);
  await app.send("a/b", { n: 1 });
  const end = await app.ended("plain");
  assertEquals(end.result, { got: 1 });
  assertEquals(end._inngest.status, "Completed");
  assertEquals(attempts, [0]);
});

Deno.test("engine runs serial steps once each, within one request", async () => {
  const log: string[] = [];
  await using app = await startApp((client) => [
    client.createFunction(
      { id: "serial", triggers: [{ event: "a/b" }] },
      async ({ step }) => {
        log.push("enter");
        const a = await step.run("a", () => (log.push("a"), "A"));
        const b = await step.run("b", () => (log.push("b"), "B"));
        return a + b;
      },
    ),
  ]);
  await app.send("a/b");
  assertEquals((await app.ended("serial")).result, "AB");
  assertEquals(log, ["enter", "a", "b"]);
});

Deno.test("engine memoises steps of the same id in a loop, one by one", async () => {
  let calls = 0;
  await using app = await startApp((client) => [
    client.createFunction({
      id: "loop",
      triggers: [{ event: "a/b" }],
      checkpointing: false,
    }, async ({ step }) => {
      const seen: number[] = [];
      for (let i = 0; i < 3; i++) {
        seen.push(await step.run("same", () => ++calls));
      }
      return seen;
    }),
  ]);
  await app.send("a/b");
  assertEquals((await app.ended("loop")).result, [1, 2, 3]);
  assertEquals(calls, 3);
});

for (const checkpointing of [true, false]) {
  Deno.test(`engine hands back undefined as null and dates as ISO texts with checkpointing ${checkpointing}`, async () => {
    await using app = await startApp((client) => [
      client.createFunction(
        { id: "json", triggers: [{ event: "a/b" }], checkpointing },
        async ({ step }) => {
          const none = await step.run("none", () => undefined);
          const date = await step.run("date", () => new Date(0));
          await Promise.all([step.run("c", () => 1), step.run("d", () => 2)]); // asks for a replay
          return [none ?? null, date];
        },
      ),
    ]);
    await app.send("a/b");
    assertEquals((await app.ended("json")).result, [
      null,
      "1970-01-01T00:00:00.000Z",
    ]);
  });
}

Deno.test("engine retries a failing step and starts the next step at attempt 0", async () => {
  const attempts: [string, number][] = [];
  await using app = await startApp((client) => [
    client.createFunction(
      { id: "flaky", triggers: [{ event: "a/b" }] },
      async ({ step, attempt }) => {
        await step.run("one", () => {
          attempts.push(["one", attempt]);
          if (attempt < 2) throw new Error("not yet");
        });
        await step.run("two", () => attempts.push(["two", attempt]));
      },
    ),
  ]);
  await app.send("a/b");
  await app.ended("flaky");
  assertEquals(attempts, [["one", 0], ["one", 1], ["one", 2], ["two", 0]]);
});

for (
  const { retries, executions } of [
    { retries: undefined, executions: 5 },
    { retries: 0 as const, executions: 1 },
    { retries: 1 as const, executions: 2 },
    { retries: 20 as const, executions: 21 },
  ]
) {
  Deno.test(`engine executes a failing function ${executions} times with retries: ${retries}`, async () => {
    let count = 0;
    await using app = await startApp((client) => [
      client.createFunction(
        {
          id: "fails",
          triggers: [{ event: "a/b" }],
          ...(retries === undefined ? {} : { retries }),
        },
        () => {
          count++;
          throw new TypeError("always");
        },
      ),
    ]);
    await app.send("a/b");
    const end = await app.ended("fails");
    assertEquals(end._inngest.status, "Failed");
    assertEquals([end.error?.name, end.error?.message], [
      "TypeError",
      "always",
    ]);
    assertEquals(count, executions);
  });
}

Deno.test("engine does not retry a NonRetriableError, which user code may catch", async () => {
  const log: string[] = [];
  await using app = await startApp((client) => [
    client.createFunction(
      { id: "caught", triggers: [{ event: "a/b" }] },
      async ({ step }) => {
        try {
          await step.run("bad", () => {
            log.push("bad");
            throw new NonRetriableError("no");
          });
        } catch {
          log.push("caught");
        }
        return await step.run("after", () => "fine");
      },
    ),
    client.createFunction({ id: "final", triggers: [{ event: "a/b" }] }, () => {
      log.push("final");
      throw new NonRetriableError("no");
    }),
  ]);
  await app.send("a/b");
  assertEquals((await app.ended("caught")).result, "fine");
  const end = await app.ended("final");
  assertEquals([end._inngest.status, end.error?.error], [
    "Failed",
    "NonRetriableError",
  ]);
  assertEquals(log.filter((entry) => entry !== "caught").sort(), [
    "bad",
    "final",
  ]);
});

Deno.test("engine fails a run with the uncaught error of its step, without calling the function more", async () => {
  let entries = 0;
  await using app = await startApp((client) => [
    client.createFunction(
      { id: "uncaught", triggers: [{ event: "a/b" }], retries: 0 },
      async ({ step }) => {
        entries++;
        await step.run("bad", () => {
          throw new RangeError("step boom");
        });
      },
    ),
  ]);
  await app.send("a/b");
  const end = await app.ended("uncaught");
  assertEquals([end.error?.name, end.error?.message], [
    "RangeError",
    "step boom",
  ]);
  assertEquals(entries, 2); // the attempt, and the call that could have caught
});

Deno.test("engine runs parallel steps once each and joins them", async () => {
  const log: string[] = [];
  await using app = await startApp((client) => [
    client.createFunction(
      { id: "parallel", triggers: [{ event: "a/b" }] },
      async ({ step }) => {
        const run = (id: string) => step.run(id, () => (log.push(id), id));
        const first = await Promise.all([run("a"), run("b"), run("c")]);
        const middle = await run("d");
        const last = await Promise.all([run("e"), run("f")]);
        return [...first, middle, ...last].join("");
      },
    ),
  ]);
  await app.send("a/b");
  assertEquals((await app.ended("parallel")).result, "abcdef");
  assertEquals(log.sort(), ["a", "b", "c", "d", "e", "f"]);
});

Deno.test("engine keeps two chains of steps in step with each other", async () => {
  const log: string[] = [];
  await using app = await startApp((client) => [
    client.createFunction(
      { id: "chains", triggers: [{ event: "a/b" }] },
      async ({ step }) => {
        const chain = async (name: string) => {
          await step.run(`${name}1`, () => log.push(`${name}1`));
          await step.run(`${name}2`, () => log.push(`${name}2`));
        };
        await Promise.all([chain("a"), chain("b")]);
      },
    ),
  ]);
  await app.send("a/b");
  await app.ended("chains");
  assertEquals(log.map((id) => id.slice(1)), ["1", "1", "2", "2"]);
});

Deno.test("engine calls onFailure once, with the error and the original event", async () => {
  const seen: unknown[] = [];
  const done = Promise.withResolvers<void>();
  await using app = await startApp((client) => [
    client.createFunction({
      id: "breaks",
      triggers: [{ event: "a/b" }],
      retries: 0,
      onFailure: ({ error, event }) => {
        seen.push([
          error.name,
          error.message,
          event.data.event.data.n,
          event.data.function_id,
        ]);
        done.resolve();
      },
    }, async ({ step }) => {
      await Promise.all([1, 2].map((i) =>
        step.run(`s${i}`, () => {
          throw new TypeError("both");
        })
      ));
    }),
  ]);
  await app.send("a/b", { n: 7 });
  await done.promise;
  await app.ended("breaks");
  assertEquals(seen, [["TypeError", "both", 7, `${app.client.id}-breaks`]]);
});
