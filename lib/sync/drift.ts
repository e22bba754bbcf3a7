/**
 * Step ④ for scans: how a user in Clerk and its document in MongoDB differ.
 *
 * The comparison is the plan of the write that would repair it, so that what is
 * shown is what a repair does. Fields that change in Clerk without an event are
 * left out: lock-outs end by time, and generated avatars move.
 *
 * Source: Clerk's Backend API document of 2026-05-12.
 */
import type { ClerkUser } from "../events.ts";
import type { UserDocument } from "./user_document.ts";
import { planUserWrite } from "./write_plan.ts";

/** How the two sides differ. */
export type DriftKind = "missing" | "ghost" | "stale" | "edited";

/** One field that differs. */
export interface FieldDifference {
  readonly field: string;
  readonly clerk: unknown;
  readonly mongodb: unknown;
}

/** A difference between the two sides, and what probably caused it. */
export interface Drift {
  readonly kind: DriftKind;
  /** None for missing users and ghosts. */
  readonly fields: readonly FieldDifference[];
  readonly cause: string;
}

const NOT_COMPARED = new Set(["locked", "profile_picture", "clerk_updated_at"]);

const CAUSES: Readonly<Record<DriftKind, string>> = {
  missing: "The webhook of the sign-up was lost",
  ghost: "The webhook of the deletion was lost",
  stale: "The webhook of a change was lost",
  edited: "Somebody else wrote to MongoDB, or a field is new to Rollcall",
};

/**
 * Compares one user.
 *
 * @param user Clerk's user; null when Clerk has none by that id.
 * @param stored The document; undefined when there is none.
 * @param now When Clerk was asked.
 * @returns The difference; null when there is none, when MongoDB is ahead, and
 * when the document is the application's own, which has no `sync`.
 */
export function findUserDrift(
  user: ClerkUser | null,
  stored: UserDocument | undefined,
  now: Date,
): Drift | null {
  if (user === null) return stored?.sync ? toDrift("ghost") : null;
  if (stored === undefined) return toDrift("missing");
  const updatedAtMs = user.updated_at ?? 0;
  const plan = planUserWrite(user, {
    version: { updatedAtMs, eventAt: now, eventId: null },
    source: "reconcile",
    now,
  }, { stored, isTombstoned: false });
  if (plan.kind !== "update") return null;
  const fields = Object.entries(plan.set)
    .filter(([field]) => !NOT_COMPARED.has(field))
    .map(([field, clerk]) => ({
      field,
      clerk,
      mongodb: Reflect.get(plan.before, field) ?? null,
    }));
  if (fields.length === 0) return null;
  const isStale = updatedAtMs > (stored.sync?.version ?? 0);
  return toDrift(isStale ? "stale" : "edited", fields);
}

function toDrift(
  kind: DriftKind,
  fields: readonly FieldDifference[] = [],
): Drift {
  return { kind, fields, cause: CAUSES[kind] };
}
