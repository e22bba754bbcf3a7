/** The key of another instance neither reports nor deletes anybody. */
import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { advanceScan } from "../../../functions/drift_scan_steps.ts";
import { findKeyFault } from "../../../functions/find_key_fault.ts";
import { beginScan } from "../../../functions/scan_drift.ts";
import { makeClient } from "../../support/clerk_api/make_client.ts";
import {
  type ClerkApiOptions,
  FakeClerk,
} from "../../support/clerk_api/start_clerk_api.ts";
import {
  advanceToConfirm,
  CAUSE,
  type DriftBed,
  openDriftBed,
  readOpen,
  repair,
  scan,
  startScan,
  toDocument,
} from "./drift_bed.ts";

const OWN_ID = "ins_own";

/** Another instance, with users of its own, behind the key. */
function withOtherKey(
  bed: DriftBed,
  options: ClerkApiOptions = {},
): DriftBed {
  const clerk = new FakeClerk({
    instanceId: "ins_other",
    rateLimit: 100_000,
    seed: 99,
    users: 30,
    ...options,
  });
  const deps = { ...bed.deps, clerkApi: makeClient(clerk) };
  return {
    ...bed,
    clerk,
    deps,
    [Symbol.asyncDispose]: async () => {
      await clerk.close();
      await bed[Symbol.asyncDispose]();
    },
  };
}

/** A Clerk that does not name its instances. */
function withoutInstance(bed: DriftBed): DriftBed {
  const getInstanceId = () => Promise.resolve(null);
  const clerkApi = { ...bed.deps.clerkApi, getInstanceId };
  return { ...bed, deps: { ...bed.deps, clerkApi } };
}

function answerBare404(): Promise<Response> {
  return Promise.resolve(new Response("no such page", { status: 404 }));
}

async function recordApplied({ store }: DriftBed, instanceId: string | null) {
  await store.write([store.webhookEvents.plan({
    received: [{
      _id: `msg_of_${instanceId}`,
      type: "user.updated",
      subject: "user_1",
      received_at: new Date(),
      event_at: null,
      instance_id: instanceId,
      secret: null,
      road: "webhook",
      payload: {},
    }],
  })]);
  await store.webhookEvents.documents.updateOne(
    { _id: `msg_of_${instanceId}` },
    { $set: { state: "applied" } },
  );
}

Deno.test("beginScan() refuses a key that knows none of our users", async () => {
  await using bed = withoutInstance(
    withOtherKey(await openDriftBed({ users: 60 })),
  );
  const error = await assertRejects(() => beginScan(bed.deps, "scan_1"));
  assertStringIncludes(
    (error as Error).message,
    "CLERK_SECRET_KEY belongs to another instance, or most users were deleted " +
      "at Clerk: it knows 0 of",
  );
  assertEquals(await bed.store.drift.items.countDocuments({}), 0);
});

Deno.test("beginScan() refuses a key of another instance than CLERK_INSTANCE_ID", async () => {
  await using bed = await openDriftBed({
    users: 60,
    instanceId: OWN_ID,
    env: { CLERK_INSTANCE_ID: "ins_configured" },
  });
  await assertRejects(
    () => beginScan(bed.deps, "scan_1"),
    Error,
    "CLERK_SECRET_KEY belongs to another instance, ins_own, than CLERK_INSTANCE_ID, ins_configured",
  );
});

Deno.test("findKeyFault() goes by the instance of the webhooks applied last", async () => {
  await using bed = await openDriftBed({ users: 60, instanceId: OWN_ID });
  await recordApplied(bed, null);
  assertEquals(await findKeyFault(bed.deps), null);
  await recordApplied(bed, "ins_sender");
  assertEquals(
    await findKeyFault(bed.deps),
    "CLERK_SECRET_KEY belongs to another instance, ins_own, than the webhooks, ins_sender",
  );
  await recordApplied(bed, OWN_ID);
  assertEquals(await findKeyFault(bed.deps), null);
});

Deno.test("a scan does not believe that most of our users are gone, whatever a sample says", async () => {
  await using bed = withoutInstance(
    withOtherKey(await openDriftBed({ users: 60 })),
  );
  // These are far apart in time, so that a sample over time meets few others.
  for (let count = 0; count < 20; count++) {
    const createdAt = Date.UTC(2025, count);
    const user = await bed.clerk.createUser({ created_at: createdAt });
    await bed.store.users.documents.insertOne(toDocument(user));
  }
  assertEquals(await findKeyFault(bed.deps), null);
  await assertRejects(
    () => scan(bed, "scan_1"),
    Error,
    "it knows 20 of 80",
  );
  assertEquals(await readOpen(bed), new Map());
});

