/**
 * How long the embedded Inngest engine takes to accept an event while a backlog of runs executes.
 *
 * The engine has a process of its own; events come over HTTP, each on disk before its answer: some
 * a second, then as many as 100 connections can send, first beside an idle engine and then beside
 * a backlog. Compare the pairs, not the absolute numbers.
 *
 * Run: deno run -A benches/inngest_accept_bench.ts
 */
import { TextLineStream } from "../tests/support/text_lines.ts";
import { print } from "../tasks/terminal.ts";
import { percentiles, runLoad } from "./support/http_load.ts";

const BACKLOG = 4_000;
const OFFERED_PER_SECOND = 100;
const OFFERED_EVENTS = 300;
const CONNECTIONS = 100;
const FLOOD_EVENTS = 6_000;

const child = new Deno.Command(Deno.execPath(), {
  args: [
    "run",
    "--quiet",
    "--allow-all",
    new URL("./support/inngest_engine.ts", import.meta.url).pathname,
  ],
  stdin: "piped",
  stdout: "piped",
}).spawn();
const stdin = child.stdin.getWriter();
const lines = child.stdout.pipeThrough(new TextDecoderStream())
  .pipeThrough(new TextLineStream()).values();
const [port = "", eventKey = ""] = (await nextLine()).split(" ");

await offer("idle engine");
await withBacklog(() => offer("beside a backlog"));
await flood("idle engine");
await withBacklog(() => flood("beside a backlog"));
await withBacklog(() => Promise.resolve());
await stdin.close();
await child.status;

/** Puts a backlog in the queue and says how fast it went, with `load` beside it. */
async function withBacklog(load: () => Promise<void>): Promise<void> {
  await stdin.write(new TextEncoder().encode(`${BACKLOG}\n`));
  await nextLine();
  await load();
  const tookMs = Number(await nextLine());
  print(`  the backlog: ${Math.round(BACKLOG / tookMs * 1000)} runs/s`);
}

async function offer(label: string): Promise<void> {
  const times: number[] = [];
  const firstMs = performance.now();
  await Promise.all(Array.from({ length: OFFERED_EVENTS }, async (_, index) => {
    await delayUntil(firstMs + index / OFFERED_PER_SECOND * 1000);
    const sentMs = performance.now();
    await runLoad({
      port: Number(port),
      connections: 1,
      requests: 1,
      makeRequest,
    });
    times.push(performance.now() - sentMs);
  }));
  const { p50, p99, max } = percentiles(times);
  print(
    `${OFFERED_PER_SECOND} events/s, ${label}: p50 ${p50.toFixed(1)} ms, p99 ${
      p99.toFixed(1)
    } ms, max ${max.toFixed(1)} ms`,
  );
}

async function flood(label: string): Promise<void> {
  const { perSecond, p50, p99 } = await runLoad({
    port: Number(port),
    connections: CONNECTIONS,
    requests: FLOOD_EVENTS,
    makeRequest,
  });
  print(
    `${CONNECTIONS} connections, ${label}: ${
      Math.round(perSecond)
    } events/s, ` +
      `p50 ${p50.toFixed(1)} ms, p99 ${p99.toFixed(1)} ms`,
  );
}

function makeRequest(): Uint8Array {
  const body = JSON.stringify({
    name: "bench/kept",
    data: { notes: "x".repeat(1_500) },
  });
  return new TextEncoder().encode(
    `POST /e/${eventKey} HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\n` +
      `content-length: ${body.length}\r\n\r\n${body}`,
  );
}

async function nextLine(): Promise<string> {
  const { value, done } = await lines.next();
  if (done) throw new Error("Cannot go on: the engine has ended");
  return value;
}

function delayUntil(dueMs: number): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  setTimeout(resolve, Math.max(0, dueMs - performance.now()));
  return promise;
}
