/**
 * What an app may answer that is not an SDK's answer: the run fails clearly, nothing gets stuck.
 */
import { assertEquals, assertMatch } from "@std/assert";
import {
  hashSigningKey,
  signText,
} from "../../../packages/embedded_inngest/signature.ts";
import {
  type Engine,
  startEngine,
} from "../../../packages/embedded_inngest/mod.ts";
import { callApi, createClient, engineTest } from "./start_app.ts";
import { FakeClock } from "./fake_clock.ts";

const FUNCTION = {
  id: "raw-fn",
  name: "fn",
  triggers: [{ event: "a/b" }],
  steps: {
    step: {
      runtime: { type: "http", url: "http://localhost/api/inngest" },
      retries: { attempts: 1 },
    },
  },
};
const SDK = { "x-inngest-sdk": "js:v4.24.0", "x-inngest-req-version": "2" };

/** An app without an SDK: it registers one function and answers calls with `answer`. */
async function startRawApp(
  answer: (
    signed: (text: string) => Record<string, string>,
    request: Request,
  ) => Response | Promise<Response>,
  clock = new FakeClock(),
): Promise<{ engine: Engine; calls: () => number }> {
  const engine = await startEngine({
    path: ":memory:",
    retryIntervalMs: 1_000,
    retention: { intervalMs: 1e12 },
    clock,
  });
  let calls = 0;
  const signed = (text: string) => ({
    ...SDK,
    "x-inngest-signature": signText(text, engine.signingKey),
  });
  await engine.register((request) => {
    if (request.method === "POST") {
      calls++;
      return answer(signed, request);
    }
    return Response.json({ app_id: "raw", functions: [FUNCTION] }, {
      headers: { "x-inngest-sync-kind": "in_band" },
    });
  });
  return { engine, calls: () => calls };
}

interface ShownRun {
  readonly status: string;
  readonly output?: { readonly message?: string };
}

async function readRun(engine: Engine, eventId: string): Promise<ShownRun> {
  const { body } = await callApi(engine, `/v1/events/${eventId}/runs`);
  return (body as { data: [ShownRun] }).data[0];
}

for (
  const { what, answer, error } of [
    {
      what: "200 without the SDK's header",
      answer: () => new Response('"hello"'),
      error: /no "x-inngest-sdk" header/,
    },
    {
      what: "200 without a signature",
      answer: () => new Response('"hello"', { headers: SDK }),
      error: /signature is missing or wrong/,
    },
    {
      what: "206 that is not JSON",
      answer: (signed) =>
        new Response("<html>", { status: 206, headers: signed("<html>") }),
      error: /operations are malformed/,
    },
    {
      what: "206 without operations",
      answer: (signed) =>
        new Response("[]", { status: 206, headers: signed("[]") }),
      error: /reported nothing new/,
    },
    {
      what: "502 from a proxy",
      answer: () => new Response("Bad gateway", { status: 502 }),
      error: /HTTP 502/,
    },
    {
      what: "an output of more than 4 MiB",
      answer: (signed) => {
        const text = JSON.stringify("x".repeat(4 * 1024 * 1024));
        return new Response(text, { headers: signed(text) });
      },
      error: /larger than 4 MiB/,
    },
    {
      what: "a rejected promise",
      answer: () => {
        throw new TypeError("no host");
      },
      error: /no host/,
    },
    {
      what: "that the current request is stale",
      answer: () =>
        Response.json({ name: "StaleDispatchError", message: "stale" }, {
          status: 400,
          headers: { ...SDK, "x-inngest-no-retry": "true" },
        }),
      error: /for stale/,
    },
  ] satisfies {
    what: string;
    answer: Parameters<typeof startRawApp>[0];
    error: RegExp;
  }[]
) {
  engineTest(
    `an app that answers ${what} has its attempts, then the run fails`,
    async () => {
      const clock = new FakeClock();
      const { engine, calls } = await startRawApp(answer, clock);
      await using _ = engine;
      const { ids: [id = ""] } = await createClient(engine).send({
        name: "a/b",
        data: {},
      });
      await clock.advanceToNext(1_000);
      const run = await untilEnded(engine, id);
      assertEquals([run.status, calls()], ["Failed", 2]);
      assertMatch(run.output?.message ?? "", error);
    },
  );
}

