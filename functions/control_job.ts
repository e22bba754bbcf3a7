/**
 * What people do with jobs, on the dashboard or in the terminal: begin an import,
 * pause, resume, cancel.
 *
 * The job is changed first and its function told after: what is never told, for
 * a crash in between, looks stalled and can be resumed.
 */
import type { Inngest } from "inngest";
import type { Clock } from "../lib/clock.ts";
import { sendRequest } from "../lib/inngest/send_request.ts";
import { BACKFILL_REQUESTED, REPLAY_REQUESTED } from "../lib/requests.ts";
import type { LiveFeed } from "../lib/live_feed.ts";
import type { JobDocument, JobState } from "../lib/store/jobs.ts";
import type { Store } from "../lib/store/store.ts";

/** What people can do with a job that is there. */
export type JobAction = "pause" | "resume" | "cancel";

/** What the control of jobs needs. */
export interface JobControls {
  readonly store: Pick<Store, "jobs" | "ensureIndexes">;
  readonly inngest: Pick<Inngest, "send">;
  readonly clock: Clock;
  /** Undefined where no page listens. */
  readonly feed?: Pick<LiveFeed, "publish"> | undefined;
}

/** Where a job stands after each. */
const REACHED: Readonly<Record<JobAction, JobState>> = {
  pause: "paused",
  resume: "running",
  cancel: "cancelled",
};

/** The kind of jobs that import users. */
export const BACKFILL = "backfill";

/** The event that starts a run of a job, by the job's kind. */
const RUN_EVENTS: Readonly<Record<string, string>> = {
  [BACKFILL]: BACKFILL_REQUESTED,
  replay: REPLAY_REQUESTED,
};

/** What became of the wish for an import. */
export type BackfillAnswer =
  | { readonly kind: "begun"; readonly jobId: string }
  /** Another import is open. */
  | { readonly kind: "refused"; readonly open: JobDocument | null };

/**
 * Begins an import of all users, unless one is open.
 *
 * @param controls Store, Inngest, clock and feed.
 * @param actor Name of who asks.
 * @returns The job, or the one that is in the way.
 * @throws {EventNotTakenError} when Inngest does not take the event; the job has
 * failed then.
 */
export async function beginBackfill(
  controls: JobControls,
  actor: string,
): Promise<BackfillAnswer> {
  const { store } = controls;
  const jobId = `job_${crypto.randomUUID()}`;
  if (!await createBackfill(controls, { jobId, actor })) {
    return { kind: "refused", open: await store.jobs.readOpen(BACKFILL) };
  }
  await startRun(controls, { _id: jobId, kind: BACKFILL });
  tellProgress(controls, jobId, "running");
  return { kind: "begun", jobId };
}

/**
 * Makes the job of an import, without a run of it.
 *
 * @param controls Store and clock.
 * @param job Its id, and the name of who asks.
 * @returns False while another import is open.
 */
export async function createBackfill(
  { store, clock }: Pick<JobControls, "store" | "clock">,
  { jobId, actor }: { readonly jobId: string; readonly actor: string },
): Promise<boolean> {
  await store.ensureIndexes();
  return await store.jobs.start({
    _id: jobId,
    kind: BACKFILL,
    total: 0,
    request: {},
    actor,
    started_at: clock.now(),
    isExclusive: true,
  });
}

/**
 * Pauses, resumes or cancels a job; a resumed one gets a run.
 *
 * @param controls Store, Inngest, clock and feed.
 * @param job The job as it was seen.
 * @param action What to do.
 * @returns False when its state does not allow it.
 * @throws {Error} when Inngest does not take the event.
 */
export async function controlJob(
  controls: JobControls,
  job: Pick<JobDocument, "_id" | "kind" | "state">,
  action: JobAction,
): Promise<boolean> {
  const { store, clock } = controls;
  // A running job is resumed when its run seems lost: one run too many stops by
  // itself.
  const isAllowed = action === "resume" && job.state === "running" ||
    await store.jobs[action](job._id, clock.now());
  if (!isAllowed) return false;
  if (action === "resume") await startRun(controls, job);
  tellProgress(controls, job._id, REACHED[action]);
  return true;
}

/** Tells open pages that a job stands differently. */
export function tellProgress(
  { feed, clock }: Pick<JobControls, "feed" | "clock">,
  jobId: string,
  state: JobState,
): void {
  const at = clock.now().getTime();
  feed?.publish({ kind: "job-progressed", jobId, state, at });
}

async function startRun(
  { store, inngest, clock }: JobControls,
  { _id, kind }: Pick<JobDocument, "_id" | "kind">,
): Promise<void> {
  const name = RUN_EVENTS[kind];
  if (name === undefined) {
    throw new TypeError(`Cannot run job: no function does a ${kind}`);
  }
  try {
    await sendRequest(inngest, { name, data: { resume: _id } });
  } catch (error) {
    await store.jobs.fail(_id, "Inngest does not take the event", clock.now());
    throw error;
  }
}
