/**
 * Three letters in a new user's first week, each once; none after the user is
 * deleted, banned or wants no more.
 *
 * Each letter goes to whom the user is by then: the address and the name that
 * MongoDB has on the day. To end the series for one user, set
 * `onboarding_emails` to false in the user's public metadata at Clerk.
 */
import type { InngestFunction } from "inngest";
import { ledgerKey } from "../lib/store/automation_ledger.ts";
import type { Store } from "../lib/store/store.ts";
import { skipTask, type TaskOutcome } from "./act_once.ts";
import {
  AUTOMATION_RETRIES,
  findObstacle,
  giveUp,
  type Person,
  readPerson,
  skipped,
  taskOf,
  triggerOn,
} from "./automation.ts";
import type { AutomationId } from "./automation_ids.ts";
import type { FunctionDependencies } from "./dependencies.ts";
import { receiveEvent } from "./received_event.ts";
import { MAIL_PACE, postOf, sendLetter } from "./send_letter.ts";

const ID = "onboarding-emails" satisfies AutomationId;

/** A letter of the series: its name in the ledger, and the wait before it. */
interface Episode {
  readonly automation: string;
  readonly wait: `${number}d`;
}

/** After one day, three days and a week, as the letters say. */
const EPISODES: readonly Episode[] = [
  { automation: `${ID}:1`, wait: "1d" },
  { automation: `${ID}:2`, wait: "2d" },
  { automation: `${ID}:3`, wait: "4d" },
];

/** To whom a letter goes; JSON, for Inngest keeps it between two steps. */
export type Reader =
  | {
    readonly kind: "write";
    readonly email: string;
    readonly firstName: string | null;
  }
  | { readonly kind: "skip"; readonly reason: string };

/**
 * @param deps Inngest, store, clock, metrics, mailer and configuration.
 * @returns The function `onboarding-emails`.
 */
export function onboardingEmails(
  deps: FunctionDependencies,
): InngestFunction.Any {
  const { store } = deps;
  const post = postOf(deps);
  return deps.inngest.createFunction(
    {
      id: ID,
      name: "Onboarding e-mails",
      triggers: [triggerOn("clerk/user.created", post !== undefined)],
      cancelOn: [{
        event: "clerk/user.deleted",
        if: "event.data.id == async.data.id",
      }],
      retries: AUTOMATION_RETRIES,
      ...MAIL_PACE,
      onFailure: (failure) =>
        giveUp(deps, failure, EPISODES.map(({ automation }) => automation)),
    },
    async ({ event, step }) => {
      const received = receiveEvent(event);
      const obstacle = findObstacle(deps, received);
      if (obstacle !== undefined) return skipped(obstacle);
      if (post === undefined) return skipped("not-configured");
      const { userId } = taskOf(ID, received);
      const isOver = await step.run(
        "begin",
        () => hasAllLetters(store, userId),
      );
      if (isOver) return skipped("already-done");

      const outcomes: TaskOutcome[] = [];
      for (const [index, { automation, wait }] of EPISODES.entries()) {
        await step.sleep(`wait-${index + 1}`, wait);
        // A step of its own: another try must write to the same reader.
        const reader = await step.run(
          `find-reader-${index + 1}`,
          () => findReader(store, userId, readPerson(received)),
        );
        outcomes.push(
          await step.run(`letter-${index + 1}`, () => {
            const task = taskOf(automation, received);
            return reader.kind === "skip"
              ? skipTask(deps, task, reader.reason)
              : sendLetter({ ...deps, post }, task, {
                loadLetter: () => loadLetter(index),
                to: reader,
                isUnsubscribable: true,
              });
          }),
        );
      }
      return outcomes;
    },
  );
}

/** A replay must not sleep for a week to find that there is nothing to do. */
async function hasAllLetters(store: Store, userId: string): Promise<boolean> {
  await store.ensureIndexes();
  const done = await store.automationLedger.documents.countDocuments({
    _id: {
      $in: EPISODES.map(({ automation }) => ledgerKey(automation, userId)),
    },
    state: "done",
  });
  return done === EPISODES.length;
}

/**
 * Decides to whom the next letter goes.
 *
 * @param store The store.
 * @param userId The user.
 * @param person As the event has them; for a user whom the sync has not stored.
 * @returns The reader, or why there is none.
 */
export async function findReader(
  store: Pick<Store, "users">,
  userId: string,
  person: Person | null,
): Promise<Reader> {
  const user = await store.users.documents.findOne({ _id: userId });
  if (user?.banned === true) return { kind: "skip", reason: "banned" };
  if (hasOptedOut(user?.public_metadata)) {
    return { kind: "skip", reason: "opted-out" };
  }
  const email = user === null ? person?.email : user.email;
  const firstName = user === null ? person?.firstName : user.first_name;
  return email === null || email === undefined
    ? { kind: "skip", reason: "no-primary-email" }
    : { kind: "write", email, firstName: firstName ?? null };
}

function hasOptedOut(metadata: unknown): boolean {
  return typeof metadata === "object" && metadata !== null &&
    Reflect.get(metadata, "onboarding_emails") === false;
}

async function loadLetter(index: number) {
  const { ONBOARDING_LETTERS } = await import(
    "../lib/emails/onboarding_emails.tsx"
  );
  const letter = ONBOARDING_LETTERS[index];
  if (letter === undefined) {
    throw new RangeError(`Cannot load onboarding letter: there is no ${index}`);
  }
  return letter;
}
