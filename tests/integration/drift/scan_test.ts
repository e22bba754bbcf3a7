/** A scan on a real store and a simulated Clerk, faults and crashes included. */
import { assertEquals } from "@std/assert";
import {
  advanceScan,
  type ScanDependencies,
  type ScanProgress,
  startOfScan,
} from "../../../functions/drift_scan_steps.ts";
import { reconcile } from "../../../functions/reconcile_user.ts";
import type { ClerkApiClient } from "../../../lib/clerk/clerk_api_client.ts";
import { systemClock } from "../../../lib/clock.ts";
import { clerkUser } from "../../../lib/events.ts";
import { createLiveFeed } from "../../../lib/live_feed.ts";
import { planUserWrite } from "../../../lib/sync/write_plan.ts";
import { makeClient } from "../../support/clerk_api/make_client.ts";
import { FakeClerk } from "../../support/clerk_api/start_clerk_api.ts";
import { openTestStore, type TestStore } from "../../support/test_store.ts";

const USERS = 2_000;
const PLANTED = 15; // of each kind
const BEFORE = new Date("2026-01-01T00:00:00Z");

interface Bed extends AsyncDisposable, TestStore {
  readonly clerk: FakeClerk;
  readonly deps: ScanDependencies & { readonly clerkApi: ClerkApiClient };
  /** What was planted, by user id. */
  readonly planted: ReadonlyMap<string, string>;
}

/** Clerk and MongoDB in step, but for the differences that are planted. */
async function openBed(): Promise<Bed> {
  await using stack = new AsyncDisposableStack();
  const clerk = stack.use(
    new FakeClerk({
      users: USERS,
      rateLimit: 100_000,
      faults: { "status-500": 0.05, "rate-limited": 0.05, "drop": 0.02 },
    }),
  );
  const test = stack.use(await openTestStore());
  const deps = {
    store: test.store,
    clock: systemClock,
    clerkApi: makeClient(clerk),
  };
  const documents = [];
  for await (const page of deps.clerkApi.listUsers()) {
    for (const user of page.users) {
      const plan = planUserWrite(clerkUser.parse(user), {
        version: {
          updatedAtMs: user.updated_at,
          eventAt: BEFORE,
          eventId: `msg_${user.id}`,
        },
        source: "webhook",
        now: BEFORE,
      }, { stored: undefined, isTombstoned: false });
      if (plan.kind === "insert") documents.push(plan.document);
    }
  }
  await test.store.users.documents.insertMany(documents);
  const planted = await plant(test, clerk, documents.map(({ _id }) => _id));
  const resources = stack.move();
  return {
    ...test,
    clerk,
    deps,
    planted,
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  };
}

async function plant(
  { store }: TestStore,
  clerk: FakeClerk,
  ids: readonly string[],
): Promise<Map<string, string>> {
  const planted = new Map<string, string>();
  for (let index = 0; index < PLANTED; index++) {
    const [missing, ghost, stale, edited] = [0, 1, 2, 3].map((offset) =>
      ids[index * 100 + offset * 17] ?? ""
    );
    await store.users.documents.deleteOne({ _id: missing ?? "" });
    planted.set(missing ?? "", "missing");
    await clerk.deleteUser(ghost ?? "");
    planted.set(ghost ?? "", "ghost");
    await clerk.updateUser(stale ?? "", { first_name: `New ${index}` });
    planted.set(stale ?? "", "stale");
    await store.users.documents.updateOne(
      { _id: edited ?? "" },
      { $set: { full_name: "Somebody Else" } },
    );
    planted.set(edited ?? "", "edited");
  }
  return planted;
}

async function scan(bed: Bed, reportId: string): Promise<ScanProgress> {
  await bed.store.drift.begin(reportId, new Date(), null);
  let progress = startOfScan(reportId);
  while (progress.phase !== "done") {
    // Inngest may run a step again after a crash; each must bear it.
    await advanceScan(bed.deps, progress);
    progress = await advanceScan(bed.deps, progress);
  }
  return progress;
}

async function readOpen({ store }: Bed): Promise<Map<string, string>> {
  const items = await store.drift.listOpen(1_000);
  return new Map(items.map(({ _id, kind }) => [_id, kind]));
}

function sorted(map: ReadonlyMap<string, string>): [string, string][] {
  return [...map].toSorted(([a], [b]) => a < b ? -1 : 1);
}

Deno.test("a scan finds exactly what was planted, through faults and repeated steps", async () => {
  await using bed = await openBed();
  const progress = await scan(bed, "scan_1");
  assertEquals(sorted(await readOpen(bed)), sorted(bed.planted));
  const { good } = await bed.store.drift.readLatest();
  assertEquals(good?.totals, {
    missing: PLANTED,
    ghost: PLANTED,
    stale: PLANTED,
    edited: PLANTED,
  });
  assertEquals(progress.checked, USERS - PLANTED);
});

Deno.test("a repair of everything leaves a clean second scan", async () => {
  await using bed = await openBed();
  using feed = createLiveFeed();
  await scan(bed, "scan_1");
  for (const userId of (await readOpen(bed)).keys()) {
    await reconcile({ ...bed.deps, feed }, userId, {
      runId: "run_1",
      who: "admin",
    });
  }
  await scan(bed, "scan_2");
  assertEquals(await readOpen(bed), new Map());
  assertEquals(
    await bed.store.auditLog.documents.countDocuments({
      action: "reconcile-user",
    }),
    bed.planted.size,
  );
  assertEquals(
    await bed.store.changes.documents.countDocuments({}),
    bed.planted.size,
  );
});

Deno.test("the second look drops what a late webhook has put right", async () => {
  await using bed = await openBed();
  let progress = startOfScan("scan_1");
  while (progress.phase !== "confirm") {
    progress = await advanceScan(bed.deps, progress);
  }
  const [edited] = [...bed.planted].find(([, kind]) => kind === "edited") ?? [];
  const user = clerkUser.parse(await bed.deps.clerkApi.getUser(edited ?? ""));
  await bed.store.users.apply(user.id, (known) =>
    planUserWrite(user, {
      version: {
        updatedAtMs: user.updated_at ?? 0,
        eventAt: new Date(),
        eventId: "msg_late",
      },
      source: "webhook",
      now: new Date(),
    }, known));
  while (progress.phase !== "done") {
    progress = await advanceScan(bed.deps, progress);
  }
  const open = await readOpen(bed);
  assertEquals(open.has(user.id), false);
  assertEquals(open.size, bed.planted.size - 1);
});

Deno.test("a repair does not overwrite a newer webhook", async () => {
  await using bed = await openBed();
  using feed = createLiveFeed();
  const [stale] = [...bed.planted].find(([, kind]) => kind === "stale") ?? [];
  const read = clerkUser.parse(await bed.deps.clerkApi.getUser(stale ?? ""));
  const newer = {
    ...read,
    first_name: "Newest",
    updated_at: (read.updated_at ?? 0) + 60_000,
  };
  await bed.store.users.apply(read.id, (known) =>
    planUserWrite(newer, {
      version: {
        updatedAtMs: newer.updated_at,
        eventAt: new Date(),
        eventId: "msg_newer",
      },
      source: "webhook",
      now: new Date(),
    }, known));
  const outcome = await reconcile({ ...bed.deps, feed }, read.id, {
    runId: "run_1",
    who: "admin",
  });
  assertEquals(outcome, "stale");
  const stored = await bed.store.users.documents.findOne({ _id: read.id });
  assertEquals(stored?.first_name, "Newest");
});
