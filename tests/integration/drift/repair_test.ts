/** Repairs by id, by sort and by policy; what they leave on record; dry runs. */
import { assertEquals } from "@std/assert";
import { previewRepair } from "../../../functions/preview_repair.ts";
import {
  type ReconcileRequest,
  repairPortion,
  type RepairTally,
} from "../../../functions/reconcile_user.ts";
import { listDueRepairs } from "../../../functions/scan_drift.ts";
import { clerkUser } from "../../../lib/events.ts";
import { reconcileRequest } from "../../../lib/requests.ts";
import {
  type DriftBed,
  openDriftBed,
  readOpen,
  repair,
  scan,
} from "./drift_bed.ts";
import { receiveUser } from "./plant_drift.ts";

const USERS = 400;
const EACH = 60; // more than one portion

interface Planted extends DriftBed {
  readonly missing: readonly string[];
  readonly ghost: readonly string[];
  readonly stale: readonly string[];
  readonly edited: readonly string[];
}

/** Sixty differences of each kind, found by a scan. */
async function openScanned(
  env: Readonly<Record<string, string>> = {},
): Promise<Planted> {
  const bed = await openDriftBed({ users: USERS, env });
  const pick = (from: number) => bed.ids.slice(from, from + EACH);
  const [missing, ghost] = [pick(0), pick(100)];
  const [stale, edited] = [pick(200), pick(300)];
  const users = bed.store.users.documents;
  await users.deleteMany({ _id: { $in: missing } });
  for (const id of ghost) await bed.clerk.deleteUser(id);
  for (const id of stale) {
    await bed.clerk.updateUser(id, { first_name: "Renamed" });
  }
  await users.updateMany({ _id: { $in: edited } }, {
    $set: { full_name: "Somebody Else" },
  });
  await scan(bed, "scan_1");
  return { ...bed, missing, ghost, stale, edited };
}

/** Repairs portion by portion, as the durable function does. */
async function repairAll(
  { deps }: DriftBed,
  asked: unknown,
): Promise<RepairTally[]> {
  const request: ReconcileRequest = reconcileRequest.parse(asked);
  const tallies: RepairTally[] = [];
  let after: string | null = null;
  do {
    const { tally, next } = await repairPortion(deps, request, {
      after,
      runId: "run_1",
    });
    tallies.push(tally);
    after = next;
  } while (after !== null);
  return tallies;
}

Deno.test("a repair by kind takes all of that kind, in portions, and nothing else", async () => {
  await using bed = await openScanned();
  const tallies = await repairAll(bed, {
    filter: { kind: "stale" },
    who: "admin",
  });
  assertEquals(tallies, [{ applied: 50 }, { applied: 10 }]);
  const open = [...(await readOpen(bed)).values()];
  assertEquals(
    Object.groupBy(open, (kind) => kind).stale,
    undefined,
  );
  assertEquals(open.length, 3 * EACH);
});

Deno.test("a repair by field or by cause takes those that differ so", async () => {
  await using bed = await openScanned();
  const byField = { filter: { field: "first_name" }, who: "admin" };
  assertEquals(await repairAll(bed, byField), [
    { applied: 50 },
    { applied: 10 },
  ]);
  const byCause = { filter: { cause: "edited-elsewhere" }, who: "admin" };
  assertEquals(await repairAll(bed, byCause), [
    { applied: 50 },
    { applied: 10 },
  ]);
  assertEquals((await readOpen(bed)).size, 2 * EACH);
});

Deno.test("a portion that is done again after a crash repairs nothing twice", async () => {
  await using bed = await openScanned();
  const request = reconcileRequest.parse({
    user_ids: bed.stale.slice(0, 3),
    who: "admin",
    why: "a customer asked",
  });
  const place = { after: null, runId: "run_1" };
  await repairPortion(bed.deps, request, place);
  await repairPortion(bed.deps, request, place);
  assertEquals(await bed.store.changes.documents.countDocuments({}), 3);
  const entries = await bed.store.auditLog.readNewest(10);
  assertEquals(
    entries.map(({ who, why, action }) => ({ who, why, action })),
    Array.from({ length: 3 }, () => ({
      who: "admin",
      why: "a customer asked",
      action: "reconcile-user",
    })),
  );
});

Deno.test("the policy asks for the kinds that it names, and never for ghosts", async () => {
  await using bed = await openScanned({ DRIFT_REPAIR: "all" });
  const due = await listDueRepairs(bed.deps, "scan_1");
  assertEquals(
    due.map(({ data }) => "filter" in data ? data.filter.kind : null),
    ["missing", "stale", "edited"],
  );
  for (const { data } of due) await repairAll(bed, data);
  assertEquals(
    await readOpen(bed),
    new Map(bed.ghost.map((id) => [id, "ghost"])),
  );
  const [entry] = await bed.store.auditLog.readNewest(1);
  assertEquals(entry?.who, "DRIFT_REPAIR");
});

