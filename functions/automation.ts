/**
 * What the automations have in common: they follow a new user, each through one
 * provider, once.
 *
 * An automation whose provider is not configured is listed and never runs. None
 * acts on an event of another instance, on a replay of the data alone or, for
 * they follow events only, on what a backfill or a repair writes.
 */
import { type InngestFunction, NonRetriableError } from "inngest";
import { clerkUser, type SyncedEventName } from "../lib/events.ts";
import { ledgerKey, type Task } from "../lib/store/automation_ledger.ts";
import { primaryEmail } from "../lib/sync/primary_contact.ts";
import { joinNames } from "../lib/sync/user_document.ts";
import { skipTask, type TaskOutcome } from "./act_once.ts";
import type { AutomationId } from "./automation_ids.ts";
import { addDeadLetter, type FunctionFailure } from "./dead_letter.ts";
import type { FunctionDependencies } from "./dependencies.ts";
import { isForeign } from "./is_foreign.ts";
import { parsePayload } from "./parse_payload.ts";
import { type ReceivedEvent, receiveEvent } from "./received_event.ts";

/** Whom an automation is about. */
export interface Person {
  /** Clerk's user id. */
  readonly userId: string;
  /** The primary address. */
  readonly email: string;
  readonly isVerified: boolean;
  readonly firstName: string | null;
  readonly lastName: string | null;
  readonly fullName: string | null;
}

/** The parts in which automations differ. */
export interface AutomationOptions {
  /** Inngest's function id, and the automation's name in the ledger. */
  readonly id: AutomationId;
  readonly name: string;
  /** How fast the provider may be asked. */
  readonly pace: Pace;
  /** Does what there is to do for one person; undefined without a provider. */
  readonly act:
    | ((person: Person, task: Task) => Promise<TaskOutcome>)
    | undefined;
}

/** How fast a provider may be asked. */
export interface Pace {
  /** Runs that start. */
  readonly throttle?: { readonly limit: number; readonly period: "1s" };
  /** Steps at once. */
  readonly concurrency?: { readonly limit: number };
}

/**
 * About four hours of trying: a provider's bad afternoon, and well within the
 * day that Resend and Stripe know an idempotency key.
 */
export const AUTOMATION_RETRIES = 10;

/**
 * Makes an automation that acts once on a new user.
 *
 * @param deps Inngest, store, clock, metrics and configuration.
 * @param options Its id, its pace and what it does.
 * @returns The function, to be served.
 */
export function createAutomation(
  deps: FunctionDependencies,
  options: AutomationOptions,
): InngestFunction.Any {
  const { id, name, pace, act } = options;
  return deps.inngest.createFunction(
    {
      id,
      name,
      triggers: [triggerOn("clerk/user.created", act !== undefined)],
      retries: AUTOMATION_RETRIES,
      ...pace,
      onFailure: (failure) => giveUp(deps, failure, [id]),
    },
    async ({ event, step }) => {
      const received = receiveEvent(event);
      const obstacle = findObstacle(deps, received);
      if (obstacle !== undefined) return skipped(obstacle);
      if (act === undefined) return skipped("not-configured");
      return await step.run("act", async () => {
        const task = taskOf(id, received);
        const person = readPerson(received);
        return person === null
          ? await skipTask(deps, task, "no-primary-email")
          : await act(person, task);
      });
    },
  );
}

/**
 * The trigger of what follows an event.
 *
 * @param event The event.
 * @param isConfigured Without it the trigger never fires: a run that does
 * nothing costs as much as one that does.
 * @returns The trigger.
 */
export function triggerOn<E extends SyncedEventName>(
  event: E,
  isConfigured: boolean,
): { event: E; if?: string } {
  return isConfigured ? { event } : { event, if: "false" };
}

/**
 * Why an automation must leave an event alone.
 *
 * @param deps The configuration.
 * @param event The event.
 * @returns The reason as a code; undefined when there is none.
 */
export function findObstacle(
  deps: Pick<FunctionDependencies, "config">,
  event: ReceivedEvent,
): string | undefined {
  if (event.replay?.mode === "data") return "data-replay";
  return isForeign(deps, event) ? "other-instance" : undefined;
}

/** @returns The outcome of leaving an event alone, without a trace in the ledger. */
export function skipped(reason: string): TaskOutcome {
  return { outcome: "skipped", reason };
}

/**
 * What an event asks an automation to do.
 *
 * @param automation Its name in the ledger.
 * @param event About a user.
 * @returns The task.
 * @throws {NonRetriableError} when the event names no user.
 */
export function taskOf(automation: string, event: ReceivedEvent): Task {
  const { subject: userId, eventId } = event;
  if (userId === null) {
    throw new NonRetriableError(
      `Cannot run ${automation}: the event names no user`,
    );
  }
  return { automation, userId, eventId };
}

/**
 * Reads whom an event is about.
 *
 * @param event A `user.created`.
 * @returns The person; null without a primary e-mail address.
 * @throws {NonRetriableError} when the payload is none of a user.
 */
export function readPerson(event: ReceivedEvent): Person | null {
  const user = parsePayload(clerkUser, event);
  const email = primaryEmail(user);
  if (email === null || email === undefined) return null;
  const { first_name: firstName = null, last_name: lastName = null } = user;
  return {
    userId: user.id,
    email: email.address,
    isVerified: email.isVerified,
    firstName,
    lastName,
    fullName: joinNames(firstName, lastName),
  };
}

/**
 * Keeps the dead letter of an automation, and what it says in the ledger.
 *
 * @param deps Store, clock, metrics and the live feed.
 * @param failure What Inngest tells of the failed run.
 * @param automations Its names in the ledger.
 */
export async function giveUp(
  deps: Pick<FunctionDependencies, "store" | "clock" | "metrics" | "feed">,
  failure: FunctionFailure,
  automations: readonly string[],
): Promise<void> {
  const { store, clock, metrics, feed } = deps;
  const { eventId, subject } = receiveEvent(failure.event.data.event);
  if (subject !== null) {
    const keys = automations.map((name) => ledgerKey(name, subject));
    await store.automationLedger.fail(keys, failure.error.message, clock.now());
  }
  await addDeadLetter(deps, failure);
  metrics.automations.inc({
    automation: automations[0] ?? "",
    outcome: "failed",
  });
  feed.publish({
    kind: "events-recorded",
    received: [],
    settled: [eventId],
    at: clock.now().getTime(),
  });
}