engineTest(
  "a handler that never answers is given up after two hours",
  async () => {
    const clock = new FakeClock();
    const { engine, calls } = await startRawApp(
      () => new Promise(() => {}),
      clock,
    );
    await using _ = engine;
    const { ids: [id = ""] } = await createClient(engine).send({
      name: "a/b",
      data: {},
    });
    assertEquals(await clock.advanceToNext(2 * 3_600_000), 2 * 3_600_000);
    assertEquals(await clock.advanceToNext(1_000), 1_000); // the pause before attempt 2
    assertEquals(await clock.advanceToNext(2 * 3_600_000), 2 * 3_600_000);
    const run = await untilEnded(engine, id);
    assertEquals([run.status, calls()], ["Failed", 2]);
    assertMatch(run.output?.message ?? "", /over two hours/);
  },
);

for (const op of ["WaitForSignal", "Gateway", "AIGateway", "DeferAdd"]) {
  engineTest(
    `operation ${op} fails its run and names the way out`,
    async () => {
      const { engine } = await startRawApp((signed) => {
        const text = JSON.stringify([
          { op, id: "a".repeat(40), name: "x", opts: {} },
        ]);
        return new Response(text, { status: 206, headers: signed(text) });
      });
      await using _ = engine;
      const { ids: [id = ""] } = await createClient(engine).send({
        name: "a/b",
        data: {},
      });
      const run = await untilEnded(engine, id);
      assertEquals(run.status, "Failed");
      assertMatch(
        run.output?.message ?? "",
        new RegExp(`"${op}".*Inngest's own server`),
      );
    },
  );
}

engineTest("a run of more than 1,000 steps fails", async () => {
  const { engine } = await startRawApp((signed) => {
    const text = JSON.stringify(
      Array.from({ length: 1_001 }, (_, i) => ({
        op: "StepRun",
        id: i.toString(16).padStart(40, "0"),
        name: `s${i}`,
        data: i,
      })),
    );
    return new Response(text, { status: 206, headers: signed(text) });
  });
  await using _ = engine;
  const { ids: [id = ""] } = await createClient(engine).send({
    name: "a/b",
    data: {},
  });
  const run = await untilEnded(engine, id);
  assertEquals(run.status, "Failed");
  assertMatch(run.output?.message ?? "", /1000 steps/);
});

engineTest("a run whose state is larger than 32 MiB fails", async () => {
  let step = 0;
  const { engine, calls } = await startRawApp((signed) => {
    const text = JSON.stringify([{
      op: "StepRun",
      id: (step++).toString(16).padStart(40, "0"),
      name: "large",
      data: "x".repeat(4_000_000),
    }]);
    return new Response(text, { status: 206, headers: signed(text) });
  });
  await using _ = engine;
  const { ids: [id = ""] } = await createClient(engine).send({
    name: "a/b",
    data: {},
  });
  const run = await untilEnded(engine, id);
  assertEquals([run.status, calls()], ["Failed", 9]); // nine outputs are the first 32 MiB
  assertMatch(run.output?.message ?? "", /state is larger than 32 MiB/);
});

engineTest(
  "a checkpoint is refused when it takes the state past 32 MiB",
  async () => {
    const statuses = Promise.withResolvers<number[]>();
    const { engine } = await startRawApp(async (signed, request) => {
      const { ctx } = await request.json();
      const seen: number[] = [];
      for (let step = 0; step < 9; step++) {
        seen.push(await postCheckpoint(engine, ctx, step));
      }
      statuses.resolve(seen);
      return new Response("null", { headers: signed("null") });
    });
    await using _ = engine;
    await createClient(engine).send({ name: "a/b", data: {} });
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

/** Turns the event loop until the run of an event has ended. */
async function untilEnded(engine: Engine, eventId: string): Promise<ShownRun> {
  for (let turn = 0; turn < 10_000; turn++) {
    const run = await readRun(engine, eventId);
    if (run && run.status !== "Running") return run;
    await new Promise((resolve) => setImmediate(resolve));
  }
  throw new Error("Cannot see the end of the run: it is still open");
}
