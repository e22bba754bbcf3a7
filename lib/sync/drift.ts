/**
 * Step ④ for scans: how an object in Clerk and its document in MongoDB differ.
 *
 * The comparison is the plan of the write that would repair it, so that what is
 * shown is what a repair does. Fields that change in Clerk without an event are
 * left out: lock-outs end by time, and generated pictures move.
 *
 * Source: Clerk's Backend API document of 2026-05-12.
 */
import type {
  ClerkMembership,
  ClerkOrganization,
  ClerkUser,
} from "../events.ts";
import {
  type MembershipDocument,
  type OrganizationDocument,
  planMembershipWrite,
  planOrganizationWrite,
} from "./organization_document.ts";
import type { UserDocument } from "./user_document.ts";
import {
  type Incoming,
  type Known,
  planUserWrite,
  type SyncedDocument,
  type WritePlan,
} from "./write_plan.ts";

/**
 * How the two sides differ. What was deleted here for good and is in Clerk all
 * the same is `tombstoned`: no repair ever brings it back.
 */
export const DRIFT_KINDS = [
  "missing",
  "ghost",
  "stale",
  "edited",
  "tombstoned",
] as const;

/** How the two sides differ. */
export type DriftKind = typeof DRIFT_KINDS[number];

/** What somebody can do something about: all but what a tombstone rules out. */
export const REPAIRABLE_KINDS: readonly DriftKind[] = DRIFT_KINDS.filter(
  (kind) => kind !== "tombstoned",
);

/** What probably happened, in words, by the code that items carry. */
export const DRIFT_CAUSES = {
  "lost-creation": "The webhook of its creation was lost, or never sent here",
  "lost-deletion": "The webhook of its deletion was lost",
  "lost-change": "The webhook of a change was lost",
  "never-synced": "The application made the document, and no webhook has come",
  "edited-elsewhere": "Somebody else wrote to MongoDB",
  "new-field": "The field is new to Rollcall",
  "tombstoned": "It was deleted here for good: a tombstone is final",
} as const;

/** What probably caused a difference. */
export type DriftCause = keyof typeof DRIFT_CAUSES;

/** One field that differs. */
export interface FieldDifference {
  readonly field: string;
  readonly clerk: unknown;
  readonly mongodb: unknown;
}

/** A difference between the two sides, and what probably caused it. */
export interface Drift {
  readonly kind: DriftKind;
  /** Some for what is stale or edited only. */
  readonly fields: readonly FieldDifference[];
  readonly cause: DriftCause;
}

/** These move without an event, or say no more than the version does. */
const NOT_COMPARED = ["locked", "clerk_updated_at"];

/**
 * What was read from Clerk, as the plans of writes take it.
 *
 * @param updatedAtMs Clerk's `updated_at`; the moment of reading without one.
 * @param readAt When Clerk was asked.
 * @param eventId Becomes the stamp's event.
 * @returns A state as new as the moment of reading.
 */
export function incomingOfRead(
  updatedAtMs: number | undefined,
  readAt: Date,
  eventId: string | null = null,
): Incoming {
  return {
    version: {
      updatedAtMs: updatedAtMs ?? readAt.getTime(),
      eventAt: readAt,
      eventId,
    },
    source: "reconcile",
    now: readAt,
  };
}

/**
 * Compares one user.
 *
 * @param user Clerk's user; null when Clerk has none by that id.
 * @param known What the store has.
 * @param now When Clerk was asked.
 * @returns The difference; null when there is none, when MongoDB is ahead, and
 * when the document is the application's own, which has no `sync`.
 */
export function findUserDrift(
  user: ClerkUser | null,
  known: Known<UserDocument>,
  now: Date,
): Drift | null {
  if (user === null) return findGhost(known);
  const incoming = incomingOfRead(user.updated_at, now);
  return findDrift(planUserWrite(user, incoming, known), known, {
    incoming,
    notCompared: pictureUnlessOwn(user, "profile_picture"),
  });
}

/**
 * Compares one organization; as {@linkcode findUserDrift} does.
 *
 * @param organization Clerk's organization, or null.
 * @param known What the store has.
 * @param now When Clerk was asked.
 * @returns The difference, or null.
 */
export function findOrganizationDrift(
  organization: ClerkOrganization | null,
  known: Known<OrganizationDocument>,
  now: Date,
): Drift | null {
  if (organization === null) return findGhost(known);
  const incoming = incomingOfRead(organization.updated_at, now);
  return findDrift(
    planOrganizationWrite(organization, incoming, known),
    known,
    { incoming, notCompared: pictureUnlessOwn(organization, "image") },
  );
}

/**
 * Compares one membership; as {@linkcode findUserDrift} does.
 *
 * @param membership Clerk's membership, or null.
 * @param known What the store has, tombstones of user and organization included.
 * @param now When Clerk was asked.
 * @returns The difference, or null.
 */
export function findMembershipDrift(
  membership: ClerkMembership | null,
  known: Known<MembershipDocument>,
  now: Date,
): Drift | null {
  if (membership === null) return findGhost(known);
  const incoming = incomingOfRead(membership.updated_at, now);
  return findDrift(planMembershipWrite(membership, incoming, known), known, {
    incoming,
    notCompared: [],
  });
}

/** Clerk makes a picture for whoever has none, under an address that changes. */
function pictureUnlessOwn(
  object: Readonly<Record<string, unknown>>,
  field: string,
): readonly string[] {
  return object.has_image === true ? [] : [field];
}

function findGhost({ stored }: Known<SyncedDocument>): Drift | null {
  return stored?.sync
    ? { kind: "ghost", fields: [], cause: "lost-deletion" }
    : null;
}

function findDrift<D extends SyncedDocument>(
  plan: WritePlan<D>,
  { stored }: Known<D>,
  { incoming, notCompared }: {
    readonly incoming: Incoming;
    readonly notCompared: readonly string[];
  },
): Drift | null {
  switch (plan.kind) {
    case "insert":
      return { kind: "missing", fields: [], cause: "lost-creation" };
    case "remove":
      return TOMBSTONED;
    case "skip":
      return plan.reason === "tombstoned" ? TOMBSTONED : null;
    case "update":
      break;
    default:
      return plan satisfies never;
  }
  // Clerk was read too early: what the document lacks is of an older state.
  if (stored?.sync && incoming.version.updatedAtMs < stored.sync.version) {
    return null;
  }
  const ignored = [...NOT_COMPARED, ...notCompared];
  const fields = Object.entries(plan.set)
    .filter(([field]) => !ignored.includes(field))
    .map(([field, clerk]) => ({
      field,
      clerk,
      mongodb: Reflect.get(plan.before, field) ?? null,
    }));
  if (fields.length === 0) return null;
  if (!stored?.sync) return { kind: "stale", fields, cause: "never-synced" };
  if (incoming.version.updatedAtMs > stored.sync.version) {
    return { kind: "stale", fields, cause: "lost-change" };
  }
  const areNew = fields.every(({ field }) => !Object.hasOwn(stored, field));
  const cause = areNew ? "new-field" : "edited-elsewhere";
  return { kind: "edited", fields, cause };
}

const TOMBSTONED: Drift = {
  kind: "tombstoned",
  fields: [],
  cause: "tombstoned",
};
