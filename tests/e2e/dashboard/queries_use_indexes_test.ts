/**
 * Every query of the dashboard, as the driver sends it, is asked to explain
 * itself: none reads a whole collection and none sorts in memory.
 */
import { assert, assertEquals } from "@std/assert";
import { type Document, MongoClient } from "mongodb";
import type { DriftFilter } from "../../../lib/requests.ts";
import { readAlertSignals } from "../../../lib/store/alert_signals.ts";
import {
  countSynced,
  readCountReports,
} from "../../../lib/store/count_reports.ts";
import { readDeadLetters } from "../../../lib/store/dead_letter_page.ts";
import {
  listDriftTargets,
  readDriftPage,
} from "../../../lib/store/drift_page.ts";
import { readEventPage } from "../../../lib/store/event_page.ts";
import {
  type EventQuery,
  searchEvents,
} from "../../../lib/store/event_search.ts";
import {
  readRecentInstances,
  sampleUserIds,
} from "../../../lib/store/key_evidence.ts";
import {
  type LedgerQuery,
  readAutomationUse,
  readLedger,
} from "../../../lib/store/ledger_page.ts";
import { readOverview } from "../../../lib/store/overview.ts";
import { readQuarantine } from "../../../lib/store/quarantine_page.ts";
import {
  readReplayScope,
  type ReplayTarget,
} from "../../../lib/store/replay_target.ts";
import { createStore, type Store } from "../../../lib/store/store.ts";
import { readUserPage } from "../../../lib/store/user_page.ts";
import {
  searchUsers,
  streamUsers,
  USER_ORDERS,
  type UserOrder,
  type UserQuery,
} from "../../../lib/store/user_search.ts";
import { startMongo } from "../../../packages/embedded_mongo/mod.ts";
import { seedTrouble } from "./seed_trouble.ts";
import { seedDashboard } from "./seed_dashboard.ts";

const READS = new Set(["find", "aggregate", "count", "distinct"]);

/** Driver's own fields, which `explain` does not take. */
const ENVELOPE = new Set(["lsid", "$db", "$clusterTime", "txnNumber"]);

/** A store that remembers the reads that were sent. */
async function openRecordingStore() {
  await using stack = new AsyncDisposableStack();
  const uri = Deno.env.get("MONGODB_URI") ??
    stack.use(await startMongo({ path: ":memory:" })).uri;
  const client = stack.use(new MongoClient(uri, { monitorCommands: true }));
  const db = client.db(`rollcall_test_${crypto.randomUUID().slice(0, 8)}`);
  stack.defer(async () => void await db.dropDatabase());
  const store = createStore(db, () => Promise.resolve());
  await store.ensureIndexes();
  await seedDashboard(store, { users: 300, events: 2_000, now: NOW });
  await seedTrouble(store, NOW);
  const reads: Document[] = [];
  client.on("commandStarted", ({ commandName, command }) => {
    if (READS.has(commandName)) reads.push(command);
  });
  const resources = stack.move();
  return {
    store,
    reads,
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  };
}

const NOW = new Date("2026-11-26T12:00:00Z");
const PAGE = { cursor: null, limit: 20 };
const ALL_USERS: UserQuery = {
  text: "",
  isBanned: false,
  isUnverified: false,
  isDrifted: false,
  changedSince: null,
  order: "synced",
};
const ALL_EVENTS: EventQuery = {
  text: "",
  type: null,
  state: null,
  from: null,
  to: null,
};

/** Reads two pages, so that a cursor is followed. */
async function readTwice(
  read: (page: typeof PAGE) => Promise<{ readonly next: string | null }>,
): Promise<void> {
  const { next } = await read(PAGE);
  if (next !== null) await read({ ...PAGE, cursor: next as unknown as null });
}

const users = (store: Store, query: Partial<UserQuery>) =>
  readTwice((page) => searchUsers(store, { ...ALL_USERS, ...query }, page));
const events = (store: Store, query: Partial<EventQuery>) =>
  readTwice((page) => searchEvents(store, { ...ALL_EVENTS, ...query }, page));
const drift = (store: Store, filter: DriftFilter) =>
  readTwice(({ cursor }) => readDriftPage(store, { filter, cursor, limit: 1 }));
const scopes = (store: Store, target: ReplayTarget) =>
  readReplayScope(store, target, NOW);
const ledger = (
  store: Store,
  automation: LedgerQuery["automation"],
  state: LedgerQuery["state"],
) => readTwice((page) => readLedger(store, { ...page, automation, state }));
const HOUR_AGO = new Date(NOW.getTime() - 3_600_000);

