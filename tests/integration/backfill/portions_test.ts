/** The portions of an import on a real store, crashes and rivals included. */
import { assert, assertEquals, assertRejects } from "@std/assert";
import {
  advanceBackfill,
  prepareBackfill,
} from "../../../functions/backfill_steps.ts";
import { createBackfill } from "../../../functions/control_job.ts";
import { listUsers, openBackfillBed, PAGE_SIZE } from "./backfill_bed.ts";

const USERS = 3 * PAGE_SIZE + 7;

Deno.test("an import brings in every user, with a change each", async () => {
  await using bed = await openBackfillBed({ users: USERS });
  const job = await bed.finish();
  assertEquals(
    [job.state, job.total, job.done, job.failed, job.counts],
    ["done", USERS, USERS, 0, { added: USERS }],
  );
  const stored = await bed.store.users.documents.find().toArray();
  assertEquals(
    new Set(stored.map(({ _id }) => _id)),
    new Set((await listUsers(bed)).map(({ id }) => id)),
  );
  assert(stored.every(({ sync }) => sync.source === "backfill"));
  const changes = await bed.store.changes.documents.find().toArray();
  assertEquals(changes.length, USERS);
  assert(
    changes.every(({ kind, source }) =>
      kind === "insert" && source === "backfill"
    ),
  );
});

Deno.test("a portion that is repeated after a crash writes and counts nothing twice", async () => {
  await using bed = await openBackfillBed({ users: USERS });
  const before = await bed.job();
  await bed.advance();
  // The crash: users are written, neither their changes nor the checkpoint.
  await bed.store.jobs.documents.replaceOne({ _id: bed.jobId }, before);
  await bed.store.changes.documents.deleteMany({});
  const first = await bed.store.users.documents.find().toArray();
  bed.clock.advance(60_000);
  await bed.advance();
  assertEquals(await bed.store.users.documents.find().toArray(), first);
  const job = await bed.job();
  assertEquals([job.done, job.counts], [PAGE_SIZE, { unchanged: PAGE_SIZE }]);
  const changes = await bed.store.changes.documents.find().toArray();
  assertEquals(changes.length, PAGE_SIZE);
  assert(
    changes.every(({ before, after }) => before === null && after !== null),
  );
});

Deno.test("two runs of one import count each portion once", async () => {
  await using bed = await openBackfillBed({ users: USERS });
  await Promise.all([bed.finish(), bed.finish()]);
  const job = await bed.job();
  assertEquals([job.state, job.done], ["done", USERS]);
  assertEquals(await bed.store.users.documents.countDocuments(), USERS);
  assertEquals(await bed.store.changes.documents.countDocuments(), USERS);
});

Deno.test("an import names the users that it cannot read, and goes on", async () => {
  await using bed = await openBackfillBed({ users: USERS });
  const [, bad] = await listUsers(bed);
  await bed.clerk.updateUser(bad!.id, { banned: "perhaps" as never });
  const job = await bed.finish();
  assertEquals(
    [job.state, job.done, job.failed, job.failures],
    ["done", USERS, 1, [{ id: bad!.id, reason: "does not fit at banned" }]],
  );
  assertEquals(await bed.store.users.documents.countDocuments(), USERS - 1);
});

Deno.test("an import names the users that an index of the application refuses", async () => {
  await using bed = await openBackfillBed({ users: USERS });
  const [first, second] = await listUsers(bed);
  await bed.clerk.updateUser(first!.id, { external_id: "same" });
  await bed.clerk.updateUser(second!.id, { external_id: "same" });
  await bed.store.users.documents.createIndex(
    { external_id: 1 },
    {
      name: "app_external_id",
      unique: true,
      partialFilterExpression: { external_id: { $gte: "" } },
    },
  );
  const job = await bed.finish();
  assertEquals([job.state, job.failed], ["done", 1]);
  assertEquals(
    job.failures[0]?.reason,
    "MongoDB has the same key in app_external_id already",
  );
  assertEquals(await bed.store.users.documents.countDocuments(), USERS - 1);
});

Deno.test("a portion does nothing for a job that is paused or cancelled", async () => {
  await using bed = await openBackfillBed({ users: USERS });
  await bed.advance();
  await bed.store.jobs.pause(bed.jobId, bed.clock.now());
  const asked = bed.clerk.requests.length;
  assertEquals(await bed.advance(), { state: "paused", done: PAGE_SIZE });
  assertEquals(bed.clerk.requests.length, asked);
  await bed.store.jobs.resume(bed.jobId, bed.clock.now());
  assertEquals((await bed.advance()).done, 2 * PAGE_SIZE);
  await bed.store.jobs.cancel(bed.jobId, bed.clock.now());
  assertEquals(await bed.advance(), {
    state: "cancelled",
    done: 2 * PAGE_SIZE,
  });
});

Deno.test("only one import is open at a time", async () => {
  await using bed = await openBackfillBed({ users: 1 });
  const next = { jobId: "job_2", actor: "tester" };
  assertEquals(await createBackfill(bed.deps, next), false);
  await bed.store.jobs.pause(bed.jobId, bed.clock.now());
  assertEquals(await createBackfill(bed.deps, next), false);
  await bed.store.jobs.fail(bed.jobId, "it broke", bed.clock.now());
  const rivals = await Promise.all(
    ["job_2", "job_3", "job_4"].map((jobId) =>
      createBackfill(bed.deps, { jobId, actor: "tester" })
    ),
  );
  assertEquals(rivals.filter((hasStarted) => hasStarted).length, 1);
  assertEquals(
    await bed.store.jobs.resume(bed.jobId, bed.clock.now()),
    false,
  );
  const open = await bed.store.jobs.readOpen("backfill");
  await bed.store.jobs.cancel(open?._id ?? "", bed.clock.now());
  assertEquals(await bed.store.jobs.resume(bed.jobId, bed.clock.now()), true);
  assertEquals((await bed.job()).error, null);
});

Deno.test("an import without a key, or with one of another instance, does not begin", async () => {
  await using bed = await openBackfillBed({ users: USERS });
  const { deps, jobId } = bed;
  await assertRejects(
    () => prepareBackfill({ ...deps, clerkApi: undefined }, jobId),
    Error,
    "CLERK_SECRET_KEY is not set",
  );
  await assertRejects(
    () => advanceBackfill({ ...deps, clerkApi: undefined }, jobId),
    Error,
    "CLERK_SECRET_KEY is not set",
  );
  const clerk = { ...deps.config.clerk, instanceId: "ins_other" };
  await assertRejects(
    () =>
      prepareBackfill({ ...deps, config: { ...deps.config, clerk } }, jobId),
    Error,
    "belongs to another instance",
  );
});
