/**
 * The limits of a run: past them it fails with a clear error, and its neighbours go on.
 */
import { assertEquals, assertMatch } from "@std/assert";
import type { Engine } from "../../../packages/embedded_inngest/mod.ts";
import { hashSigningKey } from "../../../packages/embedded_inngest/signature.ts";
import { engineTest, startApp } from "./start_app.ts";
import { answerOperations, messageOf, startRawApp } from "./start_raw_app.ts";

engineTest("a run of more than 1,000 steps fails", async () => {
  await using app = await startRawApp((signed) =>
    answerOperations(
      signed,
      Array.from({ length: 1_001 }, (_, i) => ({
        op: "StepRun",
        id: i.toString(16).padStart(40, "0"),
        name: `s${i}`,
        data: i,
      })),
    )
  );
  const id = await app.send();
  const run = await app.ended(id);
  assertEquals(run.status, "Failed");
  assertMatch(messageOf(run), /1000 steps/);
});

engineTest("a run whose state is larger than 32 MiB fails", async () => {
  let step = 0;
  await using app = await startRawApp((signed) =>
    answerOperations(signed, [{
      op: "StepRun",
      id: (step++).toString(16).padStart(40, "0"),
      name: "large",
      data: "x".repeat(4_000_000),
    }])
  );
  const id = await app.send();
  const run = await app.ended(id);
  assertEquals([run.status, app.calls()], ["Failed", 9]); // nine outputs are the first 32 MiB
  assertMatch(messageOf(run), /state is larger than 32 MiB/);
});

engineTest(
  "a checkpoint is refused when it takes the state past 32 MiB",
  async () => {
    const statuses = Promise.withResolvers<number[]>();
    await using app = await startRawApp(async (signed, request) => {
      const { ctx } = await request.json();
      const seen: number[] = [];
      for (let step = 0; step < 9; step++) {
        seen.push(await postCheckpoint(app.engine, ctx, step));
      }
      statuses.resolve(seen);
      return new Response("null", { headers: signed("null") });
    });
    await app.send();
    assertEquals(await statuses.promise, [...Array(8).fill(200), 400]);
  },
);

/** Saves a step of four million characters, as the SDK does during a request. */
async function postCheckpoint(
  engine: Engine,
  { run_id, qi_id }: { run_id: string; qi_id: string },
  step: number,
): Promise<number> {
  const { status, body } = await engine.fetch(
    `${engine.url}/v1/checkpoint/${run_id}/async`,
    {
      method: "POST",
      headers: { authorization: `Bearer ${hashSigningKey(engine.signingKey)}` },
      body: JSON.stringify({
        qi_id,
        steps: [{
          op: "StepRun",
          id: step.toString(16).padStart(40, "0"),
          data: "x".repeat(4_000_000),
        }],
      }),
    },
  );
  await body?.cancel();
  return status;
}

engineTest(
  "a step of more than 4 MiB fails its run for that reason, and the next run works",
  async () => {
    await using app = await startApp((client) => [
      client.createFunction(
        { id: "large", triggers: [{ event: "a/b" }], retries: 0 },
        async ({ event, step }) => {
          const out = await step.run("out", () => "x".repeat(event.data.chars));
          return out.length;
        },
      ),
    ]);
    await app.send("a/b", { chars: 4 * 1024 * 1024 });
    const { error } = await app.ended("large");
    assertMatch(error?.message ?? "", /larger than 4 MiB/);
    await app.send("a/b", { chars: 4 * 1024 * 1024 - 100 });
    assertEquals((await app.ended("large")).result, 4 * 1024 * 1024 - 100);
  },
);

engineTest(
  "steps of an SDK that add up to more than 32 MiB fail their run for that reason",
  async () => {
    await using app = await startApp((client) => [
      client.createFunction(
        { id: "grows", triggers: [{ event: "a/b" }], retries: 0 },
        async ({ step }) => {
          for (let i = 0; i < 9; i++) {
            await step.run(`s${i}`, () => "x".repeat(4_000_000));
          }
        },
      ),
    ]);
    await app.send("a/b");
    const { error } = await app.ended("grows");
    assertMatch(error?.message ?? "", /state is larger than 32 MiB/);
  },
);
