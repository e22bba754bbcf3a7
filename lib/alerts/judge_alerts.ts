/**
 * What the signals mean: one rule for each kind of alert, without a clock or a
 * store of its own.
 *
 * A rule that goes by a measured value has two limits, so that an alert does not
 * open and close with every look; one that goes by little says that it cannot
 * tell. How silence is measured is in silence.ts.
 */
import type { AlertLimits } from "../config.ts";
import type { LagSummary } from "../lag_histogram.ts";
import type { AlertKind, AlertText, Verdict } from "./alert.ts";
import { ALERT_KINDS } from "./alert.ts";
import { describeDuration } from "./describe_duration.ts";

/** What is known at one instant. */
export interface AlertSignals {
  readonly now: Date;
  /** Undefined while no event has arrived. */
  readonly traffic: {
    readonly firstAt: Date;
    readonly newestAt: Date;
    /** Since when somebody listens without a break. */
    readonly listeningSince: Date;
    /** When the silence since both is unusual; null when it never is. */
    readonly silenceDueAt: Date | null;
  } | undefined;
  /**
   * When Clerk made its newest change, if we do not have it; null when we do or
   * have no key to ask with, undefined when Clerk did not answer.
   */
  readonly unseenChangeAt: Date | null | undefined;
  /** Differences between Clerk and MongoDB that are open. */
  readonly driftItems: number;
  /** How far the numbers of objects have been apart for half an hour at least. */
  readonly countedApart: number;
  /** Undefined without a key for Clerk's API: nothing can be scanned. */
  readonly scans: {
    /** When the last scan that went well ended, or else the watch began. */
    readonly goodAt: Date;
  } | undefined;
  /** Of the last quarter of an hour. */
  readonly lag: LagSummary;
  /** Events that failed for good and that nobody has replayed. */
  readonly deadLetters: number;
  /** Of the last hour. */
  readonly outcomes: { readonly events: number; readonly failed: number };
  /** Secrets that are configured and have verified events. */
  readonly secrets: readonly {
    readonly fingerprint: string;
    readonly firstAt: Date;
    readonly lastAt: Date;
  }[];
}

type Judgement = AlertText | "clear" | "holding";
type Rule = (signals: AlertSignals, limits: AlertLimits) => Judgement;

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** A webhook may take so long, one retry included, before it counts as lost. */
export const GRACE_MS = 2 * 60_000;
/** An alert on a share or a quantile closes at this part of its limit. */
const CLOSE_AT = 0.5;
/** Fewer events say nothing of a share or a quantile. */
const MIN_EVENTS = 20;
/** Four scans in a row that did not go well. */
const SCAN_OVERDUE_MS = DAY_MS;
/** After a rotation Svix signs with both secrets for so long. */
const ROTATION_MS = DAY_MS;

/**
 * Judges every kind of alert.
 *
 * @param signals What is known.
 * @param limits What raises an alert.
 * @returns One verdict a kind, the worst kinds first.
 */
export function judgeAlerts(
  signals: AlertSignals,
  limits: AlertLimits,
): readonly Verdict[] {
  return ALERT_KINDS.map((kind) => {
    const judgement = RULES[kind](signals, limits);
    return typeof judgement === "string"
      ? { kind, state: judgement }
      : { kind, state: "firing", ...judgement };
  });
}

const RULES: Readonly<Record<AlertKind, Rule>> = {
  "silence": judgeSilence,
  "dead-letters": judgeDeadLetters,
  "failure-rate": judgeFailureRate,
  "lag": judgeLag,
  "drift": judgeDrift,
  "scan-overdue": judgeScans,
  "old-secret": judgeSecrets,
};

function judgeSilence(
  { now, traffic, unseenChangeAt }: AlertSignals,
): Judgement {
  // Before the first event there is nothing that has stopped.
  if (traffic === undefined) return "clear";
  const { newestAt, listeningSince, silenceDueAt } = traffic;
  const alert = {
    title: "Webhooks are not arriving",
    path: `/dashboard/events?from=${toField(newestAt, -HOUR_MS)}`,
  };
  const advice =
    "Look at the endpoint in Clerk's dashboard: one that kept failing is disabled, and is recovered from there";
  const silence = `the last event arrived ${
    describeDuration(now.getTime() - newestAt.getTime())
  } ago`;
  const nowMs = now.getTime();
  const listenedMs = nowMs - listeningSince.getTime();
  const unseenMs = nowMs - (unseenChangeAt?.getTime() ?? Infinity);
  if (unseenMs >= GRACE_MS && listenedMs >= GRACE_MS) {
    return {
      ...alert,
      detail: `Clerk changed a user ${
        describeDuration(unseenMs)
      } ago and no webhook told; ${silence}. ${advice}.`,
    };
  }
  if (silenceDueAt !== null && silenceDueAt <= now) {
    const allowedMs = silenceDueAt.getTime() -
      Math.max(newestAt.getTime(), listeningSince.getTime());
    return {
      ...alert,
      detail: `At this hour of the week ${
        describeDuration(allowedMs)
      } of silence are unusual; ${silence}. ${advice}.`,
    };
  }
  // After a break nothing was heard yet that could end the alert from before it.
  if (newestAt < listeningSince) return "holding";
  // Without an answer of Clerk's nobody knows whether what was lost has come.
  const isHeard = nowMs - newestAt.getTime() < GRACE_MS;
  return unseenChangeAt === undefined && !isHeard ? "holding" : "clear";
}

