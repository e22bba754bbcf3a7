/** An import beside webhooks, edits and deletions: the newest state wins. */
import { assertEquals } from "@std/assert";
import { advanceBackfill } from "../../../functions/backfill_steps.ts";
import type { ListUsersOptions } from "../../../lib/clerk/list_users.ts";
import { type ClerkUser, clerkUser } from "../../../lib/events.ts";
import {
  type BackfillBed,
  listUsers,
  openBackfillBed,
  PAGE_SIZE,
  receive,
} from "./backfill_bed.ts";

const USERS = 3 * PAGE_SIZE + 7;

Deno.test("an import writes nothing where nothing differs, and what differs once", async () => {
  await using bed = await openBackfillBed({ users: USERS });
  const users = await listUsers(bed);
  for (const user of users) await receive(bed, user);
  await bed.store.users.documents.updateOne({ _id: users[3]!.id }, {
    $set: { first_name: "Edited" },
  });
  await bed.clerk.updateUser(users[5]!.id, { first_name: "Updated" });
  const job = await bed.finish();
  assertEquals(job.counts, { unchanged: USERS - 2, changed: 2 });
  const [edited, updated, other] = await Promise.all(
    [3, 5, 7].map((index) =>
      bed.store.users.documents.findOne({ _id: users[index]!.id })
    ),
  );
  assertEquals(edited?.first_name, users[3]!.first_name);
  assertEquals(updated?.first_name, "Updated");
  assertEquals(other?.sync.source, "webhook");
  const change = await bed.store.changes.documents.findOne({
    document_id: users[3]!.id,
  });
  assertEquals(change?.before, { first_name: "Edited" });
});

Deno.test("an import does not overwrite a newer webhook, even one that comes after Clerk's answer", async () => {
  await using bed = await openBackfillBed({ users: USERS });
  const [early, late] = await listUsers(bed);
  const receiveNewest = (user: ClerkUser) =>
    receive(bed, {
      ...user,
      first_name: "Newest",
      updated_at: bed.clock.now().getTime() + 60_000,
    });
  await receiveNewest(early!);
  const clerkApi = {
    ...bed.deps.clerkApi,
    async *listUsers(options?: ListUsersOptions) {
      for await (const page of bed.deps.clerkApi.listUsers(options)) {
        await receiveNewest(late!);
        yield page;
      }
    },
  };
  await advanceBackfill({ ...bed.deps, clerkApi }, bed.jobId, {
    pageSize: PAGE_SIZE,
  });
  const job = await bed.finish();
  assertEquals(job.counts, { newer: 2, added: USERS - 2 });
  const stored = await bed.store.users.documents
    .find({ first_name: "Newest" }).toArray();
  assertEquals(
    new Set(stored.map(({ _id }) => _id)),
    new Set([early!.id, late!.id]),
  );
});

Deno.test("an import yields to a webhook with the same updated_at that was sent after Clerk was asked", async () => {
  await using bed = await openBackfillBed({ users: USERS });
  const [tied] = await listUsers(bed);
  const clerkApi = {
    ...bed.deps.clerkApi,
    async *listUsers(options?: ListUsersOptions) {
      for await (const page of bed.deps.clerkApi.listUsers(options)) {
        bed.clock.advance(10);
        const later = { ...tied!, first_name: "Later" };
        await receive(bed, later, bed.clock.now());
        bed.clock.advance(10);
        yield page;
      }
    },
  };
  await advanceBackfill({ ...bed.deps, clerkApi }, bed.jobId, {
    pageSize: PAGE_SIZE,
  });
  const stored = await bed.store.users.documents.findOne({ _id: tied!.id });
  assertEquals(stored?.first_name, "Later");
  assertEquals((await bed.job()).counts, { newer: 1, added: PAGE_SIZE - 1 });
});

Deno.test("an import brings nobody back who was deleted", async () => {
  await using bed = await openBackfillBed({ users: USERS });
  const [gone, leftover] = await listUsers(bed);
  const deletion = { deleted_at: bed.clock.now(), event_id: "msg_gone" };
  await bed.store.users.remove({ _id: gone!.id, ...deletion });
  await receive(bed, leftover!);
  await bed.store.users.tombstones.insertOne({
    _id: leftover!.id,
    ...deletion,
  });
  const job = await bed.finish();
  assertEquals(job.counts, { deleted: 2, added: USERS - 2 });
  assertEquals(await bed.store.users.documents.countDocuments(), USERS - 2);
});

Deno.test("an import goes through faults of Clerk, and users who come, change and go meanwhile", async () => {
  let busy: BackfillBed | undefined;
  let changes = 0;
  await using bed = await openBackfillBed({
    users: 20 * PAGE_SIZE,
    faultSeed: 11,
    faults: { "status-500": 0.2, "rate-limited": 0.1, "drop": 0.1 },
    beforeAnswer: async (clerk, url, nth) => {
      const isPage = url.searchParams.has("starting_after");
      // Somebody new at every look would let no import end.
      if (busy === undefined || !isPage || changes === 25) return;
      const idAt = (rank: number) =>
        clerk.users.getAt(clerk.users.byCreatedAt, rank)!.id;
      // Clerk's webhooks of these are told at once, as the store hears them.
      await clerk.createUser({ first_name: `New ${nth}` });
      const updated = await clerk.updateUser(idAt(nth * 7 % 100), {
        first_name: `Updated ${nth}`,
      });
      await receive(busy, clerkUser.parse(updated));
      const goneId = idAt(100 + nth * 5);
      await clerk.deleteUser(goneId);
      await busy.store.users.remove({
        _id: goneId,
        deleted_at: busy.clock.now(),
        event_id: `msg_gone_${nth}`,
      });
      changes++;
    },
  });
  busy = bed;
  const job = await bed.finish();
  assertEquals(job.state, "done");
  assertEquals(changes, 25);
  assertEquals(bed.clerk.faults.struck.size, 3);
  busy = undefined;
  const users = await listUsers(bed);
  const stored = await bed.store.users.documents.find().sort({ _id: 1 })
    .toArray();
  assertEquals(
    stored.map(({ _id, first_name }) => [_id, first_name]),
    users.map(({ id, first_name }) => [id, first_name])
      .toSorted(([a], [b]) => a! < b! ? -1 : 1),
  );
});
