/** A scan on a real store and a simulated Clerk, faults and crashes included. */
import { assert, assertEquals } from "@std/assert";
import { advanceScan } from "../../../functions/drift_scan_steps.ts";
import { beginScan } from "../../../functions/scan_drift.ts";
import { clerkUser } from "../../../lib/events.ts";
import {
  advanceToConfirm,
  type DriftBed,
  openDriftBed,
  readOpen,
  repair,
  scan,
  startScan,
} from "./drift_bed.ts";
import { LifeDuringScan, plantDrift, receiveUser } from "./plant_drift.ts";

const USERS = 2_000;
const PLANTED = 15; // of each kind

interface PlantedBed extends DriftBed {
  /** What was planted, by user id. */
  readonly planted: ReadonlyMap<string, string>;
  readonly life: LifeDuringScan;
}

/** Clerk and MongoDB in step, but for the differences that are planted. */
async function openBed(): Promise<PlantedBed> {
  const life = new LifeDuringScan();
  const bed = await openDriftBed({
    users: USERS,
    faults: { "status-500": 0.05, "rate-limited": 0.05, "drop": 0.02 },
    ...life.options,
  });
  return { ...bed, life, planted: await plantDrift(bed, PLANTED) };
}

Deno.test("a scan finds exactly what was planted, through faults and repeated steps", async () => {
  await using bed = await openBed();
  const progress = await scan(bed, "scan_1");
  assertEquals(await readOpen(bed), bed.planted);
  const { good } = await bed.store.drift.readLatest();
  assertEquals(good?.totals, {
    missing: PLANTED,
    ghost: PLANTED,
    stale: PLANTED,
    edited: PLANTED,
    tombstoned: PLANTED,
  });
  assertEquals(progress.counts.users, {
    clerk: USERS - PLANTED,
    mongodb: USERS - 2 * PLANTED,
  });
});

Deno.test("a scan is not taken in by users who sign up, change and leave meanwhile", async () => {
  await using bed = await openBed();
  bed.life.begin(bed, new Set(bed.planted.keys()));
  let progress = await startScan(bed, "scan_1");
  let atConfirm = 0;
  while (progress.phase !== "done") {
    if (progress.phase === "confirm" && progress.after === null) {
      atConfirm = await bed.store.drift.items.countDocuments({});
      await bed.life.deliver();
    }
    progress = await advanceScan(bed.deps, progress);
  }
  assert(atConfirm > bed.planted.size);
  assert(bed.life.touched.size >= 5);
  assertEquals(await readOpen(bed), bed.planted);
});

Deno.test("a repair of everything leaves a clean second scan", async () => {
  await using bed = await openBed();
  await scan(bed, "scan_1");
  const outcomes = await repair(bed, [...(await readOpen(bed)).keys()]);
  await scan(bed, "scan_2");
  const tombstoned = [...bed.planted].filter(([, kind]) =>
    kind === "tombstoned"
  );
  assertEquals(await readOpen(bed), new Map(tombstoned));
  assertEquals(
    Object.values(outcomes).filter((outcome) => outcome !== "applied"),
    tombstoned.map(() => "tombstoned"),
  );
  assertEquals(
    await bed.store.auditLog.documents.countDocuments({
      action: "reconcile-user",
    }),
    bed.planted.size,
  );
  assertEquals(
    await bed.store.changes.documents.countDocuments({}),
    bed.planted.size - tombstoned.length,
  );
});

Deno.test("the second look drops what a late webhook has put right", async () => {
  await using bed = await openBed();
  let progress = await advanceToConfirm(
    bed.deps,
    await startScan(bed, "scan_1"),
  );
  const [edited] = [...bed.planted].find(([, kind]) => kind === "edited") ?? [];
  const user = clerkUser.parse(await bed.deps.clerkApi.getUser(edited ?? ""));
  await receiveUser(bed.store, user, {
    eventAt: new Date(),
    eventId: "msg_late",
  });
  while (progress.phase !== "done") {
    progress = await advanceScan(bed.deps, progress);
  }
  const open = await readOpen(bed);
  assertEquals(open.has(user.id), false);
  assertEquals(open.size, bed.planted.size - 1);
});

Deno.test("a newer webhook that arrives between a repair's reading and its writing wins", async () => {
  await using bed = await openBed();
  const [stale = ""] = [...bed.planted].find(([, kind]) => kind === "stale") ??
    [];
  const read = clerkUser.parse(await bed.deps.clerkApi.getUser(stale));
  const newer = {
    ...read,
    first_name: "Newest",
    updated_at: (read.updated_at ?? 0) + 60_000,
  };
  const { clerkApi } = bed.deps;
  const overtaken = {
    ...clerkApi,
    async listUsersByIds(ids: readonly string[]) {
      const found = await clerkApi.listUsersByIds(ids);
      const webhook = { eventAt: new Date(), eventId: "msg_newer" };
      if (ids.length === 1) await receiveUser(bed.store, newer, webhook);
      return found;
    },
  };
  const racing = { ...bed, deps: { ...bed.deps, clerkApi: overtaken } };
  assertEquals(await repair(racing, [stale]), { [stale]: "stale" });
  const stored = await bed.store.users.documents.findOne({ _id: stale });
  assertEquals(stored?.first_name, "Newest");
});

Deno.test("a second look takes a user whom it cannot read for no ghost", async () => {
  await using bed = await openDriftBed({ users: 60 });
  const [id = ""] = bed.ids;
  await bed.store.users.documents.updateOne(
    { _id: id },
    { $set: { full_name: "Somebody Else" } },
  );
  let progress = await advanceToConfirm(
    bed.deps,
    await startScan(bed, "scan_1"),
  );
  const user = bed.clerk.users.get(id);
  bed.clerk.users.put({ ...user, email_addresses: "none" } as never);
  while (progress.phase !== "done") {
    progress = await advanceScan(bed.deps, progress);
  }
  assertEquals(await readOpen(bed), new Map());
});

Deno.test("a scan counts every request that it cost, retries and the question for the key included", async () => {
  await using bed = await openDriftBed({ users: 700 });
  const before = bed.clerk.requests.length;
  bed.clerk.faults.rates = { "status-500": 0.2, "rate-limited": 0.1 };
  let progress = await beginScan(bed.deps, "scan_1");
  while (progress.phase !== "done") {
    progress = await advanceScan(bed.deps, progress);
  }
  const { good } = await bed.store.drift.readLatest();
  assert([...bed.clerk.faults.struck.values()].some((count) => count > 0));
  assertEquals(good?.requests, bed.clerk.requests.length - before);
});
