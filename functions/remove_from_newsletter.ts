/**
 * Takes a deleted user out of the newsletter's audience, if add-to-newsletter
 * had added them. The event names no address; the ledger has Mailchimp's id.
 */
import type { InngestFunction } from "inngest";
import type { Newsletter } from "../lib/providers/newsletter.ts";
import { askProvider, type TaskOutcome } from "./act_once.ts";
import { MAILCHIMP_PACE, NEWSLETTER } from "./add_to_newsletter.ts";
import {
  AUTOMATION_RETRIES,
  findObstacle,
  skipped,
  taskOf,
  triggerOn,
} from "./automation.ts";
import type { AutomationId } from "./automation_ids.ts";
import { addDeadLetter } from "./dead_letter.ts";
import type { FunctionDependencies } from "./dependencies.ts";
import {
  type ReceivedEvent,
  receiveEvent,
  tombstoneOf,
} from "./received_event.ts";

/**
 * @param deps Inngest, store, clock, newsletter and configuration.
 * @returns The function `remove-from-newsletter`.
 */
export function removeFromNewsletter(
  deps: FunctionDependencies,
): InngestFunction.Any {
  const { newsletter } = deps;
  return deps.inngest.createFunction(
    {
      id: "remove-from-newsletter" satisfies AutomationId,
      name: "Remove from newsletter",
      triggers: [triggerOn("clerk/user.deleted", newsletter !== undefined)],
      retries: AUTOMATION_RETRIES,
      ...MAILCHIMP_PACE,
      onFailure: (failure) => addDeadLetter(deps, failure),
    },
    async ({ event, step }) => {
      const received = receiveEvent(event);
      const obstacle = findObstacle(deps, received);
      if (obstacle !== undefined) return skipped(obstacle);
      if (newsletter === undefined) return skipped("not-configured");
      return await step.run(
        "remove",
        () => unsubscribe({ ...deps, newsletter }, received),
      );
    },
  );
}

/**
 * Takes out the user of an event.
 *
 * @param deps Store and newsletter.
 * @param event A `user.deleted`.
 * @returns Whether there was somebody to take out.
 * @throws As askProvider() does.
 */
export async function unsubscribe(
  { store, newsletter }: Pick<FunctionDependencies, "store"> & {
    readonly newsletter: Newsletter;
  },
  event: ReceivedEvent,
): Promise<TaskOutcome> {
  const { userId } = taskOf(NEWSLETTER, event);
  await store.ensureIndexes();
  await store.users.leaveTombstone(tombstoneOf(event, userId));
  const entry = await store.automationLedger.read(NEWSLETTER, userId);
  const contactId = entry?.provider_id ?? null;
  if (contactId === null) return skipped("not-added");
  await askProvider(() => newsletter.remove(contactId));
  return { outcome: "done", reason: null };
}
