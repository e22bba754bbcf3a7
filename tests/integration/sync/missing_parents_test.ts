/**
 * A membership that is told before its user or its organization: Clerk's Backend
 * API is asked for what is missing, whatever the worker dies of meanwhile.
 */
import { assert, assertEquals } from "@std/assert";
import type { FunctionDependencies } from "../../../functions/dependencies.ts";
import { receiveEvent } from "../../../functions/received_event.ts";
import { writeMembership } from "../../../functions/sync_membership.ts";
import { systemClock } from "../../../lib/clock.ts";
import { createStore, type Store } from "../../../lib/store/store.ts";
import type { WriteOutcome } from "../../../lib/store/synced_collection.ts";
import { makeClient } from "../../support/clerk_api/make_client.ts";
import { FakeClerk } from "../../support/clerk_api/start_clerk_api.ts";
import {
  Crash,
  crashAt,
  type CrashingGuard,
  type CrashSide,
} from "../../support/crashes.ts";
import { type CallGuard, steppedDb } from "../../support/stepped_db.ts";
import { openTestStore, type TestStore } from "../../support/test_store.ts";

type Api = FunctionDependencies["clerkApi"];

/** Somebody has joined an organization, and nobody has told us of either. */
async function openJoined() {
  await using stack = new AsyncDisposableStack();
  const clerk = stack.use(new FakeClerk({ rateLimit: 100_000 }));
  const test = stack.use(await openTestStore());
  const user = await clerk.createUser({ first_name: "Ada" });
  const organization = await clerk.createOrganization({ name: "Acme" });
  const membership = await clerk.createMembership({
    organizationId: organization.id,
    userId: user.id,
  });
  const resources = stack.move();
  return {
    ...test,
    clerk,
    user,
    organization,
    membership,
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  };
}

function eventOf(membership: object, type = "created") {
  return receiveEvent({
    name: `clerk/organizationMembership.${type}`,
    data: {
      ...membership,
      _webhook: {
        id: "msg_1",
        timestamp: 1_772_442_000_000,
        instance_id: null,
      },
    },
  });
}

function write(
  store: Store,
  clerkApi: Api,
  membership: object,
): Promise<WriteOutcome> {
  const deps = { store, clock: systemClock, clerkApi };
  return writeMembership(deps, eventOf(membership));
}

function guardedStore({ db }: TestStore, guard: CallGuard): Store {
  const store = createStore(steppedDb(db, guard), () => Promise.resolve());
  return { ...store, ensureIndexes: () => Promise.resolve() };
}

async function parentsOf({ store }: TestStore) {
  const user = await store.users.documents.findOne();
  const organization = await store.organizations.documents.findOne();
  return { user, organization };
}

Deno.test("a membership before its user and its organization brings both", async () => {
  await using joined = await openJoined();
  const { store, clerk, membership } = joined;
  const outcome = await write(store, makeClient(clerk), membership);
  assertEquals(outcome.kind, "applied");
  const { user, organization } = await parentsOf(joined);
  assertEquals(user?._id, joined.user.id);
  assertEquals(user?.first_name, joined.user.first_name);
  assertEquals(user?.sync.source, "fetch");
  assertEquals(organization?._id, joined.organization.id);
  assertEquals(organization?.name, "Acme");
});

Deno.test("a membership whose payload says little of its organization has it fetched", async () => {
  await using joined = await openJoined();
  const { store, clerk, organization: { id } } = joined;
  const membership = { ...joined.membership, organization: { id } };
  await write(store, makeClient(clerk), membership);
  const { organization } = await parentsOf(joined);
  assertEquals(organization?.name, "Acme");
  assertEquals(organization?.sync.source, "fetch");
});

Deno.test("a membership without a key is kept, and nothing is made up for its user", async () => {
  await using joined = await openJoined();
  const outcome = await write(joined.store, undefined, joined.membership);
  assertEquals(outcome.kind, "applied");
  const kept = await joined.store.memberships.documents.findOne();
  assertEquals(kept?.user_id, joined.user.id);
  assertEquals((await parentsOf(joined)).user, null);
});

Deno.test("a membership asks Clerk for nothing that is there already", async () => {
  await using joined = await openJoined();
  const { store, clerk, membership } = joined;
  await write(store, makeClient(clerk), membership);
  const asked = clerk.requests.length;
  await write(store, makeClient(clerk), membership);
  assertEquals(clerk.requests.length, asked);
});

Deno.test("a membership brings its user although Clerk failed the first time", async () => {
  await using joined = await openJoined();
  const { store, clerk, membership } = joined;
  const clerkApi = makeClient(clerk, { maxAttempts: 1 });
  clerk.faults.failNext("status-503");
  const failure = await write(store, clerkApi, membership).catch((error) =>
    error
  );
  assert(failure instanceof Error);
  await write(store, clerkApi, membership);
  assertEquals((await parentsOf(joined)).user?._id, joined.user.id);
});

Deno.test("a membership brings its parents whichever call to the database its worker dies at", async () => {
  await using joined = await openJoined();
  const { db, clerk, membership } = joined;
  const clerkApi = makeClient(clerk);
  const run = async (guarded: CrashingGuard) => {
    for (const name of ["users", "organizations", "memberships"]) {
      await db.collection(name).deleteMany({});
    }
    const first = await write(
      guardedStore(joined, guarded.guard),
      clerkApi,
      membership,
    ).catch((error) => error);
    return first instanceof Crash;
  };
  const undisturbed = crashAt();
  assertEquals(await run(undisturbed), false);
  assert(undisturbed.calls >= 5);
  for (let call = 0; call < undisturbed.calls; call++) {
    for (const side of ["before", "after"] satisfies CrashSide[]) {
      assert(await run(crashAt([call, side])), `nobody died at call ${call}`);
      await write(joined.store, clerkApi, membership);
      const { user, organization } = await parentsOf(joined);
      const where = `${side} call ${call}`;
      assertEquals(user?._id, joined.user.id, where);
      assertEquals(organization?._id, joined.organization.id, where);
    }
  }
});
