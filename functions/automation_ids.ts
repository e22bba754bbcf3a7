/** The functions that a replay of the data alone leaves out. */

/** Inngest's ids of what follows a user by way of a provider. */
export const AUTOMATION_IDS = [
  "send-welcome-email",
  "onboarding-emails",
  "create-trial",
  "add-to-newsletter",
  "remove-from-newsletter",
] as const;

/** The id of an automation. */
export type AutomationId = typeof AUTOMATION_IDS[number];