const CASES: Readonly<Record<string, (store: Store) => Promise<unknown>>> = {
  "an hour's charts": (store) => store.readHistory("1h", NOW),
  "a week's charts": (store) => store.readHistory("7d", NOW),
  "the overview": (store) => readOverview(store, { now: NOW, rows: 10 }),
  "banned users": (store) => users(store, { isBanned: true }),
  "unverified users": (store) => users(store, { isUnverified: true }),
  "drifted users": (store) => users(store, { isDrifted: true }),
  "drifted users by text": (store) =>
    users(store, { isDrifted: true, text: "ada", isBanned: true }),
  "an export of drifted users": (store) =>
    drain(streamUsers(store, { ...ALL_USERS, isDrifted: true })),
  "users changed lately": (store) => users(store, { changedSince: HOUR_AGO }),
  "users by text": (store) => users(store, { text: "ada" }),
  "users by hostile text": (store) => users(store, { text: ".*(a+)+$" }),
  "banned users by text": (store) =>
    users(store, { text: "ada", isBanned: true }),
  "banned users by text, in another order": (store) =>
    users(store, { isBanned: true, text: "ada", order: "name" }),
  "unverified users by text": (store) =>
    users(store, { text: "user1", isUnverified: true }),
  "an export": (store) => drain(streamUsers(store, ALL_USERS)),
  "an export by text": (store) =>
    drain(streamUsers(store, { ...ALL_USERS, text: "ada", isBanned: true })),
  "a user": (store) => readUserPage(store, "user_000001"),
  "all events": (store) => events(store, {}),
  "events by type": (store) => events(store, { type: "user.created" }),
  "events by state": (store) => events(store, { state: "failed" }),
  "events by time": (store) => events(store, { from: HOUR_AGO, to: NOW }),
  "events by type and state": (store) =>
    events(store, { type: "user.updated", state: "applied" }),
  "failed events by type": (store) =>
    events(store, { type: "user.updated", state: "failed" }),
  "events by text": (store) => events(store, { text: "user_00" }),
  "an event": (store) => readEventPage(store, "msg_000001"),
  "open failures": (store) =>
    readTwice((page) =>
      readDeadLetters(store, { ...page, withReplayed: false })
    ),
  "all failures": (store) =>
    readTwice((page) =>
      readDeadLetters(store, { ...page, withReplayed: true })
    ),
  "the use of secrets": (store) => store.secretUse.readAll(),
  "the quarantine": (store) =>
    readTwice((page) => readQuarantine(store, { ...page, reason: null })),
  "the quarantine by reason": (store) =>
    readTwice((page) =>
      readQuarantine(store, { ...page, reason: "bad-signature" })
    ),
  "a replay of a list": (store) =>
    scopes(store, {
      kind: "list",
      query: { ...ALL_EVENTS, type: "user.updated", state: "failed" },
    }),
  "a replay of everything": (store) =>
    scopes(store, { kind: "list", query: ALL_EVENTS }),
  "a replay of found events": (store) =>
    scopes(store, { kind: "list", query: { ...ALL_EVENTS, text: "msg_0" } }),
  "a replay of failures": (store) => scopes(store, { kind: "failures" }),
  "a replay of a user": (store) =>
    scopes(store, { kind: "user", id: "user_000001" }),
  "the history of drift": (store) => store.drift.readHistory(60),
  "the ledger": (store) => ledger(store, null, null),
  "the ledger by automation": (store) =>
    ledger(store, "send-welcome-email", null),
  "the ledger by state": (store) => ledger(store, null, "done"),
  "the ledger by both": (store) => ledger(store, "send-welcome-email", "done"),
  "the use of automations": (store) =>
    readAutomationUse(store, ["send-welcome-email"]),
  "the jobs": (store) => store.jobs.readNewest(20),
  "the newest import": (store) => store.jobs.readLatest("backfill"),
  "freshness by the hour": (store) => store.freshness.readHours(HOUR_AGO, NOW),
  "the newest event": (store) => store.webhookEvents.readNewestAt(),
  "open alerts": (store) => store.alerts.readOpen(),
  "past alerts": (store) => store.alerts.readClosed(20),
  "what is to be told of alerts": (store) => store.alertNotices.listDue(),
  "what alerts are judged by": (store) =>
    readAlertSignals(store, {
      now: new Date(NOW.getTime() + 3_600_000),
      limits: { silenceGaps: 10, minSilenceMs: 900_000 },
      secrets: ["a1b2c3d4"],
      canScan: true,
      watchedSince: NOW,
      listeningSince: HOUR_AGO,
    }),
  "the last scans": (store) => store.drift.readLatest(),
  "the last counts": (store) => readCountReports(store, 20),
  "open drift": (store) => drift(store, {}),
  "drift by kind": (store) => drift(store, { kind: "stale" }),
  "drift by field": (store) => drift(store, { field: "banned" }),
  "drift by cause": (store) => drift(store, { cause: "edited-elsewhere" }),
  "drift of one collection": (store) => drift(store, { collection: "users" }),
  "a repair of a kind": (store) =>
    listDriftTargets(store, { kind: "stale" }, null, 50),
  "a sample of users": (store) => sampleUserIds(store, 10),
  "the instances of webhooks": (store) => readRecentInstances(store),
  "synced users": (store) => countSynced(store, "users"),
  "the audit log": (store) => store.auditLog.readNewest(20),
};

async function drain(rows: AsyncIterable<unknown>): Promise<void> {
  for await (const _ of rows);
}

Deno.test("every query of the dashboard is served by an index", async (t) => {
  await using opened = await openRecordingStore();
  const { store, reads } = opened;
  const orders = Object.keys(USER_ORDERS) as UserOrder[];
  const cases = {
    ...CASES,
    ...Object.fromEntries(orders.map((order) => [
      `users by ${order}`,
      (at: Store) => users(at, { order }),
    ])),
  };
  for (const [name, run] of Object.entries(cases)) {
    await t.step(name, async () => {
      reads.length = 0;
      await run(store);
      assert(reads.length > 0, "nothing was asked");
      for (const read of reads.splice(0)) await assertServed(store, read);
    });
  }
});

async function assertServed(store: Store, read: Document): Promise<void> {
  // A count of everything comes from the catalog.
  if (read.count && Object.keys(read.query ?? {}).length === 0) return;
  const command = Object.fromEntries(
    Object.entries(read).filter(([name]) => !ENVELOPE.has(name)),
  );
  const { queryPlanner } = await store.db.command({
    explain: command,
    verbosity: "queryPlanner",
  });
  const plan = JSON.stringify(queryPlanner.winningPlan);
  const stages = [...plan.matchAll(/"stage":"(\w+)"/g)].map(([, name]) => name);
  const slow = stages.filter((name) => name === "COLLSCAN" || name === "SORT");
  assertEquals(slow, [], JSON.stringify(command));
}
