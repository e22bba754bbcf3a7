/**
 * Sends e-mails through Resend: the automations' and the alerts'.
 *
 * One request a call and no retrying: Inngest does that. Resend keeps an
 * idempotency key for 24 hours; within them the same request again sends nothing
 * and answers with the first id. Nothing connects before the first call.
 *
 * Source: Resend's API reference, "Send email", "Idempotency keys", "Errors";
 * resend 6.38.0, which answers failures as values.
 */
import { type ErrorResponse, Resend } from "resend";
import { type Clock, systemClock } from "../clock.ts";
import { parseRetryAfter } from "../retry_after.ts";
import { ProviderError } from "./provider_error.ts";

/** One message to one person. */
export interface OutgoingEmail {
  readonly to: string;
  readonly subject: string;
  readonly html: string;
  /** The same for readers without HTML. */
  readonly text: string;
  /** Names the message for good, 1 to 256 characters. */
  readonly idempotencyKey: string;
  /** Where answers go; default the sender. */
  readonly replyTo?: string;
  /** More headers of the message, such as List-Unsubscribe. */
  readonly headers?: Record<string, string>;
}

/** What sends e-mails. */
export interface Mailer {
  /**
   * Sends a message, unless its key was used before.
   *
   * @param email The message.
   * @returns Resend's id, the same for the same key.
   * @throws {ProviderError} when Resend does not take it; `retryable` tells
   * whether to try again, with the same key.
   */
  send(email: OutgoingEmail): Promise<{ readonly id: string }>;
}

/** How to reach Resend. */
export interface MailerOptions {
  readonly apiKey: string;
  /** Such as `Rollcall <hello@example.com>`. */
  readonly from: string;
  /** Default Resend's own address. */
  readonly baseUrl?: string | undefined;
  /** For the answer, ms. Default 10,000. */
  readonly timeoutMs?: number;
  /** What a date in Retry-After is compared with. */
  readonly clock?: Clock;
}

/** Said here, lest RESEND_BASE_URL of the process decides. */
const RESEND_URL = "https://api.resend.com";

/**
 * Binds sending to an account and a sender.
 *
 * @param options Key, sender and address.
 * @returns The mailer.
 */
export function createMailer(options: MailerOptions): Mailer {
  const { apiKey, from, baseUrl = RESEND_URL } = options;
  const { timeoutMs = 10_000, clock = systemClock } = options;
  const resend = new Resend(apiKey, { baseUrl });
  return {
    async send({ idempotencyKey, ...message }) {
      const timeout = new AbortController();
      const timer = setTimeout(() => timeout.abort(), timeoutMs);
      const answer = await resend.emails.send(
        { ...message, from },
        { idempotencyKey, signal: timeout.signal },
      ).finally(() => clearTimeout(timer));
      const { data: sent, error, headers } = answer;
      if (typeof sent?.id === "string") return { id: sent.id };
      const retryAfter = headers?.["retry-after"] ?? null;
      throw toError(error, parseRetryAfter(retryAfter, clock.now()));
    },
  };
}

/** Two requests with one key at once: the other may fail yet. */
const IN_PROGRESS = "concurrent_idempotent_requests";

/** An edge before Resend answers in forms of its own, even in good ones. */
function toError(
  error: Partial<ErrorResponse> | null,
  retryAfterMs: number | undefined,
): ProviderError {
  const { name = "no_code", statusCode } = error ?? { name: "unreadable_body" };
  return new ProviderError({
    provider: "Resend",
    task: "send an e-mail",
    status: statusCode ?? undefined,
    code: name,
    retryAfterMs,
    ...(name === IN_PROGRESS && { retryable: true }),
  });
}
