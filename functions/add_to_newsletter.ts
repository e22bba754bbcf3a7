/**
 * Adds a new user to the newsletter's audience, once.
 *
 * A user may be deleted meanwhile. Whoever is deleted has a tombstone before
 * remove-from-newsletter looks at the ledger, and here the tombstone is looked
 * for after the ledger is written: one of the two sees the other.
 */
import type { InngestFunction } from "inngest";
import type { Newsletter, Subscription } from "../lib/providers/newsletter.ts";
import type { Task } from "../lib/store/automation_ledger.ts";
import {
  actOnce,
  askProvider,
  type ProviderResult,
  type TaskOutcome,
} from "./act_once.ts";
import { createAutomation, type Person } from "./automation.ts";
import type { FunctionDependencies } from "./dependencies.ts";

/** Its name in the ledger. */
export const NEWSLETTER = "add-to-newsletter";

/** Mailchimp allows ten connections at once. */
export const MAILCHIMP_PACE = { concurrency: { limit: 4 } };

/**
 * @param deps Inngest, store, clock, metrics, newsletter and configuration.
 * @returns The function `add-to-newsletter`.
 */
export function addToNewsletter(
  deps: FunctionDependencies,
): InngestFunction.Any {
  const { newsletter } = deps;
  return createAutomation(deps, {
    id: NEWSLETTER,
    name: "Add to newsletter",
    pace: MAILCHIMP_PACE,
    act: newsletter &&
      ((person, task) => subscribe({ ...deps, newsletter }, person, task)),
  });
}

/**
 * Adds one person, and takes a person who is deleted meanwhile out again.
 *
 * @param deps Store, clock, metrics and the newsletter.
 * @param person Whom.
 * @param task What the ledger calls it.
 * @returns What became of it.
 * @throws As actOnce() does.
 */
export async function subscribe(
  deps: Pick<FunctionDependencies, "store" | "clock" | "metrics"> & {
    readonly newsletter: Newsletter;
  },
  person: Person,
  task: Task,
): Promise<TaskOutcome> {
  const { store, newsletter } = deps;
  const outcome = await actOnce(deps, task, {
    keyLifetimeMs: undefined,
    act: async () => toResult(await newsletter.add(person)),
  });
  const { userId } = person;
  const isGone = await store.users.tombstones.findOne({ _id: userId }) !== null;
  const entry = isGone
    ? await store.automationLedger.read(NEWSLETTER, userId)
    : null;
  // By address, for an attempt that crashed may have added without a trace.
  if (entry?.asked_at === undefined) return outcome;
  await askProvider(() => newsletter.removeAddress(person.email));
  return { outcome: "skipped", reason: "user-deleted" };
}

function toResult(subscription: Subscription): ProviderResult {
  switch (subscription.kind) {
    case "added":
      return { id: subscription.contactId };
    case "known":
      return { id: null, note: "already-a-member" };
    case "forgotten":
      return { id: null, note: "forgotten-by-mailchimp" };
    default:
      return subscription satisfies never;
  }
}
