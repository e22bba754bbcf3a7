/**
 * How fast the embedded Inngest engine takes events and finishes runs, with the official SDK.
 *
 * Prints events acknowledged a second (each on disk before its `send` resolves), one-step runs
 * finished a second next to what the SDK's serve handler alone manages in the same process, and
 * the start latency of an idle engine. Compare the ratio, not the absolute numbers. On Linux the
 * processor time of the JavaScript thread stands beside it, which other programs disturb less.
 *
 * Run: deno run -A benches/inngest_bench.ts [folder]
 */
import { Inngest } from "inngest";
import { serve } from "inngest/edge";
import { snapshotEnvironment } from "../lib/inngest/snapshot_environment.ts";
import { type Engine, startEngine } from "../packages/embedded_inngest/mod.ts";
import { canonicalJson } from "../packages/embedded_inngest/canonical_json.ts";
import { signText } from "../packages/embedded_inngest/signature.ts";

const BATCH_EVENTS = 20_000;
const SINGLE_EVENTS = 5_000;
const SENDERS = 100;
const BATCH_SIZE = 100;
const RUNS = 1_000;
const ROUNDS = 5;
const HANDLER_PARALLELISM = 32;
const IDLE_STARTS = 200;
const PAYLOAD = { user: { id: "user_1", notes: "x".repeat(1_500) } }; // the size of a Clerk user

/** Prints a line of the report. */
function report(label: string, value: string): void {
  // deno-lint-ignore no-console
  console.log(`${label.padEnd(58)} ${value}`);
}

function createClient(
  engine: Engine,
  fetch: typeof globalThis.fetch = engine.fetch,
): Inngest {
  return new Inngest({
    id: "bench",
    isDev: false,
    signingKey: engine.signingKey,
    eventKey: engine.eventKey,
    baseUrl: engine.url,
    fetch,
  });
}

/** Stands in for the engine where the SDK's handler is measured alone. */
function answerAtOnce(): Promise<Response> {
  return Promise.resolve(Response.json({ status: 200 }));
}

async function measure(
  count: number,
  work: () => Promise<void>,
): Promise<number> {
  const started = performance.now();
  await work();
  return count / (performance.now() - started) * 1000;
}

async function inParallel(
  workers: number,
  tasks: number,
  task: (index: number) => Promise<unknown>,
): Promise<void> {
  let next = 0;
  await Promise.all(Array.from({ length: workers }, async () => {
    while (next < tasks) await task(next++);
  }));
}

async function benchEvents(folder: string): Promise<void> {
  await using engine = await startEngine({ path: `${folder}/events` });
  const client = createClient(engine);
  const event = (index: number) => ({
    name: "bench/kept",
    id: `e${index}`,
    data: PAYLOAD,
  });
  const batches = BATCH_EVENTS / BATCH_SIZE;
  const batched = await measure(
    BATCH_EVENTS,
    () =>
      inParallel(
        SENDERS,
        batches,
        (index) =>
          client.send(
            Array.from(
              { length: BATCH_SIZE },
              (_, i) => event(index * BATCH_SIZE + i),
            ),
          ),
      ),
  );
  report(
    `events/s acknowledged, batches of ${BATCH_SIZE}, ${SENDERS} senders`,
    batched.toFixed(0),
  );
  const single = await measure(
    SINGLE_EVENTS,
    () =>
      inParallel(
        SENDERS,
        SINGLE_EVENTS,
        (index) => client.send(event(1_000_000 + index)),
      ),
  );
  const alone = createClient(engine, answerAtOnce);
  const sdk = await measure(
    SINGLE_EVENTS,
    () =>
      inParallel(SENDERS, SINGLE_EVENTS, (index) => alone.send(event(index))),
  );
  report(
    `events/s one by one, ${SENDERS} senders, engine · SDK's send() alone`,
    `${single.toFixed(0)} · ${sdk.toFixed(0)}`,
  );
}