Deno.test("findKeyFault() trusts an empty store, and a named key whose few users are all gone", async () => {
  await using empty = await openDriftBed({});
  assertEquals(await findKeyFault(empty.deps), null);
  await using named = await openDriftBed({
    users: 2,
    instanceId: OWN_ID,
    env: { CLERK_INSTANCE_ID: OWN_ID },
  });
  for (const id of named.ids) await named.clerk.deleteUser(id);
  assertEquals(await findKeyFault(named.deps), null);
});

Deno.test("a scan whose key is exchanged on its way opens no difference", async () => {
  await using bed = await openDriftBed({ users: 60 });
  await using other = withOtherKey(await openDriftBed({}));
  const exchanged = { ...bed.deps, clerkApi: other.deps.clerkApi };
  const progress = await advanceToConfirm(
    exchanged,
    await startScan(bed, "scan_1", "ghosts"),
  );
  await assertRejects(
    () => advanceScan(exchanged, progress),
    Error,
    "belongs to another instance",
  );
  assertEquals(await readOpen(bed), new Map());
});

Deno.test("a repair with another instance's key deletes nobody and lets nobody in", async () => {
  await using bed = withOtherKey(await openDriftBed({ users: 60 }));
  const stranger = bed.clerk.users.getAt(bed.clerk.users.byCreatedAt, 0)?.id;
  const ids = [...bed.ids.slice(0, 3), stranger ?? ""];
  const outcomes = await repair(bed, ids);
  for (const outcome of Object.values(outcomes)) {
    assertStringIncludes(outcome, "belongs to another instance");
  }
  assertEquals(await bed.store.users.documents.countDocuments({}), 60);
  assertEquals(await bed.store.users.tombstones.countDocuments({}), 0);
});

Deno.test("a repair removes a ghost only once Clerk says so, and takes a bare 404 for no answer", async () => {
  await using bed = await openDriftBed({ users: 60 });
  const [alive = "", id = ""] = bed.ids;
  const asked = () => repair(bed, [id]);
  assertEquals(await repair(bed, [alive]), {
    [alive]: "applied",
  });
  assertEquals(await bed.store.users.documents.countDocuments({}), 60);
  await bed.clerk.deleteUser(id);
  const { getUser } = makeClient(bed.clerk, { fetch: answerBare404 });
  const clerkApi = { ...bed.deps.clerkApi, getUser };
  await assertRejects(() =>
    repair({ ...bed, deps: { ...bed.deps, clerkApi } }, [id])
  );
  assertEquals(await bed.store.users.documents.countDocuments({}), 60);
  assertEquals(await asked(), { [id]: "applied" });
  assertEquals(await bed.store.users.documents.countDocuments({}), 59);
});

Deno.test("a document that the application made is no ghost, and a repair leaves it", async () => {
  await using bed = await openDriftBed({ users: 60 });
  const [first] = bed.ids;
  const pattern = await bed.store.users.documents.findOne({ _id: first ?? "" });
  const own = { ...pattern, _id: "user_of_the_app", username: "app" };
  Reflect.deleteProperty(own, "sync");
  const imported = { ...pattern, _id: "imported:7", username: "imported" };
  await bed.db.collection("users").insertMany([own, imported] as never[]);
  await scan(bed, "scan_1");
  assertEquals(await readOpen(bed), new Map());
  const outcomes = await repair(
    bed,
    ["user_of_the_app", "imported:7"],
  );
  for (const outcome of Object.values(outcomes)) {
    assertStringIncludes(outcome, "The application made this document");
  }
  assertEquals(await bed.store.users.documents.countDocuments({}), 62);
});

Deno.test("a repair leaves a user that was synced a moment ago, and one that nobody asked about", async () => {
  await using bed = await openDriftBed({ users: 60 });
  const [young = "", old = ""] = bed.ids;
  await bed.clerk.deleteUser(young);
  await bed.clerk.deleteUser(old);
  await bed.store.users.documents.updateOne(
    { _id: young },
    { $set: { "sync.synced_at": new Date() } },
  );
  assertEquals(await repair(bed, [young]), {
    [young]: "It was synced a moment ago: Clerk may not show it yet",
  });
  const automatic = { ...CAUSE, isAsked: false };
  assertEquals(await repair(bed, [old], automatic), {
    [old]: "A ghost is removed only when somebody asks",
  });
  assertEquals(await bed.store.users.documents.countDocuments({}), 60);
});

Deno.test("a repair of an id that neither side has leaves no tombstone", async () => {
  await using bed = await openDriftBed({ users: 60 });
  assertEquals(await repair(bed, ["user_nobody"]), {
    user_nobody: "Neither Clerk nor MongoDB has it",
  });
  assertEquals(await bed.store.users.tombstones.countDocuments({}), 0);
});
