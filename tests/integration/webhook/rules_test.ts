/** The table of docs/sync.md, row by row: signed webhooks in, documents out. */
import { assert, assertEquals, assertMatch } from "@std/assert";
import type { Store } from "../../../lib/store/store.ts";
import { startRollcall } from "../../support/rollcall_process.ts";
import { readUser, T0, tell, type Told, userTold } from "./tell.ts";

/** One row of the table. */
interface Row {
  readonly name: string;
  /** One after another. */
  readonly told: readonly Told[];
  readonly check: (store: Store) => Promise<void>;
}

const deletion = (noun: string, id: string, becomes = "applied"): Told => ({
  type: `${noun}.deleted`,
  data: { id, deleted: true },
  becomes,
});

const membership = (
  id: string,
  member: { organization: object; user: string },
  becomes: string,
  type = "created",
): Told => ({
  type: `organizationMembership.${type}`,
  data: {
    id,
    role: "org:member",
    organization: member.organization,
    public_user_data: { user_id: member.user },
    updated_at: T0,
  },
  becomes,
});

const organization = (id: string) => ({ id, name: "Acme", updated_at: T0 });

const ROWS: readonly Row[] = [
  {
    name: "a newer state writes the fields that differ, with before and after",
    told: [
      userTold("user_newer", 0, "applied", { first_name: "Ann", locked: true }),
      userTold("user_newer", 5, "applied", { first_name: "Bo", locked: true }),
    ],
    async check(store) {
      const changes = await store.changes.documents
        .find({ document_id: "user_newer" }).sort({ at: 1 }).toArray();
      assertEquals(changes.map(({ kind }) => kind), ["insert", "update"]);
      assertEquals(changes[1]?.before, {
        first_name: "Ann",
        full_name: "Ann",
        clerk_updated_at: new Date(T0).toISOString(),
      });
      assertEquals(changes[1]?.after, {
        first_name: "Bo",
        full_name: "Bo",
        clerk_updated_at: new Date(T0 + 5).toISOString(),
      });
    },
  },
  {
    name: "an older state changes nothing",
    told: [
      userTold("user_older", 5, "applied", { first_name: "New" }),
      userTold("user_older", 3, "stale", { first_name: "Old" }),
    ],
    async check(store) {
      assertEquals((await readUser(store, "user_older"))?.first_name, "New");
    },
  },
  {
    name: "of an older state, a field that no newer one told is written",
    told: [
      userTold("user_partial", 5, "applied", { first_name: "New" }),
      userTold("user_partial", 3, "applied", {
        first_name: "Old",
        image_url: "https://img.example.com/3",
      }),
      userTold("user_partial", 2, "stale", {
        image_url: "https://img.example.com/2",
      }),
    ],
    async check(store) {
      const user = await readUser(store, "user_partial");
      assertEquals(user?.first_name, "New");
      assertEquals(user?.profile_picture, "https://img.example.com/3");
      assertEquals(user?.sync.version, T0 + 5);
    },
  },
  {
    name: "of two states of one millisecond the later envelope wins",
    told: [
      {
        ...userTold("user_tie", 5, "applied", { first_name: "Second" }),
        timestamp: 9,
      },
      {
        ...userTold("user_tie", 5, "stale", { first_name: "First" }),
        timestamp: 8,
      },
    ],
    async check(store) {
      assertEquals((await readUser(store, "user_tie"))?.first_name, "Second");
    },
  },
  {
    name: "a deleted user is gone for good, with his memberships",
    told: [
      userTold("user_gone", 0, "applied"),
      membership("orgmem_gone", {
        organization: organization("org_of_gone"),
        user: "user_gone",
      }, "applied"),
      deletion("user", "user_gone"),
      userTold("user_gone", 9, "tombstoned"),
      deletion("user", "user_gone", "tombstoned"),
      membership("orgmem_late", {
        organization: organization("org_of_gone"),
        user: "user_gone",
      }, "tombstoned"),
    ],
    async check(store) {
      assertEquals(await readUser(store, "user_gone"), null);
      const left = await store.memberships.documents
        .countDocuments({ user_id: "user_gone" });
      assertEquals(left, 0);
    },
  },
  {
    name: "a deletion of who is not stored leaves a tombstone",
    told: [
      deletion("user", "user_never"),
      userTold("user_never", 5, "tombstoned"),
    ],
    async check(store) {
      const tombstone = await store.users.tombstones
        .findOne({ _id: "user_never" });
      assertEquals(tombstone?.deleted_at, new Date(T0));
      assertEquals(await readUser(store, "user_never"), null);
    },
  },
  {
    name: "a deleted organization takes its memberships along",
    told: [
      {
        type: "organization.created",
        data: organization("org_gone"),
        becomes: "applied",
      },
      userTold("user_stays", 0, "applied"),
      membership("orgmem_of_gone", {
        organization: organization("org_gone"),
        user: "user_stays",
      }, "applied"),
      deletion("organization", "org_gone"),
    ],
    async check(store) {
      assert(await readUser(store, "user_stays"));
      const { documents } = store.memberships;
      assertEquals(await documents.findOne({ _id: "orgmem_of_gone" }), null);
    },
  },
  {
    name: "a membership that ends, with the whole object, is gone for good",
    told: [
      userTold("user_left", 0, "applied"),
      membership("orgmem_left", {
        organization: organization("org_left"),
        user: "user_left",
      }, "applied"),
      membership(
        "orgmem_left",
        {
          organization: organization("org_left"),
          user: "user_left",
        },
        "applied",
        "deleted",
      ),
      membership(
        "orgmem_left",
        {
          organization: organization("org_left"),
          user: "user_left",
        },
        "tombstoned",
        "updated",
      ),
    ],
    async check(store) {
      const { documents } = store.memberships;
      assertEquals(await documents.findOne({ _id: "orgmem_left" }), null);
      assert(await store.organizations.documents.findOne({ _id: "org_left" }));
    },
  },
  {
    name: "a taken user name gets a suffix, and keeps it",
    told: [
      userTold("user_first", 0, "applied", { username: "wren" }),
      userTold("user_second", 0, "applied", { username: "wren" }),
      userTold("user_second", 5, "applied", { username: "wren", banned: true }),
    ],
    async check(store) {
      assertEquals((await readUser(store, "user_first"))?.username, "wren");
      const second = await readUser(store, "user_second");
      assertMatch(second?.username ?? "", /^wren_[a-z0-9]{6}$/);
      assertEquals(second?.banned, true);
    },
  },
  {
    name: "a payload that does not fit is a dead letter",
    told: [userTold("user_odd", 0, "failed", { banned: "perhaps" })],
    async check(store) {
      const letter = await store.deadLetters.documents
        .findOne({ subject: "user_odd" });
      assertEquals(letter?.function_id, "rollcall-sync-user-from-clerk");
    },
  },
];

Deno.test("the whole path does what the table of docs/sync.md says", async (t) => {
  await using rollcall = await startRollcall();
  await using feed = await rollcall.listen();
  // Each is about objects of its own: all rows at once.
  const outcomes = await Promise.allSettled(
    ROWS.map(({ told }) => tell(rollcall, feed, told)),
  );
  for (const [index, { name, check }] of ROWS.entries()) {
    await t.step(name, async () => {
      const outcome = outcomes[index];
      if (outcome?.status === "rejected") throw outcome.reason;
      await check(rollcall.store);
    });
  }
});
