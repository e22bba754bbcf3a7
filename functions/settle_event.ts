/**
 * The word of a sync function that it is done with an event.
 *
 * It travels as an event of its own, so that the records of what became of many
 * webhooks are written in batches by record-event instead of one by one here.
 */
import type { EventSettled } from "../lib/events.ts";
import { EVENT_SETTLED } from "../lib/events.ts";
import type { WriteOutcome } from "../lib/store/synced_collection.ts";
import type { FunctionDependencies } from "./dependencies.ts";
import { type ReceivedEvent, sourceOfEvent } from "./received_event.ts";

/** An outcome as JSON, the way Inngest keeps a step's result. */
export type SettledOutcome = Pick<
  EventSettled,
  "outcome" | "reason" | "changes" | "settled_at"
>;

/**
 * Counts an outcome and brings it into the form that is recorded.
 *
 * @param deps Clock and metrics.
 * @param event The event that was handled.
 * @param collection The collection that it is about.
 * @param outcome What became of it.
 * @returns The outcome with the time of the commit.
 */
export function toSettled(
  deps: Pick<FunctionDependencies, "clock" | "metrics">,
  event: ReceivedEvent,
  collection: string,
  outcome: WriteOutcome,
): SettledOutcome {
  const settledAt = deps.clock.now().getTime();
  deps.metrics.writes.inc({ collection, outcome: labelOf(outcome) });
  const lagMs = lagOf(event, settledAt);
  if (lagMs !== null && outcome.kind === "applied") {
    deps.metrics.syncLagSeconds.observe(lagMs / 1000);
  }
  return describeOutcome(outcome, settledAt);
}

/**
 * Brings an outcome into the form that is recorded.
 *
 * @param outcome What became of a write.
 * @param settledAt When it was committed, ms.
 * @returns The outcome as JSON.
 */
export function describeOutcome(
  outcome: WriteOutcome,
  settledAt: number,
): SettledOutcome {
  return {
    settled_at: settledAt,
    outcome: outcome.kind,
    reason: outcome.kind === "discarded" ? outcome.reason : null,
    changes: outcome.kind === "applied" ? [outcome.change] : [],
  };
}

/**
 * Tells record-event what became of an event.
 *
 * @param deps The sender of events.
 * @param event The event that was handled.
 * @param settled What became of it.
 * @param runId Inngest's id of the run.
 * @throws {EventNotTakenError} when Inngest does not take the word.
 */
export async function settleEvent(
  deps: Pick<FunctionDependencies, "sender">,
  event: ReceivedEvent,
  settled: SettledOutcome,
  runId: string,
): Promise<void> {
  const data: EventSettled = {
    ...settled,
    event_id: event.eventId,
    type: event.type,
    lag_ms: lagOf(event, settled.settled_at),
    source: sourceOfEvent(event),
    run_id: runId,
  };
  // The id makes a repeated word harmless; a later replay has a later time.
  const id = `${event.eventId}:settled:${settled.settled_at}`;
  await deps.sender.send({
    id,
    name: EVENT_SETTLED,
    ts: settled.settled_at,
    data: { ...data },
  });
}

/** A replay comes as late as somebody wanted it: that is no lag of ours. */
function lagOf(
  { origin, replay }: ReceivedEvent,
  settledAt: number,
): number | null {
  const timestamp = origin?.timestamp ?? null;
  if (replay !== undefined || timestamp === null) return null;
  return Math.max(0, settledAt - timestamp);
}

function labelOf(outcome: WriteOutcome): string {
  if (outcome.kind === "discarded") return outcome.reason;
  return outcome.isVersionOnly ? "version-only" : "applied";
}
