/**
 * Carries out what was asked of `deno task backfill`: makes the job or finds it,
 * chooses the road, and says how it ended.
 */
import type { Inngest } from "inngest";
import { MongoError } from "mongodb";
import {
  BACKFILL,
  beginBackfill,
  controlJob,
  createBackfill,
} from "../../functions/control_job.ts";
import { systemClock } from "../../lib/clock.ts";
import type { Config } from "../../lib/config.ts";
import { createInngestClient } from "../../lib/inngest/create_client.ts";
import { findRunningInngest } from "../../lib/parts/inngest_part.ts";
import {
  openStoreBeside,
  type StoreBeside,
} from "../../lib/parts/mongo_part.ts";
import { openClerkApi } from "../../lib/parts/function_kit.ts";
import {
  describeCounts,
  describeJob,
  formatCount,
  isStalled,
} from "../../lib/store/job_pace.ts";
import type { JobDocument } from "../../lib/store/jobs.ts";
import { followImport, importHere, type Watched } from "./run_import.ts";

/** How the task ends. */
export const EXIT = { done: 0, failed: 1, usage: 2, stopped: 3 } as const;

/** How an answer reaches the person. */
export interface Terminal {
  readonly print: (text: string) => void;
  readonly printError: (text: string) => void;
}

/** What the task stands on. */
interface Road extends StoreBeside {
  readonly config: Config;
  /** Of a running service; undefined when there is none. */
  readonly inngest: Inngest | undefined;
}

/** The task's name, where a job tells who asked. */
const ACTOR = "deno task backfill";

const NO_KEY =
  `CLERK_SECRET_KEY is not set. Copy it from "API keys" in Clerk's dashboard to
.env or the environment, and run deno task backfill again`;

const HOW_TO_TRY_AGAIN =
  `  deno task backfill --resume   tries again where it stopped
  deno task backfill            begins another`;

const HOW_TO_GO_ON = `  deno task backfill --resume   goes on with it
  deno task backfill --cancel   ends it; what it has brought in stays`;

/**
 * Does what is wanted.
 *
 * @param config The service's settings.
 * @param wish Begin, resume or cancel.
 * @param options Where to show progress, and what aborts to pause.
 * @returns The exit code.
 */
export async function carryOut(
  config: Config,
  wish: "begin" | "resume" | "cancel",
  options: Omit<Watched, "jobId"> & { readonly terminal: Terminal },
): Promise<number> {
  const { terminal } = options;
  if (wish !== "cancel" && config.clerk.secretKey === undefined) {
    terminal.printError(NO_KEY);
    return EXIT.failed;
  }
  const connection = await findRunningInngest(config);
  await using beside = await openStoreBeside(config);
  const road: Road = {
    ...beside,
    config,
    inngest: connection && createInngestClient(connection),
  };
  if (wish === "cancel") return await cancel(road, terminal);
  const found = wish === "begin" ? await begin(road) : await resume(road);
  if ("refusal" in found) {
    terminal.printError(found.refusal);
    return EXIT.failed;
  }
  terminal.print(`${announce(road, found)} Ctrl+C pauses.`);
  try {
    const job = await watch(road, found, options);
    options.printer.end();
    return report(job, terminal);
  } catch (error) {
    options.printer.end();
    terminal.printError(explainInterruption(error));
    return EXIT.failed;
  }
}

/** A job to be seen through. */
interface FoundJob {
  readonly jobId: string;
  /** Whether somebody else does it, as far as can be seen. */
  readonly isElsewhere: boolean;
}

/** A job, or why there is none. */
type Found = FoundJob | { readonly refusal: string };

async function begin({ store, inngest }: Road): Promise<Found> {
  const controls = { store, clock: systemClock };
  if (inngest !== undefined) {
    const answer = await beginBackfill({ ...controls, inngest }, ACTOR);
    if (answer.kind === "begun") {
      return { jobId: answer.jobId, isElsewhere: true };
    }
  } else {
    const jobId = `job_${crypto.randomUUID()}`;
    if (await createBackfill(controls, { jobId, actor: ACTOR })) {
      return { jobId, isElsewhere: false };
    }
  }
  const open = await store.jobs.readOpen(BACKFILL);
  const state = open === null
    ? "Another import has just ended: try again"
    : `An import is ${open.state} already, at ${describeJob(open, "users")}
${HOW_TO_GO_ON}`;
  return { refusal: state };
}

