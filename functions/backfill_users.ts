/**
 * Imports every user from Clerk, when somebody asks: a page a step, through the
 * same rules as a webhook, so that nothing newer is overwritten and nobody who
 * was deleted comes back. No `clerk/*` event is sent, so no automation hears it.
 *
 * Progress is in `jobs`: a job that is paused or cancelled there stops before its
 * next page. One with more pages than a run may have steps goes on in another.
 */
import { type InngestFunction, NonRetriableError } from "inngest";
import { BACKFILL_REQUESTED, backfillRequested } from "../lib/requests.ts";
import {
  advanceBackfill,
  type BackfillProgress,
  type PortionOptions,
  prepareBackfill,
} from "./backfill_steps.ts";
import { createBackfill, tellProgress } from "./control_job.ts";
import { addDeadLetter } from "./dead_letter.ts";
import type { FunctionDependencies } from "./dependencies.ts";
import { retryAsClerkSays } from "./for_inngest.ts";

/** Inngest allows 1,000 steps in a run. */
const PAGES_A_RUN = 900;

/** With Inngest's pauses half an hour: an outage must not end a long import. */
const RETRIES = 8;

/** How an import is cut into steps and runs. */
export interface BackfillOptions {
  /** Steps, before the import goes on in another run. Default 900. */
  readonly pagesARun?: number;
  /** Users in a step, 1 to 500. Default 500. */
  readonly pageSize?: number;
}

/**
 * @param deps Inngest, store, clock, feed and the Clerk API.
 * @param options How it is cut; for tests.
 * @returns The function `backfill-users`.
 */
export function backfillUsers(
  deps: FunctionDependencies,
  { pagesARun = PAGES_A_RUN, pageSize }: BackfillOptions = {},
): InngestFunction.Any {
  return deps.inngest.createFunction(
    {
      id: "backfill-users",
      name: "Backfill users",
      triggers: [{ event: BACKFILL_REQUESTED }],
      concurrency: { limit: 1 },
      retries: RETRIES,
      onFailure: async (failure) => {
        const { error, event } = failure;
        const jobId = jobIdOf(event.data.event);
        await addDeadLetter(deps, failure);
        await deps.store.jobs.fail(jobId, error.message, deps.clock.now());
        tellProgress(deps, jobId, "failed");
      },
    },
    async ({ event, step }) => {
      const jobId = jobIdOf(event);
      await step.run(
        "start",
        () => retryAsClerkSays(() => startJob(deps, jobId, event.data)),
      );
      for (let page = 0; page < pagesARun; page++) {
        const progress: BackfillProgress = await step.run(
          `page-${page}`,
          () => retryAsClerkSays(() => importPage(deps, jobId, { pageSize })),
        );
        if (progress.state !== "running") return { jobId, ...progress };
      }
      await step.sendEvent("go-on", {
        name: BACKFILL_REQUESTED,
        data: { resume: jobId },
      });
      return { jobId, state: "running" as const };
    },
  );
}

async function importPage(
  deps: FunctionDependencies,
  jobId: string,
  options: PortionOptions,
): Promise<BackfillProgress> {
  const reached = await advanceBackfill(deps, jobId, options);
  tellProgress(deps, jobId, reached.state);
  return reached;
}

/** A new job has the id of the event that asked for it. */
function jobIdOf(
  event: { readonly id?: string | undefined; readonly data?: unknown },
): string {
  const { data } = backfillRequested.safeParse(event.data);
  if (data !== undefined && "resume" in data) return data.resume;
  return event.id ?? "";
}

/** An event that nobody made a job for makes its own. */
async function startJob(
  deps: FunctionDependencies,
  jobId: string,
  data: unknown,
): Promise<void> {
  const { data: request, error } = backfillRequested.safeParse(data);
  if (request === undefined) {
    throw new NonRetriableError(
      "Cannot import users: the request has neither an actor nor a job",
      { cause: error },
    );
  }
  const isNew = "actor" in request;
  if (isNew && !await createBackfill(deps, { ...request, jobId })) {
    throw new NonRetriableError("Cannot import users: another import is open");
  }
  await prepareBackfill(deps, jobId);
  tellProgress(deps, jobId, "running");
}
