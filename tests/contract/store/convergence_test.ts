/**
 * The promise of the sync, tried on the real store: whatever the order, the
 * duplicates, the interleaving of workers and the crashes, the final state is
 * that of the history told in order.
 */
import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import type { Db } from "mongodb";
import { deleteUser } from "../../../functions/delete_user_with_clerk.ts";
import type { ReceivedEvent } from "../../../functions/received_event.ts";
import { writeMembership } from "../../../functions/sync_membership.ts";
import { writeOrganization } from "../../../functions/sync_organization.ts";
import { writeUser } from "../../../functions/write_user.ts";
import { systemClock } from "../../../lib/clock.ts";
import {
  clerkMembership,
  clerkOrganization,
  clerkUser,
} from "../../../lib/events.ts";
import { createStore, type Store } from "../../../lib/store/store.ts";
import { toUserFields } from "../../../lib/sync/user_document.ts";
import {
  finalStateOf,
  type Scenario,
  scenarios,
  tellHistory,
} from "../../support/histories.ts";
import { type Gate, interleave } from "../../support/interleave.ts";
import { steppedDb } from "../../support/stepped_db.ts";
import { openTestStore } from "../../support/test_store.ts";

const isExternal = Deno.env.has("MONGODB_URI");
const SEED = 20261125;

/** How long a failure may be made smaller before it is reported. */
const MAX_SHRINK_MS = 30_000;

/** The worker's process died; a durable function runs the event again. */
class Crash extends Error {}

Deno.test("users converge whatever the order, the duplicates and the crashes", async () => {
  await checkConvergence(
    scenarios(["user", "user", "user", "user-deleted"]),
    isExternal ? 200 : 2_000,
  );
});

Deno.test("organizations and memberships converge with their parents deleted in any order", async () => {
  const kinds = [
    "user",
    "user-deleted",
    "organization",
    "organization-deleted",
    "membership",
    "membership",
    "membership-deleted",
  ] as const;
  await checkConvergence(scenarios(kinds), isExternal ? 100 : 500);
});

async function checkConvergence(
  arbitrary: fc.Arbitrary<Scenario>,
  numRuns: number,
): Promise<void> {
  await using test = await openTestStore();
  await fc.assert(
    fc.asyncProperty(
      arbitrary,
      boundShrinking(async (scenario) => {
        await clear(test.db);
        const events = tellHistory(scenario.steps);
        await deliver(test.db, events, scenario);
        await assertFinalState(test.store, events);
      }),
    ),
    {
      numRuns,
      seed: SEED,
      interruptAfterTimeLimit: 300_000,
      markInterruptAsFailure: true,
    },
  );
}

/** Lets every smaller case pass once time is up, so that shrinking ends. */
function boundShrinking(
  check: (scenario: Scenario) => Promise<void>,
): (scenario: Scenario) => Promise<void> {
  let deadlineMs = Number.POSITIVE_INFINITY;
  return async (scenario) => {
    if (performance.now() > deadlineMs) return;
    try {
      await check(scenario);
    } catch (error) {
      deadlineMs = Math.min(deadlineMs, performance.now() + MAX_SHRINK_MS);
      throw error;
    }
  };
}

async function clear(db: Db): Promise<void> {
  await Promise.all(
    ["users", "organizations", "memberships", "tombstones"].map((name) =>
      db.collection(name).deleteMany({})
    ),
  );
}

/** Lets workers handle the deliveries, crashes and all. */
async function deliver(
  db: Db,
  events: readonly ReceivedEvent[],
  scenario: Scenario,
): Promise<void> {
  const queue = toDeliveries(events, scenario);
  const crashes = new Map(
    scenario.crashes.map(({ call, side }) => [call, side]),
  );
  let calls = 0;
  let choices = 0;
  const workers = Array.from(
    { length: scenario.workers },
    () => async (gate: Gate) => {
      const stepped = steppedDb(db, async (call) => {
        using _turn = await gate();
        const side = crashes.get(calls++);
        if (side === "before") throw new Crash();
        const answer = await call();
        if (side === "after") throw new Crash();
        return answer;
      });
      const store = createStore(stepped, () => Promise.resolve());
      while (queue.length > 0) {
        const events = queue.splice(0, scenario.atOnce);
        await Promise.all(events.map(async (event) => {
          try {
            await handle(store, event);
          } catch (error) {
            if (!(error instanceof Crash)) throw error;
            queue.push(event);
          }
        }));
      }
    },
  );
  await interleave(
    workers,
    () => scenario.choices[choices++ % scenario.choices.length] ?? 0,
  );
  // A worker that crashed last may have left its event to nobody.
  for (const event of queue) {
    await handle(createStore(db, () => Promise.resolve()), event);
  }
}

