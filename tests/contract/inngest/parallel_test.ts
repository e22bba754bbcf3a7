/**
 * Parallel steps beyond the plain join: races, failures, and invocations side by side.
 */
import { assertEquals, assertMatch } from "@std/assert";
import { engineTest, startApp } from "./start_app.ts";

Deno.test("Promise.race gives the step that was completed first", async () => {
  await using app = await startApp((client) => [
    client.createFunction(
      { id: "race", triggers: [{ event: "a/b" }] },
      ({ step }) =>
        Promise.race([
          step.run("fast", () => "fast"),
          step.sleep("slow", "1s").then(() => "slow"),
        ]),
    ),
  ]);
  await app.send("a/b");
  assertEquals((await app.ended("race")).result, "fast");
});

Deno.test("group.parallel in race mode lets a chain go on beside a slow branch", async () => {
  const bodies: string[] = [];
  await using app = await startApp((client) => [
    client.createFunction(
      { id: "race", triggers: [{ event: "a/b" }] },
      async ({ step, group }) => {
        const run = (id: string) => step.run(id, () => void bodies.push(id));
        await group.parallel(
          { mode: "race" },
          () =>
            Promise.all([
              run("a1").then(() => run("a2")),
              step.sleep("wait", "1s").then(() => run("b")),
            ]),
        );
      },
    ),
  ]);
  await app.send("a/b");
  assertEquals((await app.ended("race"))._inngest.status, "Completed");
  assertEquals(bodies, ["a1", "a2", "b"]);
});

Deno.test("a parallel step that fails for good is caught by its own branch", async () => {
  await using app = await startApp((client) => [
    client.createFunction(
      { id: "mixed", triggers: [{ event: "a/b" }], retries: 0 },
      ({ step }) =>
        Promise.all([
          step.run("bad", () => {
            throw new RangeError("bad");
          }).catch((error: Error) => error.name),
          step.run("good", () => "good"),
        ]),
    ),
  ]);
  await app.send("a/b");
  assertEquals((await app.ended("mixed")).result, ["RangeError", "good"]);
});

Deno.test("a parallel step that fails is retried alone", async () => {
  const bodies: string[] = [];
  await using app = await startApp((client) => [
    client.createFunction(
      { id: "flaky", triggers: [{ event: "a/b" }] },
      ({ step, attempt }) =>
        Promise.all([
          step.run("bad", () => {
            bodies.push("bad");
            if (attempt < 2) throw new Error("not yet");
            return attempt;
          }),
          step.run("good", () => void bodies.push("good")),
        ]),
    ),
  ]);
  await app.send("a/b");
  assertEquals((await app.ended("flaky")).result, [2, null]);
  assertEquals(bodies.sort(), ["bad", "bad", "bad", "good"]);
});

Deno.test("a step that still runs when a wait beside it ends is planned once", async () => {
  const bodies: string[] = [];
  const slowRuns = Promise.withResolvers<void>();
  const calledAgain = Promise.withResolvers<void>();
  await using app = await startApp((client) => [
    client.createFunction(
      { id: "beside", triggers: [{ event: "a/b" }] },
      async ({ step, group }) => {
        if (bodies.length > 0) calledAgain.resolve(); // because the wait has ended
        return await group.parallel({ mode: "race" }, () =>
          Promise.all([
            step.run("slow", async () => {
              bodies.push("slow");
              slowRuns.resolve();
              await calledAgain.promise;
            }),
            step.waitForEvent("wait", { event: "a/go", timeout: "1h" }),
          ]).then(() => step.run("after", () => void bodies.push("after"))));
      },
    ),
  ]);
  await app.send("a/b");
  await slowRuns.promise;
  await app.send("a/go");
  assertEquals((await app.ended("beside"))._inngest.status, "Completed");
  assertEquals(bodies, ["slow", "after"]);
});

engineTest(
  "step.invoke() of a rate-limited function throws, and of a batched one waits for the batch",
  async () => {
    await using app = await startApp((client) => {
      const limited = client.createFunction(
        {
          id: "limited",
          triggers: [],
          rateLimit: { limit: 1, period: "1h" },
        },
        () => "ran",
      );
      const batched = client.createFunction(
        {
          id: "batched",
          triggers: [{ event: "a/batched" }],
          batchEvents: { maxSize: 2, timeout: "60s" },
        },
        ({ events }) => (events as unknown[]).length,
      );
      return [
        limited,
        batched,
        client.createFunction(
          { id: "parent", triggers: [{ event: "a/b" }] },
          async ({ step }) => {
            const first = await step.invoke("1", { function: limited });
            const second = await step.invoke("2", { function: limited })
              .catch((error: Error) => error.message);
            const sizes = await Promise.all([
              step.invoke("3", { function: batched, data: {} }),
              step.invoke("4", { function: batched, data: {} }),
            ]);
            return { first, second, sizes };
          },
        ),
      ];
    });
    await app.send("a/b");
    const result = (await app.ended("parent")).result as Record<
      string,
      unknown
    >;
    assertEquals(result.first, "ran");
    assertMatch(String(result.second), /rate limited/);
    assertEquals(result.sizes, [2, 2]);
  },
);
