/**
 * Memory of the embedded Inngest engine while 100,000 events wait in its queue and then run.
 *
 * Sends everything while the app answers no call, so that all of it is a backlog on disk; then lets
 * the app answer, and prints resident memory on the way down. Ends with 1 when memory passed a
 * bound that has nothing to do with the number of events.
 *
 * Run: deno run -A benches/inngest_soak.ts [events]
 */
import { Inngest } from "inngest";
import { serve } from "inngest/edge";
import { snapshotEnvironment } from "../lib/inngest/snapshot_environment.ts";
import { startEngine } from "../packages/embedded_inngest/mod.ts";

const EVENTS = Number(Deno.args[0] ?? 100_000);
const BATCH_SIZE = 500;
const REPORTS = 10;
const MOST_MIB = 400;

let peakMib = 0;

/** Prints a line of the report. */
function report(label: string): void {
  const mib = Deno.memoryUsage().rss / 2 ** 20;
  peakMib = Math.max(peakMib, mib);
  // deno-lint-ignore no-console
  console.log(`${label.padEnd(40)} ${mib.toFixed(0).padStart(5)} MiB resident`);
}

snapshotEnvironment(); // as the service does
const path = await Deno.makeTempDir({ prefix: "inngest_soak_" });
const engine = await startEngine({ path });
const client = new Inngest({
  id: "soak",
  isDev: false,
  signingKey: engine.signingKey,
  eventKey: engine.eventKey,
  baseUrl: engine.url,
  fetch: engine.fetch,
});
const finished = Promise.withResolvers<void>();
const seen = new Uint8Array(EVENTS); // one byte an event, made before the first measurement
let distinct = 0;
let runs = 0;
const fn = client.createFunction(
  { id: "one-step", triggers: [{ event: "soak/go" }] },
  async ({ event, step }) => {
    await step.run("only", () => 1);
    if (!seen[event.data.key]) distinct++;
    seen[event.data.key] = 1;
    if (++runs % (EVENTS / REPORTS) === 0) report(`${runs} runs executed`);
    if (distinct === EVENTS) finished.resolve();
  },
);
const hold = Promise.withResolvers<void>();
const handler = serve({ client, functions: [fn] });
await engine.register(async (request) => {
  if (request.method === "POST") await hold.promise;
  return await handler(request);
});
report("started");
for (let sent = 0; sent < EVENTS; sent += BATCH_SIZE) {
  await client.send(
    Array.from({ length: BATCH_SIZE }, (_, i) => ({
      name: "soak/go",
      data: { key: sent + i, notes: "x".repeat(1_500) },
    })),
  );
}
report(`${EVENTS} events on disk, none run`);
const started = performance.now();
hold.resolve();
await finished.promise;
const seconds = (performance.now() - started) / 1000;
report(`${(EVENTS / seconds).toFixed(0)} runs/s, ${runs - EVENTS} repeated`);
await engine.close();
await Deno.remove(path, { recursive: true });
if (peakMib > MOST_MIB) {
  throw new Error(`Cannot pass: ${peakMib.toFixed(0)} MiB resident`);
}
