/** A scan on a real store and a simulated Clerk, faults and crashes included. */
import { assertEquals } from "@std/assert";
import {
  advanceScan,
  startOfScan,
} from "../../../functions/drift_scan_steps.ts";
import { clerkUser } from "../../../lib/events.ts";
import { planUserWrite } from "../../../lib/sync/write_plan.ts";
import {
  type DriftBed,
  openDriftBed,
  readOpen,
  repair,
  scan,
} from "./drift_bed.ts";

const USERS = 2_000;
const PLANTED = 15; // of each kind

interface PlantedBed extends DriftBed {
  /** What was planted, by user id. */
  readonly planted: ReadonlyMap<string, string>;
}

/** Clerk and MongoDB in step, but for the differences that are planted. */
async function openBed(): Promise<PlantedBed> {
  const bed = await openDriftBed({
    users: USERS,
    faults: { "status-500": 0.05, "rate-limited": 0.05, "drop": 0.02 },
  });
  return { ...bed, planted: await plant(bed) };
}

async function plant(
  { store, clerk, ids }: DriftBed,
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
    tombstoned: 0,
  });
  assertEquals(progress.counts.users, {
    clerk: USERS - PLANTED,
    mongodb: USERS - PLANTED,
  });
});

Deno.test("a repair of everything leaves a clean second scan", async () => {
  await using bed = await openBed();
  await scan(bed, "scan_1");
  await repair(bed, [...(await readOpen(bed)).keys()]);
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
  const outcomes = await repair(bed, [read.id]);
  assertEquals(outcomes, { [read.id]: "stale" });
  const stored = await bed.store.users.documents.findOne({ _id: read.id });
  assertEquals(stored?.first_name, "Newest");
});
