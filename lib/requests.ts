/**
 * Every event by which people, or the clock, ask Rollcall for something: named and
 * typed once. The dashboard's buttons and the terminal's tasks send them.
 */
import { z } from "zod";
import { replayMode, syncedCollection } from "./events.ts";

/** Which recorded events to replay; absent fields ask nothing. */
export const replayFilter = z.strictObject({
  /** Clerk's event type. */
  type: z.string().optional(),
  state: z.enum(["received", "applied", "discarded", "failed"]).optional(),
  /** Received at this time or later, ms. */
  since: z.number().optional(),
  /** Received before this time, ms; default when the replay starts. */
  until: z.number().optional(),
});

/** Which recorded events to replay. */
export type ReplayFilter = z.infer<typeof replayFilter>;

/** Who asks for a replay, how, and how fast. */
const replayTerms = {
  mode: replayMode,
  /** Who asked. */
  actor: z.string(),
  /** The most events a second; default 100. */
  perSecond: z.number().int().min(1).max(1000).default(100),
};

/** A new replay, by ids or by filter. */
export const replayOrder = z.union([
  z.strictObject({
    eventIds: z.array(z.string()).min(1).max(1000),
    ...replayTerms,
  }),
  z.strictObject({ filter: replayFilter, ...replayTerms }),
]);

/** A new replay. */
export type ReplayOrder = z.infer<typeof replayOrder>;

/**
 * Data of `rollcall/events.replay.requested`: a new replay, whose job takes the
 * id of the event, or one more run of a job that was paused.
 */
export const replayRequested = z.union([
  replayOrder,
  z.strictObject({ resume: z.string() }),
]);

/** Name of the event that asks for a replay. */
export const REPLAY_REQUESTED = "rollcall/events.replay.requested";

/** Name of the event that asks for a scan, or for the rest of one. */
export const SCAN_REQUESTED = "rollcall/drift.scan.requested";

/** Name of the event that asks for users to be brought in line with Clerk. */
export const RECONCILE_REQUESTED = "rollcall/user.reconcile.requested";

/** Which open differences; absent fields ask nothing. */
export const driftFilter = z.strictObject({
  collection: syncedCollection.optional(),
  kind: z.enum(["missing", "ghost", "stale", "edited", "tombstoned"])
    .optional(),
  /** One of the fields that differ. */
  field: z.string().optional(),
  /** Code of the likely cause. */
  cause: z.string().optional(),
  /** The scan that saw them last. */
  report_id: z.string().optional(),
});

/** Which open differences. */
export type DriftFilter = z.infer<typeof driftFilter>;

/** Who asks for a repair, and why. */
const repairTerms = {
  /** Name of who asked. */
  who: z.string(),
  /** In their words. */
  why: z.string().nullable().default(null),
};

/**
 * What is asked for by {@linkcode RECONCILE_REQUESTED}: some objects, whether
 * a scan has found them or not, or all open differences of a sort.
 */
export const reconcileRequest = z.union([
  z.object({
    /** Clerk's ids, of users or of whatever a scan has found. */
    user_ids: z.array(z.string().min(1)).min(1).max(500),
    ...repairTerms,
  }),
  z.object({
    filter: driftFilter,
    /** Whether a policy asks and no person: then nobody is removed. */
    is_automatic: z.boolean().default(false),
    /** Where an earlier run got to. */
    after: z.string().nullable().default(null),
    ...repairTerms,
  }),
]);

/** Name of the event that asks for a user to be forgotten. */
export const ERASE_REQUESTED = "rollcall/user.erase.requested";

/** What is asked for by {@linkcode ERASE_REQUESTED}. */
export const eraseRequest = z.object({
  user_id: z.string().min(1),
  /** Name of who asked. */
  who: z.string(),
});

/** Name of the event that asks for a second look at the quarantine. */
export const QUARANTINE_CHECK_REQUESTED = "rollcall/quarantine.check.requested";

/** What is asked for by {@linkcode QUARANTINE_CHECK_REQUESTED}. */
export const quarantineCheckRequest = z.object({
  /** Entries to look at; all when absent. */
  ids: z.array(z.string().min(1)).min(1).max(1000).optional(),
  /** Name of who asked. */
  who: z.string(),
});

/**
 * Data of `rollcall/users.backfill.requested`: a new import, whose job takes the
 * id of the event, or a run of a job that is there already.
 */
export const backfillRequested = z.union([
  z.strictObject({
    /** Who asked. */
    actor: z.string(),
  }),
  z.strictObject({ resume: z.string() }),
]);

/** Name of the event that asks for an import of all users from Clerk. */
export const BACKFILL_REQUESTED = "rollcall/users.backfill.requested";

/** Name of the event that asks for a look at the alerts, beside the one a minute. */
export const ALERTS_CHECK_REQUESTED = "rollcall/alerts.check.requested";

/** Name of the event that asks for old records to be removed, or for the rest. */
export const RETENTION_REQUESTED = "rollcall/retention.requested";
