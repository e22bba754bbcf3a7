/**
 * What each page of the dashboard takes on the server with 100,000 users and
 * 1,000,000 events in the embedded store, and what the overview takes while
 * webhooks arrive. `deno run -A benches/dashboard_bench.ts [users events]`
 *
 * The whole answer is read, over one connection of the same machine. With
 * BENCH_DATA_DIR the seeded store is kept there for the next time.
 */
import { print } from "../tasks/terminal.ts";
import { DASHBOARD_PATHS } from "../tests/e2e/dashboard/dashboard_paths.ts";
import { seedDashboard } from "../tests/e2e/dashboard/seed_dashboard.ts";
import { seedTrouble } from "../tests/e2e/dashboard/seed_trouble.ts";
import { clerkPayload } from "../tests/support/clerk_payloads.ts";
import {
  type RollcallProcess,
  startRollcall,
} from "../tests/support/rollcall_process.ts";

const [users = 100_000, events = 1_000_000] = Deno.args.map(Number);
const ROUNDS = 40;
/** Webhooks a second, and how many, beside the overview. */
const OFFERED = 100;
const OFFERED_COUNT = 600;

const MORE_PATHS = {
  "overview, a week": "/dashboard?span=7d",
  "users by e-mail": "/dashboard/users?sort=email",
  "users by text": "/dashboard/users?text=ada",
  "users, banned": "/dashboard/users?banned=1",
  "users, drifted": "/dashboard/users?drifted=1",
  "events by type": "/dashboard/events?type=user.created",
  "events by type, failed": "/dashboard/events?type=user.updated&state=failed",
  "events by type, applied":
    "/dashboard/events?type=user.deleted&state=applied",
  "events by text": "/dashboard/events?text=msg_0001",
  "replay of a type": "/dashboard/replay?type=user.created",
  "replay of everything": "/dashboard/replay",
  "replay of failures": "/dashboard/replay?failures=1",
  "replay of a user": "/dashboard/replay?user=user_000001",
};

const dataDir = Deno.env.get("BENCH_DATA_DIR");
await using rollcall = await startRollcall(
  dataDir === undefined ? {} : { dataDir, database: "rollcall_bench" },
);
await fill(rollcall);
const cookie = await rollcall.signIn();
for (
  const [name, path] of Object.entries({ ...DASHBOARD_PATHS, ...MORE_PATHS })
) {
  report(name, await measure(path, ROUNDS));
}
await measureUnderLoad();

async function fill({ store }: RollcallProcess): Promise<void> {
  await store.ensureIndexes();
  if (await store.users.documents.estimatedDocumentCount() > 0) return;
  const startedMs = performance.now();
  const now = new Date();
  await seedDashboard(store, { users, events, now });
  await seedTrouble(store, now);
  const seconds = ((performance.now() - startedMs) / 1000).toFixed(0);
  print(`seeded ${users} users and ${events} events in ${seconds} s`);
}

/** Times of whole answers, ms; the first is not counted. */
async function measure(path: string, rounds: number): Promise<number[]> {
  const times: number[] = [];
  for (let round = 0; round <= rounds; round++) {
    const startedMs = performance.now();
    const response = await fetch(rollcall.origin + path, {
      headers: { cookie },
    });
    const body = await response.text();
    if (round > 0) times.push(performance.now() - startedMs);
    if (response.status !== 200) throw new Error(`${path}: ${body}`);
  }
  return times;
}

async function measureUnderLoad(): Promise<void> {
  const { text } = clerkPayload("user.created__email-password");
  const { id } = JSON.parse(text).data;
  const sending = (async () => {
    const startedMs = performance.now();
    for (let index = 0; index < OFFERED_COUNT; index++) {
      const waitMs = startedMs + index * 1000 / OFFERED - performance.now();
      if (waitMs > 0) await new Promise((go) => setTimeout(go, waitMs));
      const response = await rollcall.send(
        text.replaceAll(id, `user_beside_${startedMs}_${index}`),
        { id: `msg_beside_${startedMs}_${index}` },
      );
      await response.body?.cancel();
    }
  })();
  report(
    `overview, ${OFFERED} webhooks/s`,
    await measure("/dashboard", ROUNDS),
  );
  await sending;
}

function report(name: string, times: readonly number[]): void {
  const sorted = times.toSorted((a, b) => a - b);
  const at = (share: number) =>
    (sorted[Math.ceil(sorted.length * share) - 1] ?? 0).toFixed(1).padStart(7);
  print(`${name.padEnd(26)} p50 ${at(0.5)} ms   p95 ${at(0.95)} ms`);
}
