/**
 * Checkpointing: the SDK saves steps while its request runs, and hands them back when it cannot.
 */
import { assertEquals, assertMatch } from "@std/assert";
import { Inngest, RetryAfterError } from "inngest";
import { serve } from "inngest/deno/fresh";
import {
  type Engine,
  startEngine,
} from "../../../packages/embedded_inngest/mod.ts";
import { hashSigningKey } from "../../../packages/embedded_inngest/signature.ts";
import { FakeClock } from "./fake_clock.ts";
import { callApi, engineTest, startApp } from "./start_app.ts";
import { answerOperations, messageOf, startRawApp } from "./start_raw_app.ts";

for (
  const { how, isSaved } of [
    { how: "cannot be checkpointed", isSaved: false },
    { how: "were checkpointed without the app being told", isSaved: true },
  ]
) {
  engineTest(
    `steps that ${how} are saved with the answer, and run once`,
    async () => {
      await using engine = await startEngine({ path: ":memory:" });
      const bodies: string[] = [];
      const ended = Promise.withResolvers<string>();
      const client = new Inngest({
        id: "app",
        isDev: false,
        signingKey: engine.signingKey,
        eventKey: engine.eventKey,
        baseUrl: engine.url,
        logger: { debug() {}, info() {}, warn() {}, error() {} },
        fetch: async (input, init) => {
          const isCheckpoint = String(input).includes("/checkpoint/");
          if (isCheckpoint && !isSaved) return refuse();
          const response = await engine.fetch(input, init);
          return isCheckpoint ? refuse() : response;
        },
      });
      const fn = client.createFunction(
        { id: "fn", triggers: [{ event: "a/b" }], retries: 0 },
        async ({ step }) => {
          const a = await step.run("a", () => (bodies.push("a"), "A"));
          ended.resolve(a + await step.run("b", () => (bodies.push("b"), "B")));
        },
      );
      await engine.register(serve({ client, functions: [fn] }));
      const { ids: [id] } = await client.send({ name: "a/b", data: {} });
      assertEquals(
        await Promise.race([ended.promise, failed(engine, id)]),
        "AB",
      );
      assertEquals(bodies, ["a", "b"]);
    },
  );
}

engineTest(
  "a step that is saved again keeps its first value, and the run goes on",
  async () => {
    const step = { op: "StepRun", id: "a".repeat(40), name: "a" };
    let seen: unknown;
    await using app = await startRawApp(async (signed, request) => {
      const { ctx, steps } = await request.json();
      if (ctx.stack.current === 0) {
        for (const data of ["first", "second"]) {
          assertEquals(
            await saveStep(app.engine, ctx, { ...step, data }),
            200,
          );
        }
        return answerOperations(signed, [{ ...step, data: "third" }]);
      }
      seen = steps;
      return new Response("null", { headers: signed("null") });
    });
    assertEquals((await app.ended(await app.send())).status, "Completed");
    assertEquals(seen, { [step.id]: { data: "first" } });
    assertEquals(app.calls(), 2);
  },
);

engineTest(
  "an app that reports a step again which it was sent fails its run",
  async () => {
    const step = { op: "StepRun", id: "a".repeat(40), name: "a", data: 1 };
    const clock = new FakeClock();
    await using app = await startRawApp(
      (signed) => answerOperations(signed, [step]),
      clock,
    );
    const id = await app.send();
    await clock.advanceToNext(1_000); // the second attempt
    const run = await app.ended(id);
    assertEquals(run.status, "Failed");
    assertMatch(messageOf(run), /reported nothing new/);
    assertEquals(app.calls(), 3);
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

function refuse(): Response {
  return new Response("{}", { status: 500 });
}

/** Saves a step as the SDK does while its request is open, and tells the status of the answer. */
async function saveStep(
  engine: Engine,
  { run_id, qi_id }: { run_id: string; qi_id: string },
  step: Record<string, unknown>,
): Promise<number> {
  const response = await engine.fetch(
    `${engine.url}/v1/checkpoint/${run_id}/async`,
    {
      method: "POST",
      headers: { authorization: `Bearer ${hashSigningKey(engine.signingKey)}` },
      body: JSON.stringify({ qi_id, steps: [step] }),
    },
  );
  await response.body?.cancel();
  return response.status;
}

/** Waits until an event's run has failed, and says why. */
async function failed(engine: Engine, eventId = ""): Promise<string> {
  for (;;) {
    const { body } = await callApi(engine, `/v1/events/${eventId}/runs`);
    const [run] =
      (body as { data: { status: string; output: unknown }[] }).data;
    if (run?.status === "Failed") return JSON.stringify(run.output);
    if (run?.status === "Completed") return await new Promise(() => {});
    await new Promise((resolve) => setImmediate(resolve));
  }
}
