/**
 * The portions of an import of all users: each is one page of Clerk's list, from
 * the job's checkpoint on, so that it survives a crash between any two calls.
 *
 * Whoever repeats a portion finds its users written already and writes nothing.
 * Users that cannot be read or stored are named in the job, and the rest goes on.
 */
import { NonRetriableError } from "inngest";
import type { ClerkApiUser } from "../lib/clerk/clerk_api_schema.ts";
import { userCursor, type UserPage } from "../lib/clerk/list_users.ts";
import {
  type ClerkUser,
  clerkUser,
  type DocumentChange,
} from "../lib/events.ts";
import { ownFields } from "../lib/store/guarded_write.ts";
import { workedSince } from "../lib/store/job_pace.ts";
import type { JobDocument, JobFailure, JobState } from "../lib/store/jobs.ts";
import type { Planner, WriteOutcome } from "../lib/store/synced_collection.ts";
import { DocumentRefusedError } from "../lib/store/write_documents.ts";
import { planUserImport } from "../lib/sync/import_plan.ts";
import type { UserDocument } from "../lib/sync/user_document.ts";
import type { ClerkApi, FunctionDependencies } from "./dependencies.ts";
import { requireOwnKey } from "./find_key_fault.ts";
import { listMisfits } from "./parse_payload.ts";

/** What an import needs; without the Clerk API it fails. */
export type BackfillDependencies = Pick<
  FunctionDependencies,
  "store" | "clock" | "clerkApi" | "config"
>;

/** Where an import stands after a portion. */
export interface BackfillProgress {
  readonly state: JobState;
  readonly done: number;
}

/** How one portion is read. */
export interface PortionOptions {
  /** Users, 1 to 500. Default 500. */
  readonly pageSize?: number | undefined;
  /** Gives up waiting for Clerk, and rejects with its reason. */
  readonly signal?: AbortSignal | undefined;
}

/** A page, taken apart. */
interface ReadPage {
  readonly users: readonly ClerkUser[];
  readonly failures: readonly JobFailure[];
}

/** What became of a page. */
interface WrittenPage {
  readonly counts: Readonly<Record<string, number>>;
  readonly failures: readonly JobFailure[];
  readonly changes: readonly DocumentChange[];
}

/** What became of one user: a write's outcome, or MongoDB's refusal. */
type ImportOutcome = WriteOutcome | {
  readonly kind: "refused";
  /** Why, without values. */
  readonly reason: string;
};

const CAUSE = "backfill";

/**
 * Makes sure of the key before a run of a job, and counts what there is.
 *
 * @param deps Store, settings and the Clerk API.
 * @param jobId The job; nothing is asked when it does not run.
 * @throws {NonRetriableError} when there is no key, or one of another instance.
 * @throws {ClerkApiError} when Clerk does not answer.
 */
export async function prepareBackfill(
  deps: BackfillDependencies,
  jobId: string,
): Promise<void> {
  const { store } = deps;
  const job = await store.jobs.read(jobId);
  if (job?.state !== "running") return;
  const clerkApi = requireClerk(deps);
  await requireOwnKey({ ...deps, clerkApi });
  await store.jobs.setTotal(jobId, await clerkApi.countUsers());
}

/**
 * Imports the next page of a job, if it may go on.
 *
 * @param deps Store, clock and the Clerk API.
 * @param jobId The job.
 * @param options How it is read.
 * @returns Where the job stands.
 * @throws {NonRetriableError} when there is no such job or no secret key.
 * @throws {ClerkApiError} when Clerk does not answer.
 */
export async function advanceBackfill(
  deps: BackfillDependencies,
  jobId: string,
  options: PortionOptions = {},
): Promise<BackfillProgress> {
  const { store, clock } = deps;
  const job = await store.jobs.read(jobId);
  if (job === null) {
    throw new NonRetriableError("Cannot import users: there is no such job");
  }
  if (job.state !== "running") return { state: job.state, done: job.done };
  const readAt = clock.now();
  const page = await readPage(requireClerk(deps), job, options);
  if (page === null) {
    await store.jobs.finish(jobId, clock.now());
  } else {
    await importPage(deps, job, { ...page, readAt });
  }
  const { state, done } = await store.jobs.read(jobId) ?? job;
  return { state, done };
}

function requireClerk({ clerkApi }: BackfillDependencies): ClerkApi {
  if (clerkApi !== undefined) return clerkApi;
  throw new NonRetriableError(
    "Cannot import users: CLERK_SECRET_KEY is not set",
  );
}

async function readPage(
  clerkApi: ClerkApi,
  job: JobDocument,
  { pageSize, signal }: PortionOptions,
): Promise<UserPage | null> {
  const after = job.checkpoint === null
    ? undefined
    : userCursor.parse(JSON.parse(job.checkpoint));
  const pages = clerkApi.listUsers({
    after,
    signal,
    ...(pageSize === undefined ? {} : { pageSize }),
  });
  for await (const page of pages) return page;
  return null;
}

async function importPage(
  { store, clock }: BackfillDependencies,
  job: JobDocument,
  page: UserPage & { readonly readAt: Date },
): Promise<void> {
  const eventId = `${CAUSE}:${job._id}`;
  const { users, failures } = parseUsers(page.users);
  const written = await writeUsers(store, users, {
    eventId,
    readAt: page.readAt,
    now: clock.now(),
  });
  const now = clock.now();
  await store.changes.record([{
    event_id: eventId,
    type: "user.imported",
    outcome: "applied",
    reason: null,
    settled_at: now.getTime(),
    lag_ms: null,
    changes: [...written.changes],
    source: CAUSE,
  }]);
  await store.jobs.advance(job._id, {
    from: job.checkpoint,
    to: JSON.stringify(page.cursor),
    count: page.users.length,
    workedMs: workedSince(job, now),
    failures: [...failures, ...written.failures],
    counts: written.counts,
  }, now);
}

function parseUsers(found: readonly ClerkApiUser[]): ReadPage {
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

async function writeUsers(
  store: BackfillDependencies["store"],
  users: readonly ClerkUser[],
  cause: {
    readonly eventId: string;
    readonly readAt: Date;
    readonly now: Date;
  },
): Promise<WrittenPage> {
  const { eventId, readAt, now } = cause;
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
      source: CAUSE,
      now,
    }, known);
  };
  const outcomes = await Promise.all(
    users.map(async (user): Promise<[string, ImportOutcome]> => [
      user.id,
      await store.users.apply(user.id, plannerOf(user)).catch(toRefusal),
    ]),
  );
  return {
    counts: countOutcomes(outcomes.map(([, outcome]) => outcome)),
    failures: outcomes.flatMap(([id, outcome]) =>
      outcome.kind === "refused" ? [{ id, reason: outcome.reason }] : []
    ),
    changes: outcomes.flatMap(([id, outcome]) => {
      if (outcome.kind === "applied") return [outcome.change];
      const stored = repeated.get(id);
      return stored === undefined ? [] : [lostChange(stored)];
    }),
  };
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
