/**
 * Looks every minute whether something is wrong, opens and closes alerts, and
 * tells of them.
 *
 * A run looks once, and again at the instant in its minute at which silence
 * becomes unusual or a message may be tried again, so an alert is as early as its
 * rule and not as the next minute. The banner of the dashboard reads the alerts
 * from the store, and notices by the heartbeat when this does not run.
 */
import { cron, type InngestFunction } from "inngest";
import { GRACE_MS, judgeAlerts } from "../lib/alerts/judge_alerts.ts";
import { fingerprintSecret } from "../lib/clerk/verify_webhook.ts";
import { ALERTS_CHECK_REQUESTED } from "../lib/requests.ts";
import type { DueNotice } from "../lib/store/alert_notices.ts";
import { readAlertSignals } from "../lib/store/alert_signals.ts";
import { runningSince, WATCH_ALERTS } from "../lib/store/heartbeats.ts";
import { logger } from "../lib/telemetry/log.ts";
import {
  addRecurringDeadLetter,
  closeRecurringDeadLetter,
} from "./dead_letter.ts";
import type { FunctionDependencies } from "./dependencies.ts";
import { findUnseenChange } from "./find_unseen_change.ts";
import { listAlertChannels, tellAlert } from "./tell_alert.ts";

/** A run is over before the next one begins, ms. */
const RUN_MS = 55_000;
/** After a message that was not taken, ms; it says itself when it is due. */
const TRY_AGAIN_MS = 11_000;
/** Looks in a run, should the clock stand still. */
const MAX_LOOKS = 30;

/** What a look needs. */
export type LookDependencies = Pick<
  FunctionDependencies,
  "store" | "clock" | "config" | "clerkApi" | "mailer" | "feed"
>;

/** What a look found; JSON, for Inngest keeps it. */
export interface Look {
  readonly atMs: number;
  /** Messages to be sent now. */
  readonly due: readonly Omit<DueNotice, "at">[];
  /** When another look will find something new, if that is known. */
  readonly nextMs: number | null;
}

const log = logger("alerts");

/**
 * @param deps Inngest, store, clock, settings, feed, and the Clerk API and the
 * mailer where there are any.
 * @returns The function `watch-alerts`.
 */
export function watchAlerts(deps: FunctionDependencies): InngestFunction.Any {
  return deps.inngest.createFunction(
    {
      id: WATCH_ALERTS,
      name: "Watch for alerts",
      triggers: [cron("* * * * *"), { event: ALERTS_CHECK_REQUESTED }],
      // The next minute's run looks again, and the store keeps what is to be sent.
      retries: 0,
      onFailure: async (failure) => {
        log.error("Nobody looked for alerts: {reason}", {
          reason: failure.error.message,
        });
        await addRecurringDeadLetter(deps, failure);
      },
    },
    async ({ step }) => {
      let untilMs = Infinity;
      for (let count = 0; count < MAX_LOOKS; count++) {
        const look = await step.run(`look-${count}`, () => lookForAlerts(deps));
        for (const notice of look.due) {
          const { alertId, phase, channel } = notice;
          await step.run(
            `tell-${count}-${channel}-${phase}-${alertId}`,
            () => tellAlert(deps, notice),
          );
        }
        untilMs = Math.min(untilMs, look.atMs + RUN_MS);
        if (look.nextMs === null || look.nextMs > untilMs) break;
        await step.sleepUntil(`wait-${count}`, new Date(look.nextMs));
      }
    },
  );
}

/**
 * Looks once: reads the signals, judges them, opens and closes alerts.
 *
 * @param deps Store, clock, settings, feed, and the Clerk API and the mailer
 * where there are any.
 * @returns What there is to tell, and when to look again.
 */
export async function lookForAlerts(deps: LookDependencies): Promise<Look> {
  const { store, clock, config, clerkApi, feed } = deps;
  await store.ensureIndexes();
  // Before the look, which counts dead letters: its own is no news to anybody.
  await closeRecurringDeadLetter(deps, WATCH_ALERTS);
  const now = clock.now();
  const { limits } = config.alerts;
  const [heartbeat, secrets] = await Promise.all([
    store.heartbeats.read(WATCH_ALERTS),
    Promise.all(config.clerk.webhookSecrets.map(fingerprintSecret)),
  ]);
  const stored = await readAlertSignals(store, {
    now,
    limits,
    secrets,
    canScan: clerkApi !== undefined,
    watchedSince: heartbeat?.first_at ?? now,
    listeningSince: runningSince(heartbeat, now),
  });
  const unseenChangeAt = stored.traffic === undefined
    ? null
    : await findUnseenChange(deps, stored.traffic.firstAt);
  const changes = await store.alerts.apply(
    judgeAlerts({ ...stored, unseenChangeAt }, limits),
    { now, channels: listAlertChannels(deps) },
  );
  await store.heartbeats.beat(WATCH_ALERTS, now);
  for (const kind of changes.opened) log.error("Alert: {kind}", { kind });
  for (const kind of changes.closed) log.info("Alert over: {kind}", { kind });
  if (changes.opened.length + changes.closed.length > 0) {
    feed.publish({ kind: "alerts-changed", ...changes, at: now.getTime() });
  }
  return await planNext(deps, now, [
    stored.traffic?.silenceDueAt?.getTime(),
    unseenChangeAt && unseenChangeAt.getTime() + GRACE_MS,
  ]);
}

async function planNext(
  { store }: Pick<LookDependencies, "store">,
  now: Date,
  instantsMs: readonly (number | null | undefined)[],
): Promise<Look> {
  const atMs = now.getTime();
  const notices = await store.alertNotices.listDue();
  const due = notices
    .filter(({ at }) => at.getTime() <= atMs)
    .map(({ alertId, phase, channel }) => ({ alertId, phase, channel }));
  const laterMs = [
    ...instantsMs,
    ...notices.map(({ at }) => at.getTime()),
    due.length > 0 ? atMs + TRY_AGAIN_MS : null,
  ]
    .filter((ms) => ms !== null && ms !== undefined)
    .filter((ms) => ms > atMs);
  return {
    atMs,
    due,
    nextMs: laterMs.length === 0 ? null : Math.min(...laterMs),
  };
}
