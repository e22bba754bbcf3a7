/** Scans and repairs as durable functions, on the embedded engine. */
import { assertEquals, assertStringIncludes } from "@std/assert";
import { startOfScan } from "../../../functions/drift_scan_steps.ts";
import { RECONCILE_REQUESTED, SCAN_REQUESTED } from "../../../lib/requests.ts";
import type { Services } from "../../../lib/services.ts";
import type { DriftReport } from "../../../lib/store/drift_documents.ts";
import { FakeClerk } from "../../support/clerk_api/start_clerk_api.ts";
import { hearNext } from "../../support/hear_next.ts";
import {
  type OpenRollcall,
  openRollcall,
} from "../../support/open_rollcall.ts";
import { toDocument } from "./drift_bed.ts";
import { idAt, plantDrift } from "./plant_drift.ts";

const USERS = 100;

interface EngineBed extends AsyncDisposable {
  readonly clerk: FakeClerk;
  readonly rollcall: OpenRollcall;
}

/** All services beside a Clerk that they are in step with. */
async function openBed(
  env: Readonly<Record<string, string>> = {},
): Promise<EngineBed> {
  await using stack = new AsyncDisposableStack();
  const secretKey = "sk_live_simulated_instance";
  const clerk = stack.use(new FakeClerk({ users: USERS, secretKey }));
  const rollcall = stack.use(
    await openRollcall({
      CLERK_API_URL: clerk.url,
      CLERK_SECRET_KEY: secretKey,
      CLERK_API_SHARE: "100",
      DRIFT_GRACE_S: "0",
      ...env,
    }),
  );
  const documents = Array.from(
    { length: USERS },
    (_, rank) => toDocument(clerk.users.get(idAt(clerk, rank))),
  );
  await rollcall.services.store.users.documents.insertMany(documents);
  const resources = stack.move();
  return {
    clerk,
    rollcall,
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  };
}

/** Acts, and waits for the next word of a scan; the answer is its id. */
async function hearScan(
  { feed }: Services,
  kind: "scan-begun" | "scan-ended",
  act: () => Promise<unknown>,
): Promise<string> {
  const { reportId } = await hearNext(feed, { kind, act });
  return reportId;
}

function askForScan({ inngest }: Services): Promise<unknown> {
  return inngest.send({ name: SCAN_REQUESTED, data: {} });
}

/** Asks for a scan and waits for its end. */
async function scan({ services }: OpenRollcall): Promise<DriftReport | null> {
  const ask = () => askForScan(services);
  const _id = await hearScan(services, "scan-ended", ask);
  return await services.store.drift.reports.findOne({ _id });
}

Deno.test("scan-drift repairs what DRIFT_REPAIR names, and leaves the rest to people", async () => {
  await using bed = await openBed({ DRIFT_REPAIR: "missing,stale" });
  const { rollcall, clerk } = bed;
  const { store, inngest } = rollcall.services;
  const planted = await plantDrift({ store, clerk }, 2);
  const report = await scan(rollcall);
  assertEquals(report?.totals, {
    missing: 2,
    ghost: 2,
    stale: 2,
    edited: 2,
    tombstoned: 2,
  });
  for (let kinds = 0; kinds < 2; kinds++) {
    const { result } = await rollcall.ended("reconcile-user");
    assertEquals(result, { applied: 2 });
  }
  const kindsLeft = async () =>
    (await store.drift.listOpen(100)).map(({ kind }) => kind).toSorted();
  assertEquals(await kindsLeft(), [
    "edited",
    "edited",
    "ghost",
    "ghost",
    "tombstoned",
    "tombstoned",
  ]);

  const ghosts = [...planted].flatMap(([id, kind]) =>
    kind === "ghost" ? [id] : []
  );
  await inngest.send({
    name: RECONCILE_REQUESTED,
    data: { user_ids: ghosts, who: "admin" },
  });
  const { result } = await rollcall.ended("reconcile-user");
  assertEquals(result, { applied: 2 });
  assertEquals((await kindsLeft()).length, 4);
});

Deno.test("scan-drift ends as failed, with the reason, for a key of another instance", async () => {
  await using bed = await openBed({ CLERK_INSTANCE_ID: "ins_configured" });
  const { rollcall, clerk } = bed;
  const report = await scan(rollcall);
  assertEquals(report?.state, "failed");
  assertEquals(
    report?.reason,
    `CLERK_SECRET_KEY belongs to another instance, ${clerk.id}, than CLERK_INSTANCE_ID, ins_configured`,
  );
  const { drift } = rollcall.services.store;
  assertEquals(await drift.items.countDocuments({}), 0);
  const { attempt, good } = await drift.readLatest();
  assertEquals([attempt?._id, good], [report?._id, null]);
});

Deno.test("scan-drift fails instead of running on when its key went away", async () => {
  await using rollcall = await openRollcall();
  const { services, services: { store, inngest } } = rollcall;
  await store.drift.begin("scan_1", new Date(), null);
  // The rest of a scan that began while there was a key.
  const progress = startOfScan("scan_1");
  await hearScan(
    services,
    "scan-ended",
    () => inngest.send({ name: SCAN_REQUESTED, data: { progress } }),
  );
  const report = await store.drift.reports.findOne({ _id: "scan_1" });
  assertEquals(report?.state, "failed");
  assertStringIncludes(report?.reason ?? "", "CLERK_SECRET_KEY is not set");
});

Deno.test("scan-drift without a key says that it was skipped", async () => {
  await using rollcall = await openRollcall();
  const report = await scan(rollcall);
  assertEquals([report?.state, report?.reason], [
    "skipped",
    "CLERK_SECRET_KEY is not set",
  ]);
});

Deno.test("a scan whose run is cancelled ends, and the next one runs", async () => {
  await using bed = await openBed({ DRIFT_GRACE_S: "3600" });
  const { services, services: { runs, store: { drift } } } = bed.rollcall;
  const ask = () => askForScan(services);
  const first = await hearScan(services, "scan-begun", ask);
  const cancel = () => runs.cancel(first);
  assertEquals(await hearScan(services, "scan-ended", cancel), first);
  const report = await drift.reports.findOne({ _id: first });
  assertEquals([report?.state, report?.reason], [
    "failed",
    "Its run was cancelled",
  ]);
  const second = await hearScan(services, "scan-begun", ask);
  const next = await drift.reports.findOne({ _id: second });
  assertEquals([next?.state, next?.reason], ["running", null]);
});