function toDeliveries(
  events: readonly ReceivedEvent[],
  scenario: Scenario,
): ReceivedEvent[] {
  const again = scenario.duplicates.flatMap((index) => events[index] ?? []);
  return [...events, ...again]
    .map((event, index) => ({
      event,
      key: scenario.order[index % scenario.order.length] ?? 0,
    }))
    .sort((a, b) => a.key - b.key)
    .map(({ event }) => event);
}

async function handle(store: Store, event: ReceivedEvent): Promise<void> {
  const deps = {
    store: { ...store, ensureIndexes: () => Promise.resolve() },
    clock: systemClock,
    clerkApi: undefined,
  };
  if (event.type === "user.deleted") await deleteUser(deps, event);
  else if (event.type.startsWith("user.")) await writeUser(deps, event);
  else if (event.type.startsWith("organization.")) {
    await writeOrganization(deps, event);
  } else await writeMembership(deps, event);
}

async function assertFinalState(
  store: Store,
  events: readonly ReceivedEvent[],
): Promise<void> {
  const expected = finalStateOf(events);
  const users = await store.users.documents.find().sort({ _id: 1 }).toArray();
  assertEquals<unknown>(
    users.map(({ username: _username, sync, ...fields }) => ({
      ...fields,
      version: sync.version,
      event: sync.event_id,
    })),
    [...expected.users].sort().map(([id, event]) => {
      const user = clerkUser.parse(event.data);
      const { clerk_updated_at = null, ...fields } = toUserFields(user);
      return {
        _id: id,
        profile_picture: null,
        phone: null,
        external_id: null,
        locked: false,
        ...fields,
        clerk_updated_at,
        version: user.updated_at,
        event: event.origin?.id,
      };
    }),
  );
  assertEquals(new Set(users.map((user) => user.username)).size, users.length);
  for (const user of users) {
    assertUsername(user.username, expected.users.get(user._id));
  }
  await assertOthers(store, expected);
  const tombstones = await store.db.collection("tombstones").find().toArray();
  assertEquals(
    new Set(tombstones.map(({ _id }) => String(_id))),
    expected.tombstones,
  );
}

/** Clerk's own name, or one derived, each with a suffix where it was taken. */
function assertUsername(
  username: string,
  event: ReceivedEvent | undefined,
): void {
  const own = clerkUser.parse(event?.data).username;
  const legal = own ? [own] : ["ann", "bo"];
  assert(
    legal.some((name) =>
      username === name || /^_[a-z0-9]{6}$/.test(username.slice(name.length))
    ),
  );
}

async function assertOthers(
  store: Store,
  expected: ReturnType<typeof finalStateOf>,
): Promise<void> {
  const organizations = await store.organizations.documents.find().sort({
    _id: 1,
  }).toArray();
  assertEquals<unknown>(
    organizations.map(({ _id, name, sync }) => [_id, name, sync.event_id]),
    [...expected.organizations].sort().map(([id, event]) => [
      id,
      clerkOrganization.parse(event.data).name,
      event.origin?.id,
    ]),
  );
  const memberships = await store.memberships.documents.find().sort({ _id: 1 })
    .toArray();
  assertEquals<unknown>(
    memberships.map(({ _id, role, sync }) => [_id, role, sync.event_id]),
    [...expected.memberships].sort().map(([id, event]) => [
      id,
      clerkMembership.parse(event.data).role,
      event.origin?.id,
    ]),
  );
}
