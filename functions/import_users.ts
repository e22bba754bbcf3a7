/**
 * Writes a page of Clerk's users: planned one by one, written together, with word
 * of what was added, changed, left alone or could not be done.
 *
 * It reads neither Clerk nor the job; see backfill_steps.ts.
 */
import type { ClerkApiUser } from "../lib/clerk/clerk_api_schema.ts";
import {
  type ClerkUser,
  clerkUser,
  type DocumentChange,
} from "../lib/events.ts";
import { ownFields } from "../lib/store/guarded_write.ts";
import type { JobFailure } from "../lib/store/jobs.ts";
import type { Store } from "../lib/store/store.ts";
import type { Planner, WriteOutcome } from "../lib/store/synced_collection.ts";
import { DocumentRefusedError } from "../lib/store/write_documents.ts";
import { planUserImport } from "../lib/sync/import_plan.ts";
import type { UserDocument } from "../lib/sync/user_document.ts";
import { listMisfits } from "./parse_payload.ts";

/** The road, for stamps and changes. */
export const IMPORT_SOURCE = "backfill";

/** Why and when users are imported. */
export interface ImportCause {
  /** Event that the stamps name. */
  readonly eventId: string;
  /** When Clerk was asked: what came is at least as new. */
  readonly readAt: Date;
  readonly now: Date;
}

/** What became of a page. */
export interface ImportedUsers {
  /** How many by what became of them, failures left out. */
  readonly counts: Readonly<Record<string, number>>;
  readonly failures: readonly JobFailure[];
  readonly changes: readonly DocumentChange[];
}

/** A page, taken apart. */
interface ParsedUsers {
  readonly users: readonly ClerkUser[];
  readonly failures: readonly JobFailure[];
}

/** What became of one user: a write's outcome, or MongoDB's refusal. */
type ImportOutcome = WriteOutcome | {
  readonly kind: "refused";
  /** Why, without values. */
  readonly reason: string;
};

/**
 * Writes users that were read from a list, each under its guard.
 *
 * @param store The store.
 * @param found The users as Clerk's API gave them.
 * @param cause The event that their stamps name, when they were asked for, and
 * the present.
 * @returns What became of them.
 * @throws {MongoError} when the database fails.
 */
export async function importUsers(
  store: Pick<Store, "users">,
  found: readonly ClerkApiUser[],
  cause: ImportCause,
): Promise<ImportedUsers> {
  const { users, failures } = parseUsers(found);
  const { plannerOf, repeated } = createPlanners(cause);
  const outcomes = await Promise.all(
    users.map(async (user): Promise<[string, ImportOutcome]> => [
      user.id,
      await store.users.apply(user.id, plannerOf(user)).catch(toRefusal),
    ]),
  );
  return {
    counts: countOutcomes(outcomes.map(([, outcome]) => outcome)),
    failures: [
      ...failures,
      ...outcomes.flatMap(([id, outcome]) =>
        outcome.kind === "refused" ? [{ id, reason: outcome.reason }] : []
      ),
    ],
    changes: outcomes.flatMap(([id, outcome]) => {
      if (outcome.kind === "applied") return [outcome.change];
      const stored = repeated.get(id);
      return stored === undefined ? [] : [lostChange(stored)];
    }),
  };
}

function parseUsers(found: readonly ClerkApiUser[]): ParsedUsers {
  const parsed = found.map((user) => ({
    id: user.id,
    ...clerkUser.safeParse(user),
  }));
  return {
    users: parsed.flatMap(({ data }) => data ?? []),
    failures: parsed.flatMap(({ id, error }) =>
      error === undefined
        ? []
        : [{ id, reason: `does not fit at ${listMisfits(error)}` }]
    ),
  };
}

/** Plans for each user, and who turned out to be written by this job already. */
function createPlanners({ eventId, readAt, now }: ImportCause) {
  /** Written by this job before a crash that lost the values. */
  const repeated = new Map<string, UserDocument>();
  const plannerOf = (user: ClerkUser): Planner<UserDocument> => (known) => {
    const { stored } = known;
    if (stored?.sync?.event_id === eventId) repeated.set(user.id, stored);
    return planUserImport(user, {
      version: {
        updatedAtMs: user.updated_at ?? readAt.getTime(),
        eventAt: readAt,
        eventId,
      },
      source: IMPORT_SOURCE,
      now,
    }, known);
  };
  return { plannerOf, repeated };
}

/** One document that MongoDB does not take must not end the import. */
function toRefusal(error: unknown): ImportOutcome {
  if (!(error instanceof DocumentRefusedError)) throw error;
  return { kind: "refused", reason: error.reason };
}

/** What is still known of a write whose values a crash has lost. */
function lostChange(stored: UserDocument): DocumentChange {
  return {
    collection: "users",
    id: stored._id,
    kind: "update",
    before: null,
    after: ownFields(stored),
  };
}

function countOutcomes(
  outcomes: readonly ImportOutcome[],
): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const outcome of outcomes) {
    const name = nameOf(outcome);
    if (name !== null) counts[name] = (counts[name] ?? 0) + 1;
  }
  return counts;
}

/** The words of the job's report; failures are counted apart. */
function nameOf(outcome: ImportOutcome): string | null {
  switch (outcome.kind) {
    case "applied":
      return outcome.change.kind === "insert" ? "added" : "changed";
    case "discarded":
      return outcome.reason === "duplicate"
        ? "unchanged"
        : outcome.reason === "tombstoned"
        ? "deleted"
        : "newer";
    case "refused":
      return null;
    default:
      return outcome satisfies never;
  }
}
