/**
 * Sends one message about an alert to one place, once.
 *
 * A place that does not take it is tried again later, by this run or another, and
 * the alert stays where it is: what is wrong does not depend on who was told.
 */
import {
  type AlertMessage,
  toAlertMessage,
} from "../lib/alerts/alert_message.ts";
import { createAlertWebhook } from "../lib/providers/alert_webhook.ts";
import { ProviderError } from "../lib/providers/provider_error.ts";
import type { NoticeKey, NoticeOutcome } from "../lib/store/alert_notices.ts";
import type { AlertChannel } from "../lib/store/alerts.ts";
import { logger } from "../lib/telemetry/log.ts";
import type { FunctionDependencies } from "./dependencies.ts";

/** What telling needs. */
export type TellDependencies = Pick<
  FunctionDependencies,
  "store" | "clock" | "config" | "mailer"
>;

const log = logger("alerts");

/**
 * Finds where alerts are told.
 *
 * @param deps Settings, and the mailer if there is an account.
 * @returns The places that are configured.
 */
export function listAlertChannels(
  { config, mailer }: Pick<TellDependencies, "config" | "mailer">,
): readonly AlertChannel[] {
  const { webhookUrl, email } = config.alerts;
  return [
    ...(webhookUrl === undefined ? [] : ["webhook" as const]),
    ...(email === undefined || mailer === undefined ? [] : ["email" as const]),
  ];
}

/**
 * Sends a message, unless it was sent or somebody is at it.
 *
 * @param deps Store, clock, settings and mailer.
 * @param key The message.
 * @returns What came of it; `skipped` when there was nothing to send.
 */
export async function tellAlert(
  deps: TellDependencies,
  key: NoticeKey,
): Promise<NoticeOutcome["kind"] | "skipped"> {
  const { store, clock, config } = deps;
  const { phase } = key;
  const claimed = await store.alertNotices.claim(key, clock.now());
  if (claimed === null) return "skipped";
  const origin = config.publicUrl ?? `http://localhost:${config.port}`;
  const outcome = await attempt(
    deps,
    key,
    toAlertMessage(claimed, { phase, origin }),
  );
  const now = clock.now();
  await store.alertNotices.settle(key, { claimed, outcome, now });
  if (outcome.kind === "failed") {
    log.warning("Alert {alertId} was not taken by {channel}: {error}", {
      ...key,
      error: outcome.error,
    });
  }
  return outcome.kind;
}

async function attempt(
  deps: TellDependencies,
  key: NoticeKey,
  message: AlertMessage,
): Promise<NoticeOutcome> {
  const { webhookUrl, email } = deps.config.alerts;
  const idempotencyKey = `rollcall-alert:${key.alertId}:${key.phase}`;
  try {
    switch (key.channel) {
      case "webhook": {
        if (webhookUrl === undefined) return notSet("ALERT_WEBHOOK_URL");
        const { clock } = deps;
        await createAlertWebhook({ url: webhookUrl, clock })
          .send(message, idempotencyKey);
        break;
      }
      case "email":
        if (email === undefined || deps.mailer === undefined) {
          return notSet("ALERT_EMAIL");
        }
        await deps.mailer.send({
          ...toEmail(message),
          to: email,
          idempotencyKey,
        });
        break;
      default:
        key.channel satisfies never;
    }
    return { kind: "sent" };
  } catch (error) {
    if (!(error instanceof ProviderError)) throw error;
    return {
      kind: "failed",
      error: error.message,
      isFinal: !error.retryable,
      retryAfterMs: error.retryAfterMs,
    };
  }
}

/** The place was configured when the alert opened. */
function notSet(variable: string): NoticeOutcome {
  return {
    kind: "failed",
    error: `${variable} is not set any more`,
    isFinal: true,
    retryAfterMs: undefined,
  };
}

function toEmail({ subject, body, url }: AlertMessage) {
  const [htmlBody, htmlUrl] = [body, url].map(escapeHtml);
  return {
    subject,
    text: `${body}\n\n${url}\n`,
    html: `<p>${htmlBody}</p>\n<p><a href="${htmlUrl}">${htmlUrl}</a></p>\n`,
  };
}

function escapeHtml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}