Deno.test("a policy that is off asks for nothing, nor does one after a scan that failed", async () => {
  await using off = await openScanned();
  assertEquals(await listDueRepairs(off.deps, "scan_1"), []);
  await using bed = await openScanned({ DRIFT_REPAIR: "missing" });
  await bed.store.drift.begin("scan_2", new Date(), null);
  await bed.store.drift.fail("scan_2", "Clerk is down", new Date());
  assertEquals(await listDueRepairs(bed.deps, "scan_2"), []);
});

Deno.test("an automatic repair removes nobody who became a ghost meanwhile", async () => {
  await using bed = await openScanned({ DRIFT_REPAIR: "stale" });
  const [id = ""] = bed.stale;
  await bed.clerk.deleteUser(id);
  const [due] = await listDueRepairs(bed.deps, "scan_1");
  const tallies = await repairAll(bed, due?.data);
  assertEquals(
    tallies[0]?.["A ghost is removed only when somebody asks"] ??
      tallies[1]?.["A ghost is removed only when somebody asks"],
    1,
  );
  assertEquals(
    await bed.store.users.documents.countDocuments({ _id: id }),
    1,
  );
});

Deno.test("a user who was deleted here for good stays out of repairs, and every scan says so", async () => {
  await using bed = await openDriftBed({
    users: 60,
    env: { DRIFT_REPAIR: "all" },
  });
  const [id = ""] = bed.ids;
  await bed.store.users.remove({
    _id: id,
    deleted_at: new Date(),
    event_id: "msg_gone",
  });
  for (const reportId of ["scan_1", "scan_2"]) {
    await scan(bed, reportId);
    assertEquals(await readOpen(bed), new Map([[id, "tombstoned"]]));
    assertEquals(await listDueRepairs(bed.deps, reportId), []);
    assertEquals(await repair(bed, [id]), { [id]: "tombstoned" });
  }
  assertEquals(await bed.store.users.documents.countDocuments({}), 59);
  const { good } = await bed.store.drift.readLatest();
  assertEquals([good?.totals.tombstoned, good?.totals.missing], [1, 0]);
});

Deno.test("a repair closes what has been put right meanwhile, or is gone on both sides", async () => {
  await using bed = await openScanned();
  const [overtaken = ""] = bed.stale;
  const [gone = ""] = bed.ghost;
  const user = clerkUser.parse(bed.clerk.users.get(overtaken));
  const webhook = { eventAt: new Date(), eventId: "msg_newer" };
  const newer = { ...user, updated_at: (user.updated_at ?? 0) + 60_000 };
  await receiveUser(bed.store, newer, webhook);
  await bed.store.users.documents.deleteOne({ _id: gone });
  assertEquals(await repair(bed, [overtaken, gone]), {
    [overtaken]: "stale",
    [gone]: "Neither Clerk nor MongoDB has it",
  });
  const open = await readOpen(bed);
  assertEquals([open.has(overtaken), open.has(gone)], [false, false]);
});

Deno.test("previewRepair() gives the very write, and writes nothing", async () => {
  await using bed = await openScanned();
  const ids = [bed.missing, bed.ghost, bed.stale, bed.ids.slice(399)]
    .map(([id = ""]) => id);
  const readAll = () => bed.store.users.documents.find().toArray();
  const before = await readAll();
  const [missing, ghost, stale, equal] = (await previewRepair(bed.deps, ids))
    .map(({ preview }) => preview);
  assertEquals(await readAll(), before);

  await repair(bed, ids);
  const [inserted, removed, updated] = await Promise.all(
    ids.map((_id) => bed.store.users.documents.findOne({ _id })),
  );
  if (missing?.kind !== "insert") throw new TypeError(missing?.kind);
  assertEquals(withoutSync(missing.document), withoutSync(inserted));
  assertEquals([ghost?.kind, removed], ["remove", null]);
  if (stale?.kind !== "update") throw new TypeError(stale?.kind);
  assertEquals(Object.keys(stale.set).toSorted(), [
    "clerk_updated_at",
    "first_name",
    "full_name",
    "sync",
  ]);
  assertEquals({ ...updated, ...withoutSync(stale.set) }, { ...updated });
  assertEquals(equal?.kind === "update" && Object.keys(equal.set), ["sync"]);
});

function withoutSync(
  document: object | null | undefined,
): Record<string, unknown> {
  const { sync: _, ...rest } = { sync: undefined, ...document };
  return rest;
}