async function benchRuns(folder: string): Promise<void> {
  await using engine = await startEngine({ path: `${folder}/runs` });
  const client = createClient(engine);
  let left = RUNS;
  let finished = Promise.withResolvers<void>();
  const define = (owner: Inngest) =>
    owner.createFunction(
      { id: "one-step", triggers: [{ event: "bench/run" }] },
      async ({ step }) => {
        const value = await step.run("only", () => 1);
        if (--left === 0) finished.resolve();
        return value;
      },
    );
  await engine.register(serve({ client, functions: [define(client)] }));
  const alone = createClient(engine, answerAtOnce);
  const handler = serve({ client: alone, functions: [define(alone)] });
  const rounds: { engine: Cost; handler: Cost }[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    left = Infinity;
    const handlerCost = await measureCost(
      () =>
        inParallel(
          HANDLER_PARALLELISM,
          RUNS,
          (i) => callHandler(engine, handler, round * RUNS + i),
        ),
    );
    left = RUNS;
    finished = Promise.withResolvers<void>();
    const engineCost = await measureCost(async () => {
      for (let sent = 0; sent < RUNS; sent += BATCH_SIZE) {
        await client.send(
          Array.from(
            { length: BATCH_SIZE },
            () => ({ name: "bench/run", data: PAYLOAD }),
          ),
        );
      }
      await finished.promise;
    });
    rounds.push({ engine: engineCost, handler: handlerCost });
  }
  for (const unit of ["ms", "threadMs"] as const) {
    const [engine, alone] = (["engine", "handler"] as const).map((side) =>
      median(rounds.map((round) => round[side][unit]))
    );
    report(
      `ms a run ${
        unit === "ms" ? "by the clock" : "of the thread"
      }, engine · ` +
        "handler alone · ratio",
      `${engine?.toFixed(2)} · ${alone?.toFixed(2)} · ${
        ((alone ?? 0) / (engine ?? 1)).toFixed(2)
      }`,
    );
  }
}

/** What a run costs, in ms. */
interface Cost {
  readonly ms: number;
  /** Processor time of the JavaScript thread; NaN where the system does not tell. */
  readonly threadMs: number;
}

async function measureCost(work: () => Promise<void>): Promise<Cost> {
  const startedMs = performance.now();
  const startedThreadMs = threadMs();
  await work();
  return {
    ms: (performance.now() - startedMs) / RUNS,
    threadMs: (threadMs() - startedThreadMs) / RUNS,
  };
}

function threadMs(): number {
  if (Deno.build.os !== "linux") return NaN;
  const file = `/proc/self/task/${Deno.pid}/schedstat`;
  return Number(Deno.readTextFileSync(file).split(" ")[0]) / 1e6;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;
}

/** One signed execution request, as the engine would send it. */
async function callHandler(
  engine: Engine,
  handler: (request: Request) => Promise<Response>,
  index: number,
): Promise<void> {
  const event = {
    data: PAYLOAD,
    id: `e${index}`,
    name: "bench/run",
    ts: Date.now(),
    user: {},
  };
  const body = canonicalJson({
    ctx: {
      attempt: 0,
      disable_immediate_execution: false,
      env: "local",
      fn_id: "fn",
      max_attempts: 5,
      qi_id: `call-${index}`,
      run_id: `run-${index}`,
      stack: { current: 0, stack: [] },
      step_id: "step",
      use_api: false,
    },
    event,
    events: [event],
    steps: {},
    use_api: false,
    version: -1,
  });
  const response = await handler(
    new Request(
      "http://localhost/api/inngest?fnId=bench-one-step&stepId=step",
      {
        method: "POST",
        headers: {
          "content-type": "application/json",
          host: "localhost",
          "x-inngest-signature": signText(body, engine.signingKey, Date.now()),
        },
        body,
      },
    ),
  );
  await response.text();
}

async function benchIdleStart(folder: string): Promise<void> {
  await using engine = await startEngine({ path: `${folder}/idle` });
  const client = createClient(engine);
  let started = Promise.withResolvers<number>();
  const fn = client.createFunction(
    { id: "started", triggers: [{ event: "bench/start" }] },
    () => started.resolve(performance.now()),
  );
  await engine.register(serve({ client, functions: [fn] }));
  const latencies: number[] = [];
  for (let i = 0; i < IDLE_STARTS; i++) {
    started = Promise.withResolvers<number>();
    const sentAt = performance.now();
    await client.send({ name: "bench/start", data: PAYLOAD });
    latencies.push(await started.promise - sentAt);
    await new Promise((resolve) => setTimeout(resolve, 5)); // let the run end: the engine is idle
  }
  latencies.sort((a, b) => a - b);
  const at = (share: number) =>
    latencies[Math.floor(share * latencies.length)]?.toFixed(1);
  report("idle start latency ms, p50 · p99", `${at(0.5)} · ${at(0.99)}`);
}

snapshotEnvironment(); // as the service does
const folder = Deno.args[0] ??
  await Deno.makeTempDir({ prefix: "inngest_bench_" });
await benchEvents(folder);
await benchRuns(folder);
await benchIdleStart(folder);
if (Deno.args[0] === undefined) await Deno.remove(folder, { recursive: true });
