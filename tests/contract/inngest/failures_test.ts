/**
 * Errors: what is caught, what ends the run, when the next attempt is made, and onFailure.
 */
import { assertEquals, assertMatch } from "@std/assert";
import { NonRetriableError, RetryAfterError } from "inngest";
import { FakeClock } from "./fake_clock.ts";
import { engineTest, startApp } from "./start_app.ts";
import { watchRequests } from "./watch_requests.ts";

const DAY_MS = 24 * 3_600_000;

Deno.test("a step that failed at every attempt is caught, and the run goes on", async () => {
  const bodies: string[] = [];
  await using app = await startApp((client) => [
    client.createFunction(
      { id: "caught", triggers: [{ event: "a/b" }], retries: 1 },
      async ({ step }) => {
        const caught = await step.run("bad", () => {
          bodies.push("bad");
          throw new RangeError("no");
        }).catch((error: Error) => `${error.name}: ${error.message}`);
        await step.run("after", () => void bodies.push("after"));
        return caught;
      },
    ),
  ]);
  await app.send("a/b");
  const { result, _inngest } = await app.ended("caught");
  assertEquals([_inngest.status, result], ["Completed", "RangeError: no"]);
  assertEquals(bodies, ["bad", "bad", "after"]);
});

Deno.test("an error thrown after steps has its own attempts, and the steps stay as they are", async () => {
  const bodies: string[] = [];
  await using app = await startApp((client) => [
    client.createFunction(
      { id: "late", triggers: [{ event: "a/b" }], retries: 2 },
      async ({ step, attempt }) => {
        await step.run("one", () => void bodies.push("one"));
        bodies.push(`attempt ${attempt}`);
        throw new TypeError("after all");
      },
    ),
  ]);
  await app.send("a/b");
  const { error } = await app.ended("late");
  assertEquals([error?.name, error?.message], ["TypeError", "after all"]);
  assertEquals(bodies, ["one", "attempt 0", "attempt 1", "attempt 2"]);
});

engineTest(
  "of two parallel steps that fail each runs at most once, and onFailure once",
  async () => {
    const bodies: string[] = [];
    await using app = await startApp((client) => [
      client.createFunction(
        {
          id: "both",
          triggers: [{ event: "a/b" }],
          retries: 0,
          onFailure: () => void bodies.push("onFailure"),
        },
        ({ step }) =>
          Promise.all(["one", "two"].map((id) =>
            step.run(id, () => {
              bodies.push(id);
              throw new NonRetriableError("no");
            })
          )),
      ),
    ]);
    await app.send("a/b");
    assertEquals((await app.ended("both"))._inngest.status, "Failed");
    await app.settled();
    assertEquals(bodies.length, new Set(bodies).size);
    assertEquals(bodies.filter((body) => body === "onFailure").length, 1);
    assertEquals(await app.countRuns("both-failure"), 1);
  },
);

engineTest(
  "a parallel step that fails uncaught ends the run while its sibling waits",
  async () => {
    await using app = await startApp((client) => [
      client.createFunction(
        { id: "mixed", triggers: [{ event: "a/b" }], retries: 0 },
        ({ step, group }) =>
          group.parallel({ mode: "race" }, () =>
            Promise.all([
              step.run("bad", () => {
                throw new RangeError("no");
              }),
              step.waitForEvent("never", { event: "x/never", timeout: "1d" }),
            ])),
      ),
    ]);
    await app.send("a/b");
    const { error } = await app.ended("mixed");
    assertEquals([error?.name, error?.message], ["RangeError", "no"]);
    await app.settled(); // the wait has gone with its run
  },
);

engineTest(
  "onFailure that fails has two attempts, and nothing comes of its failure",
  async () => {
    let calls = 0;
    await using app = await startApp((client) => [
      client.createFunction({
        id: "bad",
        triggers: [{ event: "a/b" }],
        retries: 0,
        onFailure: () => {
          calls++;
          throw new Error("me too");
        },
      }, () => {
        throw new Error("no");
      }),
    ]);
    await app.send("a/b");
    const { run_id } = await app.ended("bad");
    await app.settled();
    assertEquals(calls, 2);
    const { body } = await app.api("/v1/events?name=inngest/function.failed");
    const ids = (body as { data: { id: string }[] }).data.map(({ id }) => id);
    assertEquals(ids, [run_id]);
    const { body: runs } = await app.api(
      "/api/v2/runs?functionId=bad-failure&status=FAILED",
    );
    assertEquals((runs as { data: unknown[] }).data.length, 1);
  },
);

for (
  const { what, retryAfter, delayMs } of [
    { what: "of 5 seconds", retryAfter: () => "5s", delayMs: 5_000 },
    {
      what: "at a date",
      retryAfter: (clock: FakeClock) =>
        new Date(clock.now().getTime() + 120_000),
      delayMs: 120_000,
    },
    { what: "of two days", retryAfter: () => "2d", delayMs: DAY_MS },
    { what: "in the past", retryAfter: () => new Date(0), delayMs: 1_000 },
  ]
) {
  for (const place of ["step", "function"]) {
    engineTest(
      `RetryAfterError ${what} from a ${place} is tried again after ${delayMs} ms`,
      async () => {
        const clock = new FakeClock();
        const fail = (attempt: number) => {
          if (attempt > 0) return;
          throw new RetryAfterError("busy", retryAfter(clock));
        };
        await using app = await startApp((client) => [
          client.createFunction(
            { id: "later", triggers: [{ event: "a/b" }], retries: 1 },
            async ({ step, attempt }) => {
              if (place === "function") fail(attempt);
              else await step.run("one", () => fail(attempt));
              return attempt;
            },
          ),
        ], { clock });
        await app.send("a/b");
        await clock.timerIn(delayMs);
        clock.advance(delayMs);
        assertEquals((await app.ended("later"))._inngest.status, "Completed");
      },
    );
  }
}

engineTest(
  "RetryAfterError at the last attempt fails the run at once",
  async () => {
    const clock = new FakeClock();
    await using app = await startApp((client) => [
      client.createFunction(
        { id: "last", triggers: [{ event: "a/b" }], retries: 0 },
        () => {
          throw new RetryAfterError("busy", "5s");
        },
      ),
    ], { clock });
    await app.send("a/b");
    const { error } = await app.ended("last");
    assertMatch(error?.message ?? "", /busy/);
  },
);

engineTest(
  "max_attempts is what the function asks for, attempts count from 0",
  async () => {
    await using app = await startApp((client) => [
      client.createFunction(
        { id: "thrice", triggers: [{ event: "a/b" }], retries: 2 },
        () => {
          throw new Error("no");
        },
      ),
    ]);
    const requests = await watchRequests(app, "thrice");
    await app.send("a/b");
    await app.ended("thrice");
    assertEquals(
      requests.map(({ ctx }) => [ctx.attempt, ctx.max_attempts]),
      [[0, 3], [1, 3], [2, 3]],
    );
  },
);
