/**
 * Every index of the database, in one place, made before the first write.
 *
 * A page or a query that is not served by one of these does not belong in the
 * product; the sort keys end in `_id`, so that pages never overlap.
 */
import type { Db, IndexDescription } from "mongodb";

const DAY_S = 24 * 60 * 60;
const QUARANTINE_S = 7 * DAY_S;
const FRESHNESS_S = 90 * DAY_S;

const INDEXES: Readonly<Record<string, readonly IndexDescription[]>> = {
  users: [
    { key: { username: 1 }, unique: true },
    { key: { email: 1, _id: 1 } },
    { key: { full_name: 1, _id: 1 } },
    { key: { last_name: 1 } },
    { key: { "sync.synced_at": -1, _id: -1 } },
    { key: { clerk_created_at: -1, _id: -1 } },
    // Few users are either, so these two stay small.
    {
      key: { banned: 1, "sync.synced_at": -1, _id: -1 },
      partialFilterExpression: { banned: true },
    },
    {
      key: { email_verified: 1, "sync.synced_at": -1, _id: -1 },
      partialFilterExpression: { email_verified: false },
    },
  ],
  organizations: [
    { key: { "sync.synced_at": -1, _id: -1 } },
  ],
  memberships: [
    { key: { "sync.synced_at": -1, _id: -1 } },
    { key: { user_id: 1 } },
    { key: { organization_id: 1, _id: 1 } },
  ],
  webhook_events: [
    { key: { received_at: -1, _id: -1 } },
    { key: { type: 1, received_at: -1, _id: -1 } },
    { key: { state: 1, received_at: -1, _id: -1 } },
    // Those that did not go well are few in any type, and looked for by it.
    {
      key: { state: 1, type: 1, received_at: -1, _id: -1 },
      partialFilterExpression: {
        state: { $gte: "discarded", $lte: "failed" },
      },
    },
    { key: { subject: 1, received_at: -1, _id: -1 } },
  ],
  changes: [
    { key: { at: -1, _id: -1 } },
    { key: { document_id: 1, at: -1, _id: -1 } },
  ],
  drift_reports: [
    { key: { kind: 1, started_at: -1 } },
    { key: { kind: 1, state: 1, started_at: -1 } },
    { key: { state: 1, started_at: -1 } },
    { key: { started_at: 1 } },
  ],
  drift_items: [
    { key: { report_id: 1, _id: 1 } },
    { key: { state: 1, _id: 1 } },
    { key: { state: 1, seen_at: -1, _id: -1 } },
    { key: { state: 1, kind: 1, seen_at: -1, _id: -1 } },
    { key: { state: 1, cause: 1, seen_at: -1, _id: -1 } },
    { key: { state: 1, "fields.field": 1, seen_at: -1, _id: -1 } },
  ],
  audit_log: [
    { key: { at: -1, _id: -1 } },
  ],
  alerts: [
    {
      key: { kind: 1 },
      unique: true,
      partialFilterExpression: { state: "open" },
    },
    { key: { state: 1, opened_at: -1, _id: -1 } },
    { key: { "notices.state": 1 } },
  ],
  freshness: [
    { key: { at: 1 }, expireAfterSeconds: FRESHNESS_S },
  ],
  ended_sessions: [
    { key: { expires_at: 1 }, expireAfterSeconds: 0 },
  ],
  secret_use: [
    { key: { last_at: -1, _id: 1 } },
  ],
  jobs: [
    { key: { started_at: -1, _id: -1 } },
    { key: { kind: 1, started_at: -1, _id: -1 } },
    // One open job of an exclusive kind: of the states, only "paused" and
    // "running" come in this range.
    {
      key: { exclusive: 1 },
      unique: true,
      partialFilterExpression: {
        exclusive: { $exists: true },
        state: { $gte: "paused" },
      },
    },
  ],
  quarantine: [
    { key: { at: -1, _id: -1 } },
    { key: { at: 1 }, expireAfterSeconds: QUARANTINE_S },
  ],
  automation_ledger: [
    { key: { user_id: 1, automation: 1 }, unique: true },
    { key: { updated_at: -1, _id: -1 } },
    { key: { automation: 1, updated_at: -1, _id: -1 } },
    { key: { state: 1, updated_at: -1, _id: -1 } },
    { key: { automation: 1, state: 1, updated_at: -1, _id: -1 } },
  ],
  dead_letters: [
    { key: { failed_at: -1, _id: -1 } },
    { key: { event_id: 1 } },
    { key: { replayed_at: 1, failed_at: -1, _id: -1 } },
  ],
};

/**
 * Makes sure, once, that all indexes exist.
 *
 * @param db The database.
 * @returns A function that resolves when they do; a failure is tried again by
 * the next call.
 */
export function createIndexGuard(db: Db): () => Promise<void> {
  let pending: Promise<void> | undefined;
  return function ensureIndexes() {
    pending ??= createAll(db).catch((error) => {
      pending = undefined;
      throw error;
    });
    return pending;
  };
}

async function createAll(db: Db): Promise<void> {
  // Of many first calls at once the driver tells one why it cannot connect.
  await db.command({ ping: 1 });
  await Promise.all(
    Object.entries(INDEXES).map(([collection, indexes]) =>
      db.collection(collection).createIndexes([...indexes])
    ),
  );
}
