/**
 * What is told of an alert, the same wherever it is told: a sentence, the numbers
 * and the page to look at.
 */
import type { AlertPhase, AlertText } from "./alert.ts";
import { describeDuration } from "./describe_duration.ts";

/** What is told of. */
export interface ToldAlert extends AlertText {
  readonly opened_at: Date;
  readonly closed_at: Date | null;
}

/** A message as plain text in parts. */
export interface AlertMessage {
  readonly phase: AlertPhase;
  /** One line. */
  readonly subject: string;
  readonly body: string;
  /** The page of the dashboard, filtered. */
  readonly url: string;
  /** When what is told happened. */
  readonly at: Date;
}

/** What happened, and where the dashboard is. */
export interface AlertMessageOptions {
  readonly phase: AlertPhase;
  /** As browsers see it, without a trailing slash. */
  readonly origin: string;
}

/**
 * Puts an alert into words.
 *
 * @param alert The alert.
 * @param options What happened to it, and where its page is.
 * @returns The message.
 */
export function toAlertMessage(
  alert: ToldAlert,
  { phase, origin }: AlertMessageOptions,
): AlertMessage {
  const { title, detail, path, opened_at, closed_at } = alert;
  const url = `${origin}${path}`;
  if (phase === "opened") {
    const subject = `Rollcall alert: ${title}`;
    return { phase, subject, body: detail, url, at: opened_at };
  }
  const at = closed_at ?? opened_at;
  const lasted = describeDuration(at.getTime() - opened_at.getTime());
  return {
    phase,
    subject: `Rollcall alert is over: ${title}`,
    body: `It is not so any more, after ${lasted}.`,
    url,
    at,
  };
}
