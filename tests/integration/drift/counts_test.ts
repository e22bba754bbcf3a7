/** The cheap comparison of counts between two scans. */
import { assertEquals, assertStringIncludes } from "@std/assert";
import { compareSideCounts } from "../../../functions/compare_counts.ts";
import { addRecurringDeadLetter } from "../../../functions/dead_letter.ts";
import { readCountReports } from "../../../lib/store/count_reports.ts";
import { makeClient } from "../../support/clerk_api/make_client.ts";
import { FakeClerk } from "../../support/clerk_api/start_clerk_api.ts";
import { openDriftBed, scan } from "./drift_bed.ts";

Deno.test("compareSideCounts() keeps both sides' counts, without what the application made", async () => {
  await using bed = await openDriftBed({ users: 60 });
  const { id: organizationId } = await bed.clerk.createOrganization({
    name: "Fox",
  });
  const [userId = "", ...others] = bed.ids;
  await bed.clerk.createMembership({ organizationId, userId });
  await bed.store.users.documents.deleteMany({
    _id: { $in: others.slice(0, 2) },
  });
  await bed.db.collection("users").insertOne({
    _id: "own_1" as never,
    username: "own",
  });
  bed.clerk.faults.failNext("status-500");
  await compareSideCounts(bed.deps, "run_1");
  const [report] = await readCountReports(bed.store, 1);
  assertEquals(report?.counts, {
    users: { clerk: 60, mongodb: 58 },
    organizations: { clerk: 1, mongodb: 0 },
    memberships: { clerk: 1, mongodb: 0 },
  });
  // Key, sample and three counts, one of them twice.
  assertEquals([report?.state, report?.requests], ["done", 6]);
});

Deno.test("compareSideCounts() leaves out what a scan has found to be tombstoned here", async () => {
  await using bed = await openDriftBed({ users: 60 });
  const [_id = ""] = bed.ids;
  const tombstone = { _id, deleted_at: new Date(), event_id: "msg_gone" };
  await bed.store.users.remove(tombstone);
  await scan(bed, "scan_1");
  await compareSideCounts(bed.deps, "run_1");
  const [report] = await readCountReports(bed.store, 1);
  assertEquals(report?.counts?.users, { clerk: 59, mongodb: 59 });
});

Deno.test("compareSideCounts() says that the key is another instance's", async () => {
  await using bed = await openDriftBed({ users: 60 });
  await using other = new FakeClerk({ users: 30, seed: 99 });
  const deps = { ...bed.deps, clerkApi: makeClient(other) };
  await compareSideCounts(deps, "run_1");
  const [report] = await readCountReports(bed.store, 1);
  assertEquals([report?.state, report?.counts], ["failed", null]);
  assertStringIncludes(report?.reason ?? "", "belongs to another instance");
});

Deno.test("compareSideCounts() closes the dead letter of comparisons that failed", async () => {
  await using bed = await openDriftBed({ users: 3 });
  await addRecurringDeadLetter(bed.deps, {
    error: new Error("Clerk does not answer"),
    event: {
      data: {
        function_id: "rollcall-compare-counts",
        run_id: "run_0",
        event: { id: "tick_0", name: "inngest/scheduled.timer" },
      },
    },
  });
  const [letter] = await bed.store.deadLetters.documents.find().toArray();
  assertEquals([letter?.failures, letter?.replayed_at], [1, null]);
  await compareSideCounts(bed.deps, "run_1");
  const closed = await bed.store.deadLetters.documents.findOne();
  assertEquals(closed?.replayed_at instanceof Date, true);
});

Deno.test("a report of counts is no scan, and goes after a week", async () => {
  await using bed = await openDriftBed({ users: 60 });
  await scan(bed, "scan_1");
  const now = new Date();
  for (const [index, days] of [8, 6, 0].entries()) {
    const at = new Date(now.getTime() - days * 24 * 60 * 60 * 1000);
    const deps = { ...bed.deps, clock: { now: () => at } };
    await compareSideCounts(deps, `run_${index}`);
  }
  const reports = await readCountReports(bed.store, 10);
  assertEquals(reports.map(({ _id }) => _id), ["run_2", "run_1"]);
  const { attempt, good } = await bed.store.drift.readLatest();
  assertEquals([attempt?._id, good?._id], ["scan_1", "scan_1"]);
});
