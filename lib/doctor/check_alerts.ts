/** Whether somebody looks for alerts, and whether anybody would be told. */
import { describeDuration } from "../alerts/describe_duration.ts";
import type { AlertConfig } from "../config.ts";
import { type Heartbeat, STALLED_MS } from "../store/heartbeats.ts";
import type { CheckResult } from "./run_checks.ts";

/** What the check goes by. */
export interface WatchState {
  /** When alerts were looked for; null when they never were. */
  readonly heartbeat: Pick<Heartbeat, "last_at"> | null;
  readonly places: Pick<AlertConfig, "webhookUrl" | "email">;
  readonly now: Date;
}

/**
 * Judges the watch.
 *
 * @param state What is known of it.
 * @returns Failed when nobody looks, skipped when nobody would be told.
 */
export function checkAlerts(
  { heartbeat, places, now }: WatchState,
): CheckResult {
  if (heartbeat === null) {
    return {
      kind: "skipped",
      detail: "nobody has looked yet; the first look is within a minute",
    };
  }
  const agoMs = Math.max(0, now.getTime() - heartbeat.last_at.getTime());
  const look = `last look ${describeDuration(agoMs)} ago`;
  if (agoMs > STALLED_MS) {
    return {
      kind: "failed",
      detail: `${look}: does Inngest call watch-alerts?`,
    };
  }
  const told = [
    ...(places.webhookUrl === undefined ? [] : ["the webhook"]),
    ...(places.email === undefined ? [] : ["e-mail"]),
  ];
  if (told.length > 0) {
    return { kind: "ok", detail: `${look}, told by ${told.join(" and ")}` };
  }
  return {
    kind: "skipped",
    detail:
      `${look}; set ALERT_WEBHOOK_URL or ALERT_EMAIL, and somebody is told`,
  };
}
