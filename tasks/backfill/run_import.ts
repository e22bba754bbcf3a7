/**
 * The two roads of an import that was begun in the terminal, each until it ends:
 * a running service does it and is looked at, or it is done here, page by page.
 */
import { NonRetriableError } from "inngest";
import {
  advanceBackfill,
  type BackfillDependencies,
  prepareBackfill,
} from "../../functions/backfill_steps.ts";
import { ClerkApiError } from "../../lib/clerk/clerk_api_error.ts";
import { isStalled } from "../../lib/store/job_pace.ts";
import type { JobDocument, Jobs } from "../../lib/store/jobs.ts";
import type { ProgressPrinter } from "./progress_printer.ts";

/** An import that is watched. */
export interface Watched {
  readonly jobId: string;
  readonly printer: ProgressPrinter;
  /** Aborts when somebody wants it to pause. */
  readonly signal: AbortSignal;
}

/** Between two looks at the work of somebody else, ms. */
const LOOK_EVERY_MS = 500;

/**
 * Does an import here.
 *
 * @param deps Store, clock, settings and the Clerk API.
 * @param watched The job.
 * @returns The job once it does not run any more.
 * @throws {MongoError} when the database fails; the job can be resumed.
 */
export async function importHere(
  deps: BackfillDependencies,
  { jobId, printer, signal }: Watched,
): Promise<JobDocument> {
  const { jobs } = deps.store;
  try {
    await prepareBackfill(deps, jobId);
    let job = await readJob(jobs, jobId);
    while (job.state === "running" && !signal.aborted) {
      printer.show(job);
      await advanceBackfill(deps, jobId, { signal });
      job = await readJob(jobs, jobId);
    }
    printer.show(job);
  } catch (error) {
    await settleFailure(deps, jobId, { error, signal });
  }
  if (signal.aborted) await jobs.pause(jobId, deps.clock.now());
  return await readJob(jobs, jobId);
}

/**
 * Looks at an import that somebody else does.
 *
 * @param deps Store and clock.
 * @param watched The job.
 * @returns The job once it does not run any more, or nobody seems to do it.
 */
export async function followImport(
  { store: { jobs }, clock }: Pick<BackfillDependencies, "store" | "clock">,
  { jobId, printer, signal }: Watched,
): Promise<JobDocument> {
  for (;;) {
    const job = await readJob(jobs, jobId);
    printer.show(job);
    if (job.state !== "running" || isStalled(job, clock.now())) return job;
    await pause(LOOK_EVERY_MS, signal);
    if (signal.aborted) {
      await jobs.pause(jobId, clock.now());
      return await readJob(jobs, jobId);
    }
  }
}

/** What Clerk or the settings refuse ends the job; the rest is thrown on. */
async function settleFailure(
  { store: { jobs }, clock }: BackfillDependencies,
  jobId: string,
  { error, signal }: { readonly error: unknown; readonly signal: AbortSignal },
): Promise<void> {
  if (signal.aborted && error === signal.reason) return;
  const isKnown = error instanceof ClerkApiError ||
    error instanceof NonRetriableError;
  if (!isKnown) throw error;
  await jobs.fail(jobId, error.message, clock.now());
}

async function readJob(jobs: Jobs, jobId: string): Promise<JobDocument> {
  const job = await jobs.read(jobId);
  if (job === null) throw new Error("Cannot read the import: its job is gone");
  return job;
}

/** Waits, or less when the signal is aborted. */
function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal.addEventListener("abort", end);
    if (signal.aborted) end();
  });
}
