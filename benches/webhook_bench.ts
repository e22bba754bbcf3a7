/**
 * Webhooks accepted a second, and the time from webhook to document, beside a
 * bare server that only checks the signature: all in one run, because machines
 * are noisy. `deno task bench:webhook`
 */
import { startRollcall } from "../tests/support/rollcall_process.ts";
import { print } from "../tasks/terminal.ts";
import { type LoadResult, percentiles, runLoad } from "./support/http_load.ts";
import { type SignedWebhook, signWebhooks } from "./support/signed_webhooks.ts";

const CONNECTIONS = 100;
const BARE_REQUESTS = 20_000;
const REQUESTS = 8_000;
/** Webhooks a second, and for how long, when end-to-end times are taken. */
const OFFERED = [100, 480];
const OFFERED_S = 8;

await using rollcall = await startRollcall();
await using feed = await rollcall.listen();
const port = Number(new URL(rollcall.origin).port);

const bare = await measureBare(rollcall.secret);
report("bare server, signature checked", bare);

const webhooks = signWebhooks(REQUESTS, rollcall.secret, "load");
const startedMs = performance.now();
const accepted = await runLoad({
  port,
  connections: CONNECTIONS,
  requests: REQUESTS,
  makeRequest: (index) => bytesOf(webhooks, index),
});
report("Rollcall, on disk before the answer", accepted);
print(`  ratio ${(accepted.perSecond / bare.perSecond).toFixed(2)}`);
await feed.settled(webhooks.map(({ eventId }) => eventId), 300_000);
const drainedS = (performance.now() - startedMs) / 1000;
print(
  `all ${REQUESTS} users in MongoDB after ${drainedS.toFixed(1)} s: ${
    Math.round(REQUESTS / drainedS)
  } users/s`,
);

for (const perSecond of OFFERED) await measureEndToEnd(perSecond);

async function measureBare(secret: string): Promise<LoadResult> {
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--quiet",
      "--allow-net=127.0.0.1",
      new URL("./support/bare_server.ts", import.meta.url).pathname,
      secret,
    ],
    stdout: "piped",
  }).spawn();
  const reader = child.stdout.getReader();
  const first = await reader.read();
  reader.releaseLock();
  const requests = signWebhooks(BARE_REQUESTS, secret, "bare");
  const result = await runLoad({
    port: Number(new TextDecoder().decode(first.value).trim()),
    connections: CONNECTIONS,
    requests: BARE_REQUESTS,
    makeRequest: (index) => bytesOf(requests, index),
  });
  child.kill("SIGTERM");
  await child.stdout.cancel();
  await child.status;
  return result;
}

/** From the first byte of the webhook to the word that its user is written. */
async function measureEndToEnd(perSecond: number): Promise<void> {
  const count = perSecond * OFFERED_S;
  const requests = signWebhooks(count, rollcall.secret, `e2e${perSecond}`);
  const times: number[] = [];
  const firstMs = performance.now();
  await Promise.all(requests.map(async ({ eventId, bytes }, index) => {
    const dueMs = firstMs + index / perSecond * 1000;
    await delayUntil(dueMs);
    const sentMs = performance.now();
    await runLoad({
      port,
      connections: 1,
      requests: 1,
      makeRequest: () => bytes,
    });
    await feed.settled([eventId], 120_000);
    times.push(performance.now() - sentMs);
  }));
  const { p50, p99, max } = percentiles(times);
  print(
    `webhook to document at ${perSecond}/s: p50 ${p50.toFixed(0)} ms, p99 ${
      p99.toFixed(0)
    } ms, max ${max.toFixed(0)} ms`,
  );
}

function delayUntil(dueMs: number): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  setTimeout(resolve, Math.max(0, dueMs - performance.now()));
  return promise;
}

function bytesOf(requests: readonly SignedWebhook[], index: number) {
  const request = requests[index];
  if (request === undefined) throw new RangeError(`No request ${index}`);
  return request.bytes;
}

function report(name: string, result: LoadResult): void {
  const { perSecond, p50, p99, statuses } = result;
  print(
    `${name}: ${Math.round(perSecond)}/s, p50 ${p50.toFixed(1)} ms, p99 ${
      p99.toFixed(1)
    } ms, ${JSON.stringify(statuses)}`,
  );
}
