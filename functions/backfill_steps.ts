/**
 * The portions of an import of all users: each is one page of Clerk's list, from
 * the job's checkpoint on, so that it survives a crash between any two calls.
 *
 * Whoever repeats a portion finds its users written already and writes nothing.
 * Users that cannot be read or stored are named in the job, and the rest goes on.
 */
import { NonRetriableError } from "inngest";
import { userCursor, type UserPage } from "../lib/clerk/list_users.ts";
import { workedSince } from "../lib/store/job_pace.ts";
import type { JobDocument, JobState } from "../lib/store/jobs.ts";
import type { ClerkApi, FunctionDependencies } from "./dependencies.ts";
import { requireOwnKey } from "./find_key_fault.ts";
import { IMPORT_SOURCE, importUsers } from "./import_users.ts";

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
  const eventId = `${IMPORT_SOURCE}:${job._id}`;
  const { changes, failures, counts } = await importUsers(store, page.users, {
    eventId,
    readAt: page.readAt,
    now: clock.now(),
  });
  const now = clock.now();
  await store.write([store.changes.plan([{
    event_id: eventId,
    type: "user.imported",
    outcome: "applied",
    reason: null,
    settled_at: now.getTime(),
    lag_ms: null,
    changes: [...changes],
    source: IMPORT_SOURCE,
  }])]);
  await store.jobs.advance(job._id, {
    from: job.checkpoint,
    to: JSON.stringify(page.cursor),
    count: page.users.length,
    workedMs: workedSince(job, now),
    failures,
    counts,
  }, now);
}