function judgeDeadLetters({ deadLetters }: AlertSignals): Judgement {
  if (deadLetters === 0) return "clear";
  return {
    title: "Events failed for good",
    detail: `${count(deadLetters, "event")} failed after all attempts: ${
      deadLetters === 1 ? "what it asks" : "what they ask"
    } for is not done until replayed.`,
    path: "/dashboard/failures",
  };
}

function judgeFailureRate(
  { now, outcomes: { events, failed } }: AlertSignals,
  { failureShare }: AlertLimits,
): Judgement {
  const share = events === 0 ? 0 : failed / events;
  if (share < failureShare * CLOSE_AT) return "clear";
  if (share < failureShare || events < MIN_EVENTS) return "holding";
  return {
    title: "Many events fail",
    detail:
      `${failed} of the ${events} events of the last hour failed, which is ${
        (share * 100).toFixed(1)
      } %.`,
    path: `/dashboard/events?state=failed&from=${toField(now, -HOUR_MS)}`,
  };
}

function judgeLag(
  { now, lag: { p50Ms, p99Ms, count: writes } }: AlertSignals,
  { lagP99Ms }: AlertLimits,
): Judgement {
  if (p50Ms === null || p99Ms === null) return "clear";
  if (p99Ms < lagP99Ms * CLOSE_AT) return "clear";
  if (p99Ms < lagP99Ms || writes < MIN_EVENTS) return "holding";
  return {
    title: "Changes reach MongoDB late",
    detail: `From Clerk to the commit one write in a hundred took ${
      describeDuration(p99Ms)
    } or more in the last 15 minutes, half of them ${
      describeDuration(p50Ms)
    } or more.`,
    path: `/dashboard/events?state=applied&from=${toField(now, -HOUR_MS)}`,
  };
}

/** One limit is enough: the numbers change by scans, counts and repairs only. */
function judgeDrift(
  { driftItems, countedApart }: AlertSignals,
  limits: AlertLimits,
): Judgement {
  const alert = {
    title: "MongoDB differs from Clerk",
    path: "/dashboard/drift",
  };
  if (driftItems >= limits.driftItems) {
    return {
      ...alert,
      detail: `${
        count(driftItems, "difference")
      } found by the last scan and confirmed by a second look; each is listed with its cause.`,
    };
  }
  if (countedApart >= limits.driftItems) {
    return {
      ...alert,
      detail: `Clerk and MongoDB have been ${
        count(countedApart, "object")
      } apart for half an hour; a scan tells which.`,
    };
  }
  return "clear";
}

function judgeScans({ now, scans }: AlertSignals): Judgement {
  const age = scans && now.getTime() - scans.goodAt.getTime();
  if (age === undefined || age < SCAN_OVERDUE_MS) return "clear";
  return {
    title: "No scan for drift has gone well lately",
    detail: `For ${
      describeDuration(age)
    } nobody knows whether MongoDB agrees with Clerk; the page tells why the last scan did not go well.`,
    path: "/dashboard/drift",
  };
}

/** The secret that came into use last is the new one; others should retire. */
function judgeSecrets({ secrets }: AlertSignals): Judgement {
  const [newest, ...others] = secrets
    .toSorted((a, b) => b.firstAt.getTime() - a.firstAt.getTime());
  if (newest === undefined) return "clear";
  const overlapEndMs = newest.firstAt.getTime() + ROTATION_MS;
  const old = others.filter(({ lastAt }) => lastAt.getTime() > overlapEndMs);
  if (old.length === 0) return "clear";
  const names = old.map(({ fingerprint }) => fingerprint).join(", ");
  return {
    title: "An old webhook secret is still in use",
    detail:
      `Events still come with ${names} more than a day after ${newest.fingerprint} came into use: an endpoint has not been rotated. When it has, take the old one out of CLERK_WEBHOOK_SIGNING_SECRET.`,
    path: "/dashboard/system#secrets",
  };
}

function count(number: number, noun: string): string {
  return `${number.toLocaleString("en")} ${noun}${number === 1 ? "" : "s"}`;
}

/** An instant as the pages' filters have it: UTC, to the minute. */
function toField(at: Date, offsetMs: number): string {
  return new Date(at.getTime() + offsetMs).toISOString().slice(0, 16);
}
