// deno-lint-ignore-file no-console -- a bench prints its numbers
/**
 * A scan for drift of a whole instance, with 100 differences of every kind
 * planted, through faults of Clerk's API and while users sign up, change and
 * leave; then the repair of all, overtaken by a newer webhook; then a second scan.
 *
 * Prints memory as the scan goes and checks each claim; exits with 1 when one does
 * not hold. Clerk, MongoDB (embedded, on disk) and the scan share this process,
 * and the rate limit is opened wide. Run:
 * `deno run -A benches/drift_scan_bench.ts [users]` (default 100,000).
 */
import { advanceScan, startOfScan } from "../functions/drift_scan_steps.ts";
import {
  repairPortion,
  type RepairTally,
} from "../functions/reconcile_user.ts";
import { createClerkApiClient } from "../lib/clerk/clerk_api_client.ts";
import { createRateLimiter } from "../lib/clerk/rate_limiter.ts";
import { systemClock } from "../lib/clock.ts";
import { readConfig } from "../lib/config.ts";
import { clerkUser, reconcileRequest } from "../lib/events.ts";
import { createLiveFeed } from "../lib/live_feed.ts";
import { toDocument } from "../tests/integration/drift/drift_bed.ts";
import {
  idAt,
  LifeDuringScan,
  plantDrift,
  receiveUser,
} from "../tests/integration/drift/plant_drift.ts";
import { FakeClerk } from "../tests/support/clerk_api/start_clerk_api.ts";
import { openTestStore } from "../tests/support/test_store.ts";

const USERS = Number(Deno.args[0] ?? 100_000);
const EACH = 100;
const INSERTED_AT_ONCE = 1_000;
const FAULTS = {
  "status-500": 0.02,
  "rate-limited": 0.01,
  "timeout": 0.005,
  "drop": 0.01,
  "truncate": 0.01,
};

await using stack = new AsyncDisposableStack();
const life = new LifeDuringScan();
const clerk = stack.use(
  new FakeClerk({ users: USERS, rateLimit: Infinity, ...life.options }),
);
const folder = await Deno.makeTempDir({ prefix: "rollcall_bench_" });
stack.defer(() => Deno.remove(folder, { recursive: true }));
const { store } = stack.use(await openTestStore(`${folder}/mongo`));
const deps = {
  store,
  clock: systemClock,
  config: readConfig({}),
  feed: stack.use(createLiveFeed()),
  clerkApi: createClerkApiClient({
    apiUrl: clerk.url,
    secretKey: clerk.secretKey,
    limiter: createRateLimiter({ callsPerWindow: 10_000_000 }),
    timeoutMs: 2_000,
    // A second that Clerk asks for is not worth a second of this bench.
    sleep: () => Promise.resolve(),
  }),
};
const rssMb = () => Math.round(Deno.memoryUsage().rss / 2 ** 20);
let failures = 0;

await load();
const planted = await plantDrift({ store, clerk }, EACH);
life.begin({ store, clerk }, new Set(planted.keys()));
clerk.faults.rates = FAULTS;
await runScan("first");
check("finds exactly what was planted", await readOpen(), planted);
clerk.faults.rates = {};

await repairAll();
await runScan("second");
const left = [...planted].filter(([, kind]) => kind === "tombstoned");
check(
  "leaves a clean second scan but for tombstones",
  await readOpen(),
  new Map(left),
);
Deno.exit(failures === 0 ? 0 : 1);

async function load(): Promise<void> {
  const beganMs = performance.now();
  for (let from = 0; from < USERS; from += INSERTED_AT_ONCE) {
    const count = Math.min(INSERTED_AT_ONCE, USERS - from);
    const documents = Array.from(
      { length: count },
      (_, index) => toDocument(clerk.users.get(idAt(clerk, from + index))),
    );
    await store.users.documents.insertMany(documents);
  }
  const seconds = (performance.now() - beganMs) / 1_000;
  console.log(
    `${USERS} users loaded in ${seconds.toFixed(0)} s, RSS ${rssMb()} MB`,
  );
}

async function runScan(name: string): Promise<void> {
  await store.drift.begin(name, new Date(), null);
  const beganMs = performance.now();
  const samplesMb: number[] = [rssMb()];
  let steps = 0;
  let progress = startOfScan(name);
  while (progress.phase !== "done") {
    if (progress.phase === "confirm" && progress.after === null) {
      await life.deliver();
    }
    progress = await advanceScan(deps, progress);
    samplesMb.push(rssMb());
    steps++;
  }
  const seconds = (performance.now() - beganMs) / 1_000;
  const half = Math.floor(samplesMb.length / 2);
  const { clerk: compared } = progress.counts.users ?? { clerk: 0 };
  console.log(
    `${name} scan: ${compared} users in ${seconds.toFixed(1)} s ` +
      `(${Math.round(compared / seconds)}/s), ${steps} steps, ` +
      `${progress.requests} requests; RSS ${samplesMb[0]} MB before, at most ` +
      `${Math.max(...samplesMb.slice(0, half))} MB in the first half, ` +
      `${Math.max(...samplesMb.slice(half))} MB in the second`,
  );
  const faults = [...clerk.faults.struck].map(([kind, count]) =>
    `${count} ${kind}`
  );
  console.log(`  faults so far: ${faults.join(", ") || "none"}`);
}

async function readOpen(): Promise<Map<string, string>> {
  const items = await store.drift.listOpen(10 * EACH);
  return new Map(items.map(({ _id, kind }) => [_id, kind]));
}

/** Repairs everything, as one who asks for all, while one user changes again. */
async function repairAll(): Promise<void> {
  const [overtaken = ""] = [...planted].find(([, kind]) => kind === "stale") ??
    [];
  const { clerkApi } = deps;
  const racing = {
    ...deps,
    clerkApi: {
      ...clerkApi,
      async listUsersByIds(ids: readonly string[]) {
        const found = await clerkApi.listUsersByIds(ids);
        if (ids.includes(overtaken)) await changeAgain(overtaken);
        return found;
      },
    },
  };
  const request = reconcileRequest.parse({ filter: {}, who: "bench" });
  const tally: Record<string, number> = {};
  let after: string | null = null;
  do {
    const portion: { tally: RepairTally; next: string | null } =
      await repairPortion(racing, request, { after, runId: "bench" });
    for (const [outcome, count] of Object.entries(portion.tally)) {
      tally[outcome] = (tally[outcome] ?? 0) + count;
    }
    after = portion.next;
  } while (after !== null);
  check(
    "repairs all but what is overtaken or tombstoned",
    new Map(Object.entries(tally)),
    new Map([
      ["applied", 4 * EACH - 1],
      ["stale", 1],
      ["tombstoned", EACH],
    ]),
  );
  const stored = await store.users.documents.findOne({ _id: overtaken });
  check("lets the newer webhook win", stored?.first_name, "Newest");
}

/** A change whose webhook comes at once. */
async function changeAgain(id: string): Promise<void> {
  const user = await clerk.updateUser(id, {
    first_name: "Newest",
    updated_at: Date.now() + 60_000,
  });
  const webhook = { eventAt: new Date(), eventId: "msg_newest" };
  await receiveUser(store, clerkUser.parse(user), webhook);
}

function check(claim: string, found: unknown, expected: unknown): void {
  const plain = (value: unknown) =>
    JSON.stringify(value instanceof Map ? [...value].sort() : value);
  const holds = plain(found) === plain(expected);
  if (!holds) failures++;
  console.log(`${holds ? "ok  " : "FAIL"} ${claim}`);
  if (!holds) console.log(`     ${plain(found)?.slice(0, 500)}`);
}
