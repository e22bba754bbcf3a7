// deno-lint-ignore-file no-console -- a bench prints its numbers
/**
 * How many users an import brings in per second, on the embedded MongoDB on disk:
 * a page planned and written together, against one write at a time in the same
 * run. Clerk is simulated in this process, without its rate limit.
 *
 * Run: `deno run -A benches/backfill_bench.ts [users]` (default 20,000).
 */
import {
  advanceBackfill,
  prepareBackfill,
} from "../functions/backfill_steps.ts";
import { createBackfill } from "../functions/control_job.ts";
import { createClerkApiClient } from "../lib/clerk/clerk_api_client.ts";
import { createRateLimiter } from "../lib/clerk/rate_limiter.ts";
import { systemClock } from "../lib/clock.ts";
import { readConfig } from "../lib/config.ts";
import { clerkUser } from "../lib/events.ts";
import { openStore } from "../lib/store/store.ts";
import { planUserImport } from "../lib/sync/import_plan.ts";
import { startMongo } from "../packages/embedded_mongo/mod.ts";
import { ServedClerkInstance } from "../tasks/demo/clerk_instance/start_clerk_instance.ts";

const userCount = Number(Deno.args[0] ?? 20_000);
const singleCount = Math.min(2_000, userCount);

await using stack = new AsyncDisposableStack();
const path = await Deno.makeTempDir({ prefix: "rollcall_bench_" });
stack.defer(() => Deno.remove(path, { recursive: true }));
const mongo = stack.use(await startMongo({ path }));
const clerk = stack.use(
  new ServedClerkInstance({
    users: userCount,
    rateLimit: Infinity,
    secretKey: "sk_live_simulated_instance",
  }),
);
const clerkApi = createClerkApiClient({
  apiUrl: clerk.url,
  secretKey: clerk.secretKey,
  limiter: createRateLimiter({ callsPerWindow: 10_000_000 }),
});
const config = readConfig({});
const clock = systemClock;

function report(name: string, users: number, startedMs: number): void {
  const seconds = (performance.now() - startedMs) / 1_000;
  console.log(
    `${name.padEnd(44)} ${String(users).padStart(8)} users  ${
      (users / seconds).toFixed(0).padStart(6)
    } users/s`,
  );
}

await oneByOne();
await imports();
console.log(`RSS ${(Deno.memoryUsage().rss / 2 ** 20).toFixed(0)} MB`);

async function oneByOne(): Promise<void> {
  await using store = openStore({ uri: mongo.uri, database: "single" });
  await store.ensureIndexes();
  const startedMs = performance.now();
  let left = singleCount;
  for await (const page of clerkApi.listUsers()) {
    for (const found of page.users.slice(0, left)) {
      const user = clerkUser.parse(found);
      const now = clock.now();
      await store.users.apply(user.id, (known) =>
        planUserImport(user, {
          version: {
            updatedAtMs: found.updated_at,
            eventAt: now,
            eventId: "single",
          },
          source: "backfill",
          now,
        }, known));
    }
    left -= page.users.length;
    if (left <= 0) break;
  }
  report("one write at a time, no change recorded", singleCount, startedMs);
}

async function imports(): Promise<void> {
  await using store = openStore({ uri: mongo.uri, database: "import" });
  const deps = { store, clock, clerkApi, config };
  for (const name of ["import into an empty collection", "import again"]) {
    const jobId = name;
    await createBackfill(deps, { jobId, actor: "bench" });
    await prepareBackfill(deps, jobId);
    const startedMs = performance.now();
    while ((await advanceBackfill(deps, jobId)).state === "running");
    report(name, userCount, startedMs);
  }
}