async function resume({ store, inngest, isOwner }: Road): Promise<Found> {
  const job = await store.jobs.readLatest(BACKFILL);
  if (job === null || job.state === "done" || job.state === "cancelled") {
    const state = job === null
      ? "none was begun"
      : `the last one is ${job.state}`;
    return {
      refusal: `There is no import to resume: ${state}
  deno task backfill            begins one`,
    };
  }
  const jobId = job._id;
  if (isAtWork(job)) return { jobId, isElsewhere: !isOwner };
  const isAllowed = inngest === undefined
    ? job.state === "running" || await store.jobs.resume(jobId, new Date())
    : await controlJob({ store, inngest, clock: systemClock }, job, "resume");
  return isAllowed
    ? { jobId, isElsewhere: inngest !== undefined }
    : { refusal: "The import has just changed: try again" };
}

async function cancel({ store }: Road, terminal: Terminal): Promise<number> {
  const job = await store.jobs.readOpen(BACKFILL);
  if (job === null || !await store.jobs.cancel(job._id, new Date())) {
    terminal.printError("There is no import to cancel");
    return EXIT.failed;
  }
  terminal.print(`Cancelled at ${describeJob(job, "users")}`);
  return EXIT.done;
}

function announce({ inngest }: Road, { isElsewhere }: FoundJob): string {
  if (!isElsewhere) return "Importing users from Clerk.";
  return inngest === undefined
    ? `Another process seems to import users from Clerk.
If nothing moves for three minutes, it goes on here.`
    : "The running service imports users from Clerk.";
}

/** An import whose doer has gone is done here, unless a service can do it. */
async function watch(
  { store, config, inngest }: Road,
  { jobId, isElsewhere }: FoundJob,
  options: Omit<Watched, "jobId">,
): Promise<JobDocument> {
  const deps = {
    store,
    config,
    clock: systemClock,
    clerkApi: openClerkApi(config),
  };
  const watched = { ...options, jobId };
  if (isElsewhere) {
    const job = await followImport(deps, watched);
    if (job.state !== "running" || inngest !== undefined) return job;
  }
  return await importHere(deps, watched);
}

/** The job stands where it stood: nobody can say more without the database. */
function explainInterruption(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  const state = error instanceof MongoError
    ? `The database does not answer any more: ${message}
If the service was stopped, its import goes on when it starts again`
    : message;
  return `${state}
What was brought in stays; deno task backfill --resume goes on with it`;
}

/** Whether somebody seems to do the job at this moment. */
function isAtWork(job: JobDocument): boolean {
  return job.state === "running" && !isStalled(job, new Date());
}

function report(job: JobDocument, { print, printError }: Terminal): number {
  const counts = describeCounts(job);
  const line = describeJob(job, "users") + (counts && `: ${counts}`);
  switch (job.state) {
    case "done":
      print(`Done: ${line}`);
      printFailures(job, print);
      return EXIT.done;
    case "paused":
    case "cancelled":
      print(`${job.state === "paused" ? "Paused" : "Cancelled"} at ${line}`);
      if (job.state === "paused") print(HOW_TO_GO_ON);
      return EXIT.stopped;
    case "failed":
      printError(`The import failed at ${line}
  ${job.error}
${HOW_TO_TRY_AGAIN}`);
      return EXIT.failed;
    case "running":
      printError(`Nobody seems to do the import, at ${line}
  Do Clerk and Inngest answer the service? Its log and deno task doctor tell
${HOW_TO_GO_ON}`);
      return EXIT.failed;
    default:
      return job.state satisfies never;
  }
}

function printFailures(
  { failed, failures }: JobDocument,
  print: Terminal["print"],
): void {
  if (failed === 0) return;
  print(`${formatCount(failed)} of them could not be brought in:`);
  for (const { id, reason } of failures) print(`  ${id}  ${reason}`);
  const unnamed = failed - failures.length;
  if (unnamed > 0) print(`  and ${formatCount(unnamed)} more`);
}
