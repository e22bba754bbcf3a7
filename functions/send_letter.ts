/**
 * One automatic e-mail to one person, once.
 *
 * Templates and React are loaded with the first e-mail: a service that sends none
 * starts without them.
 */
import type { Letter } from "../lib/emails/letter.ts";
import { parseSender, type Sender } from "../lib/emails/sender.ts";
import type { Mailer } from "../lib/providers/mailer.ts";
import type { Task } from "../lib/store/automation_ledger.ts";
import { type ActDependencies, actOnce, type TaskOutcome } from "./act_once.ts";
import type { FunctionDependencies } from "./dependencies.ts";

/** Resend forgets idempotency keys after 24 hours. */
const KEY_LIFETIME_MS = 24 * 60 * 60 * 1000;

/** Resend's default for an account: 2 requests a second. */
export const MAIL_PACE = { throttle: { limit: 2, period: "1s" } } as const;

/** What it takes to write to people. */
export interface Post {
  readonly mailer: Mailer;
  readonly sender: Sender;
}

/** A letter on its way. */
export interface Dispatch {
  /** Loads the letter. */
  readonly loadLetter: () => Promise<Letter>;
  readonly to: { readonly email: string; readonly firstName: string | null };
  /** Whether the person may want no more of its kind. */
  readonly isUnsubscribable: boolean;
}

/**
 * What it takes to write to people, if it is configured.
 *
 * @param deps Mailer and configuration.
 * @returns The mailer and who writes; undefined without either.
 */
export function postOf(
  { mailer, config }: Pick<FunctionDependencies, "mailer" | "config">,
): Post | undefined {
  const { resend } = config.providers;
  if (mailer === undefined || resend === undefined) return undefined;
  return { mailer, sender: parseSender(resend.from) };
}

/**
 * Sends a letter, unless it was sent before.
 *
 * @param deps Store, clock, metrics, and what it takes to write.
 * @param task The letter's name in the ledger, for whom, because of what.
 * @param dispatch The letter and the person.
 * @returns What became of it.
 * @throws As actOnce() does.
 */
export async function sendLetter(
  deps: ActDependencies & { readonly post: Post },
  task: Task,
  { loadLetter, to, isUnsubscribable }: Dispatch,
): Promise<TaskOutcome> {
  const { mailer, sender } = deps.post;
  const { composeEmail } = await import("../lib/emails/compose_email.tsx");
  const email = await composeEmail(
    await loadLetter(),
    sender.product,
    to.firstName,
  );
  return await actOnce(deps, task, {
    keyLifetimeMs: KEY_LIFETIME_MS,
    act: (idempotencyKey) =>
      mailer.send({
        ...email,
        to: to.email,
        idempotencyKey,
        ...(isUnsubscribable && {
          headers: { "List-Unsubscribe": unsubscribeBy(sender) },
        }),
      }),
  });
}

/** RFC 2369 §3.2: to the sender, who reads it. */
function unsubscribeBy({ address }: Sender): string {
  return `<mailto:${address}?subject=unsubscribe>`;
}
