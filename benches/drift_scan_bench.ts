// deno-lint-ignore-file no-console -- a bench prints its numbers
/**
 * A scan for drift of a whole instance, with 100 differences of every kind
 * planted, through faults of Clerk's API and while users sign up, change and
 * leave; then the repair of all, overtaken by a newer webhook; then a second scan.
 *
 * Prints the memory of the scan, which has a process of its own, and checks each
 * claim; exits with 1 when one does not hold. Clerk and MongoDB (embedded, on
 * disk) share this process, and the rate limit is opened wide. Run:
 * `deno run -A benches/drift_scan_bench.ts [users] [--scan-only]` (default
 * 100,000; with the flag it stops after the first scan).
 */
import { z } from "zod";
import {
  type ScanProgress,
  scanProgress,
} from "../functions/drift_scan_steps.ts";
import {
  repairPortion,
  type RepairTally,
} from "../functions/reconcile_user.ts";
import { createClerkApiClient } from "../lib/clerk/clerk_api_client.ts";
import { createRateLimiter } from "../lib/clerk/rate_limiter.ts";
import { systemClock } from "../lib/clock.ts";
import { readConfig } from "../lib/config.ts";
import { clerkUser } from "../lib/events.ts";
import { reconcileRequest } from "../lib/requests.ts";
import { createLiveFeed } from "../lib/live_feed.ts";
import { createStore } from "../lib/store/store.ts";
import { connectMongo } from "../lib/store/connect_mongo.ts";
import { startMongo } from "../packages/embedded_mongo/mod.ts";
import { toDocument } from "../tests/integration/drift/drift_bed.ts";
import {
  idAt,
  LifeDuringScan,
  plantDrift,
  receiveUser,
} from "../tests/integration/drift/plant_drift.ts";
import { FakeClerk } from "../tests/support/clerk_api/start_clerk_api.ts";
import { TextLineStream } from "../tests/support/text_lines.ts";

const USERS = Number(Deno.args[0] ?? 100_000);
const EACH = 100;
const STEPS_A_LINE = 100;
const INSERTED_AT_ONCE = 1_000;
const SCAN_PROCESS = new URL("./support/scan_process.ts", import.meta.url).href;

const scanLine = z.union([
  z.literal("ready"),
  z.object({ rssMb: z.number(), progress: scanProgress }),
]);
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
const DATABASE = "rollcall";
const mongo = stack.use(await startMongo({ path: `${folder}/mongo` }));
const client = connectMongo(mongo.uri);
stack.defer(() => client.close());
const store = createStore(client.db(DATABASE), () => Promise.resolve());
const isScanOnly = Deno.args.includes("--scan-only");
await makeIndexes();
const clerkApi = createClerkApiClient({
  apiUrl: clerk.url,
  secretKey: clerk.secretKey,
  limiter: createRateLimiter({ callsPerWindow: 10_000_000 }),
});
const feed = stack.use(createLiveFeed(DATABASE));
const deps = { store, clock: systemClock, config: readConfig({}), feed };
let failures = 0;

await load();
const planted = await plantDrift({ store, clerk }, EACH);
life.begin({ store, clerk }, new Set(planted.keys()));
clerk.faults.rates = FAULTS;
await runScan("first");
check("finds exactly what was planted", await readOpen(), planted);
clerk.faults.rates = {};
if (!isScanOnly) {
  await repairAll();
  await runScan("second");
  const left = [...planted].filter(([, kind]) => kind === "tombstoned");
  check(
    "leaves a clean second scan but for tombstones",
    await readOpen(),
    new Map(left),
  );
}
Deno.exitCode = failures === 0 ? 0 : 1;

/** A scan alone needs two, and a million users load three times as fast. */
async function makeIndexes(): Promise<void> {
  if (!isScanOnly) return await store.ensureIndexes();
  await store.users.documents.createIndex({ clerk_created_at: -1, _id: -1 });
  await store.drift.items.createIndex({ report_id: 1, _id: 1 });
}

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
  console.log(`${USERS} users loaded in ${seconds.toFixed(0)} s`);
}

/** Runs a scan in its own process and prints what it cost. */
async function runScan(name: string): Promise<void> {
  const beganMs = performance.now();
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--quiet", SCAN_PROCESS, ...describeSides(), name],
    stdin: "piped",
    stdout: "piped",
  }).spawn();
  const lines = child.stdout.pipeThrough(new TextDecoderStream())
    .pipeThrough(new TextLineStream());
  const input = child.stdin.getWriter();
  const samplesMb: number[] = [];
  let last: ScanProgress | undefined;
  for await (const line of lines) {
    const said = scanLine.parse(JSON.parse(line));
    if (said === "ready") {
      await life.deliver();
      await input.write(new Uint8Array([10]));
      continue;
    }
    samplesMb.push(said.rssMb);
    if (samplesMb.length % STEPS_A_LINE === 0) {
      printStep(said, samplesMb.length);
    }
    last = said.progress;
  }
  await input.close();
  const { success } = await child.status;
  if (!success || last === undefined) throw new Error("Cannot scan");
  printScan(name, last, samplesMb, (performance.now() - beganMs) / 1_000);
}

function printStep(
  { rssMb, progress }: Exclude<z.infer<typeof scanLine>, "ready">,
  steps: number,
): void {
  const { phase, collection, counts } = progress;
  const { clerk, mongodb } = counts.users ?? { clerk: 0, mongodb: 0 };
  console.log(
    `  step ${steps}, ${phase} ${collection}: ${clerk} of Clerk's users, ` +
      `${mongodb} of ours, RSS ${rssMb} MB`,
  );
}

function describeSides(): string[] {
  return [clerk.url, clerk.secretKey, mongo.uri, DATABASE];
}

function printScan(
  name: string,
  { counts, requests }: ScanProgress,
  samplesMb: readonly number[],
  seconds: number,
): void {
  const half = Math.floor(samplesMb.length / 2);
  const compared = counts.users?.clerk ?? 0;
  const [first, second] = [samplesMb.slice(0, half), samplesMb.slice(half)];
  console.log(
    `${name} scan: ${compared} users in ${seconds.toFixed(1)} s ` +
      `(${Math.round(compared / seconds)}/s), ${samplesMb.length} steps, ` +
      `${requests} requests; RSS ${samplesMb[0]} MB after the first step, at ` +
      `most ${Math.max(...first)} MB in the first half, ` +
      `${Math.max(...second)} MB in the second`,
  );
  const faults = [...clerk.faults.struck]
    .map(([kind, count]) => `${count} ${kind}`);
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
