/** Welcomes a new user by e-mail, once. */
import type { InngestFunction } from "inngest";
import { createAutomation } from "./automation.ts";
import type { FunctionDependencies } from "./dependencies.ts";
import { MAIL_PACE, postOf, sendLetter } from "./send_letter.ts";

/**
 * @param deps Inngest, store, clock, metrics, mailer and configuration.
 * @returns The function `send-welcome-email`.
 */
export function sendWelcomeEmail(
  deps: FunctionDependencies,
): InngestFunction.Any {
  const post = postOf(deps);
  return createAutomation(deps, {
    id: "send-welcome-email",
    name: "Send welcome e-mail",
    pace: MAIL_PACE,
    act: post && ((person, task) =>
      sendLetter({ ...deps, post }, task, {
        loadLetter: async () =>
          (await import("../lib/emails/welcome_email.tsx")).WELCOME_LETTER,
        to: person,
        isUnsubscribable: false,
      })),
  });
}
