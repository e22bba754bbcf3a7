/** One scan at a time: which one counts, and what becomes of one that is lost. */
import { assertEquals } from "@std/assert";
import {
  advanceScan,
  startOfScan,
} from "../../../functions/drift_scan_steps.ts";
import { beginScan } from "../../../functions/scan_drift.ts";
import { ManualClock } from "../../support/clerk_api/manual_clock.ts";
import { openDriftBed, readOpen, scan } from "./drift_bed.ts";

const MINUTE_MS = 60_000;

Deno.test("a scan does not begin beside another, as long as that one moves", async () => {
  await using bed = await openDriftBed({ users: 60 });
  const clock = new ManualClock();
  const deps = { ...bed.deps, clock };
  let progress = await beginScan(deps, "scan_1");
  for (const id of ["scan_2", "scan_3"]) {
    clock.advance(59 * MINUTE_MS);
    progress = await advanceScan(deps, progress);
    assertEquals((await beginScan(deps, id)).phase, "done");
    const report = await bed.store.drift.reports.findOne({ _id: id });
    assertEquals([report?.state, report?.reason], [
      "skipped",
      "Another scan is running",
    ]);
  }
});

Deno.test("a scan that has not moved for an hour is given up, and does nothing if it wakes", async () => {
  await using bed = await openDriftBed({ users: 60 });
  const clock = new ManualClock();
  const deps = { ...bed.deps, clock };
  const lost = await beginScan(deps, "scan_1");
  clock.advance(60 * MINUTE_MS + bed.deps.config.driftGraceMs + 1);
  assertEquals((await beginScan(deps, "scan_2")).phase, "compare");
  const report = await bed.store.drift.reports.findOne({ _id: "scan_1" });
  assertEquals([report?.state, report?.finished_at], ["failed", clock.now()]);
  const asked = bed.clerk.requests.length;
  assertEquals((await advanceScan(deps, lost)).phase, "done");
  assertEquals(bed.clerk.requests.length, asked);
});

Deno.test("the rest of an old scan, run again, leaves a newer one's findings alone", async () => {
  await using bed = await openDriftBed({ users: 60 });
  await scan(bed, "scan_1");
  const [id = ""] = bed.ids;
  await bed.store.users.documents.deleteOne({ _id: id });
  await scan(bed, "scan_2");
  const rest = { ...startOfScan("scan_1", "confirm"), after: { id: "user_z" } };
  assertEquals((await advanceScan(bed.deps, rest)).phase, "done");
  assertEquals(await readOpen(bed), new Map([[id, "missing"]]));
});
