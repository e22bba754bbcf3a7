/**
 * Keeps events whose function failed for good, as every function's onFailure.
 */
import { APP_ID } from "../lib/inngest/create_client.ts";
import type { FunctionDependencies } from "./dependencies.ts";
import { type IncomingEvent, receiveEvent } from "./received_event.ts";

/** Stands for the event in letters of functions that run by the clock. */
const EVERY_RUN = "every-run";

/** What Inngest hands to onFailure. */
export interface FunctionFailure {
  readonly error: Error;
  readonly event: {
    readonly data: {
      readonly function_id: string;
      readonly run_id: string;
      /** The event that started the failed run, or the first of its batch. */
      readonly event: IncomingEvent;
      /** The whole batch; one event for a function without batches. */
      readonly events?: readonly IncomingEvent[];
    };
  };
}

/**
 * Writes the dead letter and marks the event as failed.
 *
 * @param deps Store, clock and the live feed.
 * @param failure What Inngest tells of the failed run.
 */
export async function keepDeadLetter(
  deps: FunctionDependencies,
  failure: FunctionFailure,
): Promise<void> {
  const { error, event } = failure;
  const { run_id, event: cause } = event.data;
  const received = receiveEvent(cause);
  const failedAt = deps.clock.now();
  await addDeadLetter(deps, failure);
  await deps.store.write([deps.store.webhookEvents.plan({
    settled: [{
      event_id: received.eventId,
      type: received.type,
      outcome: "failed",
      reason: error.message,
      settled_at: failedAt.getTime(),
      lag_ms: null,
      changes: [],
      source: "dead-letter",
      run_id,
    }],
  })]);
  deps.feed.publish({
    kind: "events-recorded",
    received: [],
    settled: [received.eventId],
    at: failedAt.getTime(),
  });
}

/**
 * Writes the dead letter alone: what became of the event in MongoDB is another
 * function's to say.
 *
 * @param deps Store and clock.
 * @param failure What Inngest tells of the failed run.
 */
export async function addDeadLetter(
  { store, clock }: Pick<FunctionDependencies, "store" | "clock">,
  { error, event }: FunctionFailure,
): Promise<void> {
  const { function_id, run_id, event: cause } = event.data;
  const received = receiveEvent(cause);
  await store.ensureIndexes();
  await store.deadLetters.add({
    function_id,
    run_id,
    event_id: received.eventId,
    event_name: cause.name,
    subject: received.subject,
    error: { name: error.name, message: error.message },
    failed_at: clock.now(),
  });
}

/**
 * Writes the dead letter of a function that runs again in minutes: one, however
 * often it fails, for what it was asked to do is the same each time.
 *
 * @param deps Store and clock.
 * @param failure What Inngest tells of the failed run.
 */
export async function addRecurringDeadLetter(
  deps: Pick<FunctionDependencies, "store" | "clock">,
  { error, event: { data } }: FunctionFailure,
): Promise<void> {
  const event = { ...data.event, id: EVERY_RUN };
  await addDeadLetter(deps, { error, event: { data: { ...data, event } } });
}

/**
 * Closes that dead letter, for the function runs again.
 *
 * @param deps Store and clock.
 * @param id The function's id, without the app's.
 */
export async function closeRecurringDeadLetter(
  { store, clock }: Pick<FunctionDependencies, "store" | "clock">,
  id: string,
): Promise<void> {
  await store.deadLetters.close(`${APP_ID}-${id}`, clock.now());
}

/**
 * Writes a dead letter for each event of a batch that failed.
 *
 * @param deps Store and clock.
 * @param failure What Inngest tells of the failed run.
 */
export async function addDeadLetters(
  deps: Pick<FunctionDependencies, "store" | "clock">,
  { error, event: { data } }: FunctionFailure,
): Promise<void> {
  for (const event of data.events ?? [data.event]) {
    await addDeadLetter(deps, { error, event: { data: { ...data, event } } });
  }
}
