/**
 * Sends recorded events again, so that the functions run on them as they did the
 * first time: through the same guard, so that nothing old overwrites what is new.
 *
 * A hundred events a step, no faster than asked for. Progress is in `jobs`; a
 * job that is paused or cancelled there stops before its next step, and one that
 * was resumed goes on with a run of its own where it stopped.
 */
import { type InngestFunction, NonRetriableError } from "inngest";
import {
  REPLAY_REQUESTED,
  type ReplayOrder,
  replayOrder,
  replayRequested,
} from "../lib/requests.ts";
import { APP_ID } from "../lib/inngest/create_client.ts";
import { workedSince } from "../lib/store/job_pace.ts";
import type { JobState } from "../lib/store/jobs.ts";
import {
  countReplay,
  readReplayPortion,
} from "../lib/store/replay_selection.ts";
import type { WebhookEventDocument } from "../lib/store/webhook_events.ts";
import { AUTOMATION_IDS } from "./automation_ids.ts";
import { tellProgress } from "./control_job.ts";
import { addDeadLetter } from "./dead_letter.ts";
import type { FunctionDependencies } from "./dependencies.ts";
import { type Replay, toReplayedEvent } from "./replayed_event.ts";

const BATCH_EVENTS = 100;

/** A run keeps the result of every step; Inngest allows 1,000. */
const MAX_BATCHES_A_RUN = 200;

type ReplayDependencies = Pick<
  FunctionDependencies,
  "store" | "sender" | "clock"
>;

/** Where a job stands after a portion. */
interface Progress {
  readonly state: JobState;
  readonly done: number;
  readonly perSecond: number;
}

/**
 * @param deps Inngest, store, sender and clock.
 * @returns The function `replay-events`.
 */
export function replayEvents(deps: FunctionDependencies): InngestFunction.Any {
  return deps.inngest.createFunction(
    {
      id: "replay-events",
      name: "Replay events",
      triggers: [{ event: REPLAY_REQUESTED }],
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
      await step.run("start", () => startJob(deps, jobId, event.data));
      for (let batch = 0; batch < MAX_BATCHES_A_RUN; batch++) {
        const { state, done, perSecond } = await step.run(
          `send-${batch}`,
          async () => {
            const reached = await replayPortion(deps, jobId);
            tellProgress(deps, jobId, reached.state);
            return reached;
          },
        );
        if (state !== "running") return { jobId, state, done };
        const paceMs = Math.ceil(BATCH_EVENTS * 1000 / perSecond);
        await step.sleep(`pace-${batch}`, paceMs);
      }
      await step.sendEvent("go-on", {
        name: REPLAY_REQUESTED,
        data: { resume: jobId },
      });
      return { jobId, state: "running" as const };
    },
  );
}

/** A new job has the id of the event that asked for it. */
function jobIdOf(
  event: { readonly id?: string | undefined; readonly data?: unknown },
): string {
  const { data } = replayRequested.safeParse(event.data);
  if (data !== undefined && "resume" in data) return data.resume;
  return event.id ?? "";
}

async function startJob(
  { store, clock }: ReplayDependencies,
  jobId: string,
  data: unknown,
): Promise<void> {
  const { data: request, error } = replayRequested.safeParse(data);
  if (request === undefined) {
    throw new NonRetriableError(
      "Cannot replay events: the request has neither ids nor a filter, or no mode",
      { cause: error },
    );
  }
  if ("resume" in request) return;
  await store.ensureIndexes();
  const now = clock.now();
  const bounded = endingNow(request, now);
  await store.jobs.start({
    _id: jobId,
    kind: "replay",
    total: await countReplay(store.webhookEvents, bounded),
    request: { ...bounded },
    actor: request.actor,
    started_at: now,
  });
}

/** Events that arrive from now on are not replayed: there would be no end. */
function endingNow(order: ReplayOrder, now: Date): ReplayOrder {
  if ("eventIds" in order) return order;
  const until = order.filter.until ?? now.getTime();
  return { ...order, filter: { ...order.filter, until } };
}

/**
 * Sends a job's next events, if it may go on.
 *
 * @param deps Store, sender and clock.
 * @param jobId The job.
 * @returns Where the job stands.
 * @throws {NonRetriableError} when there is no such job.
 * @throws {EventNotTakenError} when Inngest does not take the events.
 */
export async function replayPortion(
  deps: ReplayDependencies,
  jobId: string,
): Promise<Progress> {
  const { store, clock } = deps;
  const job = await store.jobs.read(jobId);
  if (job === null) {
    throw new NonRetriableError("Cannot replay events: there is no such job");
  }
  const order = replayOrder.parse(job.request);
  const { mode, perSecond } = order;
  if (job.state !== "running") {
    return { state: job.state, done: job.done, perSecond };
  }
  const events = await readReplayPortion(store.webhookEvents, order, {
    after: job.checkpoint,
    limit: BATCH_EVENTS,
  });
  const last = events.at(-1);
  if (last !== undefined) {
    await sendAgain(deps, events, { jobId, mode });
    const now = clock.now();
    const portion = {
      from: job.checkpoint,
      to: last._id,
      count: events.length,
      workedMs: workedSince(job, now),
    };
    await store.jobs.advance(jobId, portion, now);
  }
  const done = job.done + events.length;
  if (events.length === BATCH_EVENTS) {
    return { state: "running", done, perSecond };
  }
  await store.jobs.finish(jobId, clock.now());
  const state = (await store.jobs.read(jobId))?.state ?? "done";
  return { state, done, perSecond };
}

async function sendAgain(
  { store, sender, clock }: ReplayDependencies,
  events: readonly WebhookEventDocument[],
  replay: Replay,
): Promise<void> {
  const now = clock.now();
  // Before they are sent: one that fails again must end up unmarked.
  await store.deadLetters.markReplayed(
    events.map(({ _id }) => _id),
    now,
    replay.mode === "data" ? AUTOMATION_IDS.map((id) => `${APP_ID}-${id}`) : [],
  );
  await Promise.all(
    events
      // None where the arrival was never recorded, or was erased.
      .filter(({ payload }) => payload !== null && payload !== undefined)
      .map((event) => sender.send(toReplayedEvent(event, replay, now))),
  );
}
