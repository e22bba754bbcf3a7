/**
 * Which records may be removed when they are old, and their removal in pieces.
 *
 * What is still going on stays at any age, and so do users, organizations,
 * memberships, tombstones (a deleted id must not come back) and the automation
 * ledger (nobody must be mailed or billed twice). Quarantine and freshness have
 * indexes that let them expire.
 */
import type { Db, Document, Filter } from "mongodb";

/** For how long a sort of record is kept; see RetentionConfig. */
export type RetentionSpan = "eventsDays" | "workDays" | "auditDays";

/** What may be removed from one collection. */
export interface RetentionRule {
  readonly collection: string;
  readonly span: RetentionSpan;
  /** The field whose date decides. */
  readonly field: string;
  /** What must hold besides. */
  readonly only: Filter<Document>;
}

/** Every rule, in the order in which they are applied. */
export const RETENTION_RULES: readonly RetentionRule[] = [
  rule("webhook_events", "eventsDays", "received_at"),
  rule("changes", "eventsDays", "at"),
  rule("dead_letters", "workDays", "failed_at"),
  rule("jobs", "workDays", "started_at", {
    state: { $in: ["done", "cancelled", "failed"] },
  }),
  rule("drift_reports", "workDays", "started_at", {
    state: { $in: ["done", "failed", "skipped"] },
  }),
  rule("drift_items", "workDays", "seen_at", {
    state: { $in: ["gone", "repaired"] },
  }),
  rule("alerts", "workDays", "opened_at", { state: "closed" }),
  rule("audit_log", "auditDays", "at"),
];

/**
 * Removes some old records of one collection.
 *
 * @param db The database.
 * @param rule Which.
 * @param before Records of before this instant are old.
 * @param limit The most that are removed.
 * @returns How many were removed; fewer than the limit when no more are old.
 */
export async function removeOld(
  db: Db,
  { collection, field, only }: RetentionRule,
  before: Date,
  limit: number,
): Promise<number> {
  const documents = db.collection(collection);
  const filter = { ...only, [field]: { $lt: before } };
  const old = await documents.find(filter).project({ _id: 1 }).limit(limit)
    .toArray();
  if (old.length === 0) return 0;
  // The filter once more: a dead letter may have failed again meanwhile.
  const _id = { $in: old.map((document) => document._id) };
  const { deletedCount } = await documents.deleteMany({ ...filter, _id });
  return deletedCount;
}

function rule(
  collection: string,
  span: RetentionSpan,
  field: string,
  only: Filter<Document> = {},
): RetentionRule {
  return { collection, span, field, only };
}
