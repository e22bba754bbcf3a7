/**
 * What the sync functions have in common: one write, the word of what became of
 * it, and a dead letter when it fails for good.
 *
 * The write is its own memory: the guard makes a second attempt at the same
 * event a no-op. So there is no step whose result Inngest would have to keep,
 * which halves what an event costs.
 */
import type { InngestFunction } from "inngest";
import { AppError } from "../lib/errors.ts";
import type { SyncedEventName } from "../lib/events.ts";
import type { WriteOutcome } from "../lib/store/synced_collection.ts";
import { keepDeadLetter } from "./dead_letter.ts";
import type { FunctionDependencies } from "./dependencies.ts";
import { forInngest } from "./for_inngest.ts";
import { isForeign } from "./is_foreign.ts";
import { type ReceivedEvent, receiveEvent } from "./received_event.ts";
import { settleEvent, toSettled } from "./settle_event.ts";

/**
 * Inngest's most. With its growing pauses they last for a day, so that MongoDB may
 * be down for an evening without an event being given up.
 */
export const SYNC_RETRIES = 20;

/** The parts in which sync functions differ. */
export interface SyncFunctionOptions {
  /** Inngest's function id. */
  readonly id: string;
  readonly name: string;
  readonly triggers: { event: SyncedEventName }[];
  /** The collection that it writes. */
  readonly collection: string;
  /** Writes what one event says. */
  readonly write: (
    deps: FunctionDependencies,
    event: ReceivedEvent,
  ) => Promise<WriteOutcome>;
}

/**
 * Makes a sync function.
 *
 * @param deps Inngest, store, sender, clock and metrics.
 * @param options Its id, triggers and write.
 * @returns The function, to be served.
 */
export function createSyncFunction(
  deps: FunctionDependencies,
  options: SyncFunctionOptions,
): InngestFunction.Any {
  const { id, name, triggers, collection, write } = options;
  return deps.inngest.createFunction(
    {
      id,
      name,
      triggers,
      retries: SYNC_RETRIES,
      onFailure: (failure) => keepDeadLetter(deps, failure),
    },
    async ({ event, runId }) => {
      const received = receiveEvent(event);
      const settled = toSettled(
        deps,
        received,
        collection,
        isForeign(deps, received)
          ? { kind: "discarded", reason: "other-instance" }
          : await writeOrGiveUp(() => write(deps, received)),
      );
      deps.feed.publish({
        kind: "event-settled",
        eventId: received.eventId,
        collection,
        id: received.subject,
        type: received.type,
        outcome: settled.outcome,
        reason: settled.reason,
        at: settled.settled_at,
      });
      await settleEvent(deps, received, settled, runId);
      return { outcome: settled.outcome, reason: settled.reason };
    },
  );
}

/**
 * Lets a failure that no retry will change fail at once.
 *
 * @param write The write.
 * @returns What became of it.
 * @throws {NonRetriableError} when the failure says so of itself.
 */
async function writeOrGiveUp(
  write: () => Promise<WriteOutcome>,
): Promise<WriteOutcome> {
  try {
    return await write();
  } catch (error) {
    if (!(error instanceof AppError) || error.retryable) throw error;
    throw forInngest(error);
  }
}
