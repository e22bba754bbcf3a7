/**
 * Posts alerts to an address that takes Slack's JSON: Slack's incoming webhooks,
 * and what imitates them (Mattermost, Discord with `/slack`, Rocket.Chat).
 *
 * One request a call and no retrying: the store keeps what is to be sent. Slack
 * knows no idempotency, so the message carries a header that a relay of one's own
 * may go by. The address is a secret and is in no error.
 *
 * Source: Slack's "Sending messages using incoming webhooks" and "Formatting
 * text for app surfaces" (escaping of &, < and >).
 */
import type { AlertMessage } from "../alerts/alert_message.ts";
import { type Clock, systemClock } from "../clock.ts";
import { parseRetryAfter } from "../retry_after.ts";
import { ProviderError } from "./provider_error.ts";

/** What posts alerts. */
export interface AlertWebhook {
  /**
   * Posts a message.
   *
   * @param message The message.
   * @param key Names the message for good.
   * @throws {ProviderError} when it is not taken; `retryable` tells whether to
   * try again.
   */
  send(message: AlertMessage, key: string): Promise<void>;
}

/** Where to, and how long to wait. */
export interface AlertWebhookOptions {
  readonly url: string;
  /** For the answer, ms. Default 10,000. */
  readonly timeoutMs?: number;
  /** What a date in Retry-After is compared with. */
  readonly clock?: Clock;
}

const PROVIDER = "Alert webhook";
const TASK = "send an alert";

/**
 * Binds posting to an address.
 *
 * @param options Where to, and how long to wait.
 * @returns The poster; it holds no connection of its own.
 */
export function createAlertWebhook(
  options: AlertWebhookOptions,
): AlertWebhook {
  const { url, timeoutMs = 10_000, clock = systemClock } = options;
  return {
    async send(message, key) {
      const answer = await post(url, { message, key, timeoutMs });
      await answer.body?.cancel();
      if (answer.ok) return;
      const retryAfter = answer.headers.get("retry-after");
      throw new ProviderError({
        provider: PROVIDER,
        task: TASK,
        status: answer.status,
        code: "not_taken",
        retryAfterMs: parseRetryAfter(retryAfter, clock.now()),
      });
    },
  };
}

async function post(
  url: string,
  { message, key, timeoutMs }: {
    readonly message: AlertMessage;
    readonly key: string;
    readonly timeoutMs: number;
  },
): Promise<Response> {
  const timeout = new AbortController();
  const timer = setTimeout(() => timeout.abort(), timeoutMs);
  try {
    return await fetch(url, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        "idempotency-key": key,
      },
      body: JSON.stringify(toSlack(message)),
      // A redirect would turn the POST into a GET that sends nothing.
      redirect: "manual",
      signal: timeout.signal,
    });
  } catch {
    // What fetch says names the address, which is a secret.
    throw new ProviderError({
      provider: PROVIDER,
      task: TASK,
      code: timeout.signal.aborted ? "timeout" : "unreachable",
    });
  } finally {
    clearTimeout(timer);
  }
}

function toSlack({ phase, subject, body, url, at }: AlertMessage) {
  const [title, text] = [subject, body].map(escapeSlack);
  return {
    text: title,
    attachments: [{
      color: phase === "opened" ? "danger" : "good",
      fallback: `${title}: ${text}`,
      title: "Look at it in the dashboard",
      title_link: url,
      text,
      ts: Math.floor(at.getTime() / 1000),
    }],
  };
}

function escapeSlack(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;");
}
