/** Old records go, piece by piece, and nothing else does. */
import { assert, assertEquals } from "@std/assert";
import type { Document } from "mongodb";
import {
  applyRetention,
  removePieces,
  type RetentionPieces,
} from "../../../functions/apply_retention.ts";
import { RETENTION_REQUESTED } from "../../../lib/requests.ts";
import type { Services } from "../../../lib/services.ts";
import { removeOld, RETENTION_RULES } from "../../../lib/store/retention.ts";
import {
  type OpenRollcall,
  openRollcall,
} from "../../support/open_rollcall.ts";
import { openTestStore } from "../../support/test_store.ts";

const NOW = new Date("2026-06-01T00:00:00Z");
const DAY_MS = 24 * 60 * 60 * 1000;

function openRetention(
  env: Readonly<Record<string, string>> = {},
  pieces: RetentionPieces = {},
): Promise<OpenRollcall> {
  return openRollcall(env, {
    clock: { now: () => NOW },
    createFunctions: (deps) => [applyRetention(deps, pieces)],
  });
}

function daysAgo(days: number): Date {
  return new Date(NOW.getTime() - days * DAY_MS);
}

/** Writes documents as they are, whatever their collection's type. */
async function insert(
  { store }: Pick<Services, "store">,
  collection: string,
  documents: readonly Document[],
): Promise<void> {
  await store.db.collection(collection).insertMany(
    documents.map((document, index) => ({
      _id: `${index}` as never,
      ...document,
    })),
  );
}

async function idsIn(
  { store }: Pick<Services, "store">,
  collection: string,
): Promise<string[]> {
  const documents = await store.db.collection(collection).find()
    .sort({ _id: 1 }).toArray();
  return documents.map(({ _id }) => String(_id));
}

async function apply(rollcall: OpenRollcall, id = "retention_1") {
  await rollcall.services.sender.send({
    id,
    name: RETENTION_REQUESTED,
    data: {},
  });
  const { result } = await rollcall.ended("apply-retention");
  return result;
}

Deno.test("apply-retention removes what is older than its days, and keeps the rest", async () => {
  await using rollcall = await openRetention();
  const { services } = rollcall;
  for (const { collection, field, span } of RETENTION_RULES) {
    const days = services.config.retention[span];
    const ended = { state: stateOf(collection) };
    await insert(services, collection, [
      { ...ended, kind: "old", [field]: daysAgo(days + 1) },
      { ...ended, kind: "new", [field]: daysAgo(days - 1) },
    ]);
  }
  const collections = RETENTION_RULES.map(({ collection }) => collection);
  assertEquals(await apply(rollcall), {
    removed: Object.fromEntries(collections.map((name) => [name, 1])),
  });
  for (const collection of collections) {
    assertEquals(await idsIn(services, collection), ["1"], collection);
  }
});

/** A state in which nothing goes on any more. */
function stateOf(collection: string): string {
  if (collection === "drift_items") return "gone";
  return collection === "alerts" ? "closed" : "done";
}

Deno.test("apply-retention keeps what is still going on, however old", async () => {
  await using rollcall = await openRetention();
  const { services } = rollcall;
  const at = daysAgo(1000);
  await insert(services, "jobs", [
    { state: "running", started_at: at },
    { state: "paused", started_at: at },
  ]);
  await insert(services, "drift_reports", [{
    state: "running",
    started_at: at,
  }]);
  await insert(services, "drift_items", [
    { state: "open", seen_at: at },
    { state: "suspected", seen_at: at },
  ]);
  await insert(services, "alerts", [{ state: "open", opened_at: at }]);
  await insert(services, "tombstones", [{ deleted_at: at }]);
  await insert(services, "automation_ledger", [{ created_at: at }]);
  await apply(rollcall);
  const left = await Promise.all(
    [
      "jobs",
      "drift_reports",
      "drift_items",
      "alerts",
      "tombstones",
      "automation_ledger",
    ].map((name) => idsIn(services, name)),
  );
  assertEquals(left.map((ids) => ids.length), [2, 1, 2, 1, 1, 1]);
});

Deno.test("apply-retention keeps for good what has 0 days", async () => {
  await using rollcall = await openRetention({ RETENTION_AUDIT_DAYS: "0" });
  await insert(rollcall.services, "audit_log", [{ at: daysAgo(10_000) }]);
  await apply(rollcall);
  assertEquals(await idsIn(rollcall.services, "audit_log"), ["0"]);
});

Deno.test("apply-retention works in pieces, and goes on in another run", async () => {
  await using rollcall = await openRetention({}, {
    records: 10,
    perStep: 2,
    stepsARun: 4,
  });
  const { services } = rollcall;
  await insert(
    services,
    "changes",
    Array.from({ length: 95 }, () => ({ at: daysAgo(91) })),
  );
  // webhook_events is one step, changes are five with 20 records each.
  assertEquals(await apply(rollcall), {
    removed: { webhook_events: 0, changes: 60 },
  });
  assertEquals((await rollcall.ended("apply-retention")).result, {
    removed: { changes: 35, dead_letters: 0, jobs: 0 },
  });
  assertEquals((await rollcall.ended("apply-retention")).result, {
    removed: { drift_reports: 0, drift_items: 0, alerts: 0, audit_log: 0 },
  });
  assertEquals(await idsIn(services, "changes"), []);
});

Deno.test("removePieces() removes nothing more when a step is repeated", async () => {
  await using rollcall = await openRetention();
  const { services } = rollcall;
  const rule = RETENTION_RULES[0];
  assert(rule !== undefined);
  await insert(services, rule.collection, [{ [rule.field]: daysAgo(91) }]);
  const pieces = { records: 10, perStep: 1 };
  const first = await removePieces(services, rule, pieces);
  const again = await removePieces(services, rule, pieces);
  assertEquals([first.removed, again], [1, { removed: 0, isLast: true }]);
});

Deno.test("removeOld() leaves a record that became new between looking and removing", async () => {
  await using test = await openTestStore();
  const rule = RETENTION_RULES.find(({ collection }) =>
    collection === "dead_letters"
  );
  assert(rule !== undefined);
  await insert(test, rule.collection, [{ failed_at: daysAgo(91) }]);
  const { db } = test;
  const failsAgain = new Proxy(db, {
    get: (_target, name) =>
      name === "collection"
        ? (collection: string) =>
          new Proxy(db.collection(collection), {
            get(target, method) {
              const value = Reflect.get(target, method, target);
              if (typeof value !== "function") return value;
              if (method !== "deleteMany") return value.bind(target);
              return async (filter: Document) => {
                await target.updateMany({}, { $set: { failed_at: NOW } });
                return await target.deleteMany(filter);
              };
            },
          })
        : undefined,
  });
  assertEquals(await removeOld(failsAgain, rule, daysAgo(90), 10), 0);
  assertEquals(await idsIn(test, rule.collection), ["0"]);
});

Deno.test("every rule of retention is served by an index", async () => {
  await using test = await openTestStore();
  for (const { collection, field, only } of RETENTION_RULES) {
    await insert(test, collection, [{ [field]: daysAgo(1) }]);
    const plan = await test.db.collection(collection)
      .find({ ...only, [field]: { $lt: daysAgo(90) } }).limit(500).explain();
    const text = JSON.stringify(plan.queryPlanner.winningPlan);
    assert(text.includes("IXSCAN"), `${collection}: ${text}`);
  }
});
