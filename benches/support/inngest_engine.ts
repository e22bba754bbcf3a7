/**
 * The process that the acceptance bench loads: an engine with a function of one step.
 *
 * Prints its port and event key. Then every line on stdin is a number of runs to put in the queue;
 * it prints `queued` when they are there, and how long they took in ms when the last has run.
 */
import process from "node:process";
import { Inngest } from "inngest";
import { serve } from "inngest/edge";
import { snapshotEnvironment } from "../../lib/inngest/snapshot_environment.ts";
import { startEngine } from "../../packages/embedded_inngest/mod.ts";
import { TextLineStream } from "../../tests/support/text_lines.ts";

const BATCH_SIZE = 100;
const PAYLOAD = { user: { id: "user_1", notes: "x".repeat(1_500) } }; // the size of a Clerk user

snapshotEnvironment();
const path = await Deno.makeTempDir({ prefix: "inngest_accept_" });
await using engine = await startEngine({ path });
const client = new Inngest({
  id: "bench",
  isDev: false,
  signingKey: engine.signingKey,
  eventKey: engine.eventKey,
  baseUrl: engine.url,
  fetch: engine.fetch,
});
let left = 0;
let ended = Promise.withResolvers<void>();
const fn = client.createFunction(
  { id: "one-step", triggers: [{ event: "bench/run" }] },
  async ({ step }) => {
    await step.run("only", () => 1);
    if (--left === 0) ended.resolve();
  },
);
await engine.register(serve({ client, functions: [fn] }));
say(`${new URL(engine.url).port} ${engine.eventKey}`);
const lines = Deno.stdin.readable.pipeThrough(new TextDecoderStream())
  .pipeThrough(new TextLineStream());
for await (const line of lines) await runAll(Number(line));
await Deno.remove(path, { recursive: true });

async function runAll(runs: number): Promise<void> {
  left = runs;
  ended = Promise.withResolvers();
  const startedMs = performance.now();
  for (let sent = 0; sent < runs; sent += BATCH_SIZE) {
    await client.send(
      Array.from(
        { length: BATCH_SIZE },
        () => ({ name: "bench/run", data: PAYLOAD }),
      ),
    );
  }
  say("queued");
  ended.promise.then(() => say(String(performance.now() - startedMs)));
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
