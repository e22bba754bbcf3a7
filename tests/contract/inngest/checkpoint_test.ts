/**
 * Checkpointing: the SDK saves steps while its request runs, and hands them back when it cannot.
 */
import { assertEquals } from "@std/assert";
import { Inngest, RetryAfterError } from "inngest";
import { serve } from "inngest/deno/fresh";
import { startEngine } from "../../../packages/embedded_inngest/mod.ts";
import { FakeClock } from "./fake_clock.ts";
import { engineTest, startApp } from "./start_app.ts";

engineTest(
  "steps that cannot be checkpointed are saved with the answer, and run once",
  async () => {
    await using engine = await startEngine({
      path: ":memory:",
      retryIntervalMs: 1,
    });
    const bodies: string[] = [];
    const ended = Promise.withResolvers<string>();
    const client = new Inngest({
      id: "app",
      isDev: false,
      signingKey: engine.signingKey,
      eventKey: engine.eventKey,
      baseUrl: engine.url,
      logger: { debug() {}, info() {}, warn() {}, error() {} },
      fetch: (input, init) =>
        String(input).includes("/checkpoint/")
          ? Promise.resolve(new Response("{}", { status: 500 }))
          : engine.fetch(input, init),
    });
    const fn = client.createFunction(
      { id: "fn", triggers: [{ event: "a/b" }] },
      async ({ step }) => {
        const a = await step.run("a", () => (bodies.push("a"), "A"));
        ended.resolve(a + await step.run("b", () => (bodies.push("b"), "B")));
      },
    );
    await engine.register(serve({ client, functions: [fn] }));
    await client.send({ name: "a/b", data: {} });
    assertEquals(await ended.promise, "AB");
    assertEquals(bodies, ["a", "b"]);
  },
);

for (const checkpointing of [true, false]) {
  Deno.test(`every step runs once with checkpointing ${checkpointing}`, async () => {
    const bodies: string[] = [];
    await using app = await startApp((client) => [
      client.createFunction(
        { id: "fn", triggers: [{ event: "a/b" }], checkpointing },
        async ({ step }) => {
          const run = (id: string) => step.run(id, () => (bodies.push(id), id));
          const a = await run("a");
          const both = await Promise.all([run("b"), run("c")]);
          await step.sleep("s", "1s");
          return [a, ...both, await run("d")].join("");
        },
      ),
    ]);
    await app.send("a/b");
    assertEquals((await app.ended("fn")).result, "abcd");
    assertEquals(bodies.sort(), ["a", "b", "c", "d"]);
  });
}

engineTest(
  "RetryAfterError decides when the next attempt is made",
  async () => {
    const clock = new FakeClock();
    await using app = await startApp((client) => [
      client.createFunction(
        { id: "later", triggers: [{ event: "a/b" }], retries: 1 },
        ({ attempt }) => {
          if (attempt === 0) throw new RetryAfterError("busy", "90s");
          return "done";
        },
      ),
    ], { clock });
    await app.send("a/b");
    assertEquals(await clock.advanceToNext(100_000), 90_000);
    assertEquals((await app.ended("later")).result, "done");
  },
);

engineTest(
  "without RetryAfterError the back-off is Inngest's: 15 to 45 s first",
  async () => {
    const clock = new FakeClock();
    await using app = await startApp((client) => [
      client.createFunction(
        { id: "fails", triggers: [{ event: "a/b" }], retries: 1 },
        () => {
          throw new Error("no");
        },
      ),
    ], { clock, retryIntervalMs: undefined as never });
    await app.send("a/b");
    const delayMs = await clock.advanceToNext(100_000);
    assertEquals(delayMs >= 15_000 && delayMs <= 45_000, true, `${delayMs}`);
    assertEquals((await app.ended("fails"))._inngest.status, "Failed");
  },
);
