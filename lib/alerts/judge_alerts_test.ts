import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { readConfig } from "../config.ts";
import type { AlertKind, Verdict } from "./alert.ts";
import { type AlertSignals, judgeAlerts } from "./judge_alerts.ts";

const NOW = new Date("2026-01-26T09:00:00Z");
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const { limits: LIMITS } = readConfig({}).alerts;

const ago = (ms: number) => new Date(NOW.getTime() - ms);

/** Twenty minutes are allowed. */
const silentFor = (ms: number) => ({
  firstAt: ago(90 * DAY_MS),
  newestAt: ago(ms),
  listeningSince: ago(90 * DAY_MS),
  silenceDueAt: ago(ms - 20 * MINUTE_MS),
});

/** Nothing is wrong. */
const CALM: AlertSignals = {
  now: NOW,
  traffic: silentFor(MINUTE_MS),
  unseenChangeAt: null,
  driftItems: 0,
  countedApart: 0,
  scans: { goodAt: ago(HOUR_MS) },
  lag: { count: 100, p50Ms: 40, p95Ms: 200, p99Ms: 900 },
  deadLetters: 0,
  outcomes: { events: 100, failed: 0 },
  secrets: [],
};

function verdictOf(kind: AlertKind, signals: Partial<AlertSignals>): Verdict {
  const all = judgeAlerts({ ...CALM, ...signals }, LIMITS);
  return all.find((verdict) => verdict.kind === kind)!;
}

Deno.test("judgeAlerts() raises nothing when nothing is wrong", () => {
  const states = judgeAlerts(CALM, LIMITS).map(({ state }) => state);
  assertEquals(new Set(states), new Set(["clear"]));
  assertEquals(states.length, 7);
});

const writes = (count: number, p99Ms: number) => ({
  lag: { count, p50Ms: 10, p95Ms: 20, p99Ms },
});
const used = (fingerprint: string, firstMs: number, lastMs: number) => ({
  fingerprint,
  firstAt: ago(firstMs),
  lastAt: ago(lastMs),
});

const CASES: [AlertKind, string, Partial<AlertSignals>, Verdict["state"]][] = [
  ["silence", "before any event", { traffic: undefined }, "clear"],
  [
    "silence",
    "just before it is due",
    { traffic: silentFor(20 * MINUTE_MS - 1) },
    "clear",
  ],
  ["silence", "once due", { traffic: silentFor(20 * MINUTE_MS) }, "firing"],
  [
    "silence",
    "in hours that are always silent",
    { traffic: { ...silentFor(DAY_MS), silenceDueAt: null } },
    "clear",
  ],
  [
    "silence",
    "a change that may be on its way",
    { unseenChangeAt: ago(2 * MINUTE_MS - 1) },
    "clear",
  ],
  [
    "silence",
    "a change that nobody told of",
    { unseenChangeAt: ago(2 * MINUTE_MS) },
    "firing",
  ],
  [
    "silence",
    "no answer of Clerk's in a short silence",
    { unseenChangeAt: undefined, traffic: silentFor(5 * MINUTE_MS) },
    "holding",
  ],
  [
    "silence",
    "no answer of Clerk's while events arrive",
    { unseenChangeAt: undefined, traffic: silentFor(MINUTE_MS) },
    "clear",
  ],
  [
    "silence",
    "a change that may have come while nobody listened",
    {
      unseenChangeAt: ago(DAY_MS),
      traffic: {
        ...silentFor(DAY_MS),
        listeningSince: ago(2 * MINUTE_MS - 1),
        silenceDueAt: null,
      },
    },
    "holding",
  ],
  [
    "silence",
    "a change that did not come after a break either",
    {
      unseenChangeAt: ago(DAY_MS),
      traffic: {
        ...silentFor(MINUTE_MS),
        listeningSince: ago(2 * MINUTE_MS),
      },
    },
    "firing",
  ],
  ["dead-letters", "one", { deadLetters: 1 }, "firing"],
  [
    "failure-rate",
    "at the limit",
    { outcomes: { events: 100, failed: 5 } },
    "firing",
  ],
  [
    "failure-rate",
    "between the limits",
    { outcomes: { events: 100, failed: 4 } },
    "holding",
  ],
  [
    "failure-rate",
    "below half of the limit",
    { outcomes: { events: 100, failed: 2 } },
    "clear",
  ],
  [
    "failure-rate",
    "of a few events",
    { outcomes: { events: 19, failed: 9 } },
    "holding",
  ],
  [
    "failure-rate",
    "of no events",
    { outcomes: { events: 0, failed: 0 } },
    "clear",
  ],
  ["lag", "at the limit", writes(20, 60_000), "firing"],
  ["lag", "between the limits", writes(100, 31_000), "holding"],
  ["lag", "below half of the limit", writes(100, 29_000), "clear"],
  ["lag", "of a few writes", writes(19, 600_000), "holding"],
  [
    "lag",
    "without writes",
    { lag: { count: 0, p50Ms: null, p95Ms: null, p99Ms: null } },
    "clear",
  ],
  ["drift", "one difference", { driftItems: 1 }, "firing"],
  ["drift", "numbers that stay apart", { countedApart: 1 }, "firing"],
  [
    "scan-overdue",
    "after a day",
    { scans: { goodAt: ago(DAY_MS) } },
    "firing",
  ],
  [
    "scan-overdue",
    "just before a day",
    { scans: { goodAt: ago(DAY_MS - 1) } },
    "clear",
  ],
  ["scan-overdue", "without a key", { scans: undefined }, "clear"],
  ["old-secret", "only one", { secrets: [used("a", DAY_MS, 0)] }, "clear"],
  [
    "old-secret",
    "used while Svix signs with both",
    { secrets: [used("a", 9 * DAY_MS, DAY_MS), used("b", 2 * DAY_MS, 0)] },
    "clear",
  ],
  [
    "old-secret",
    "used after that",
    { secrets: [used("a", 9 * DAY_MS, DAY_MS - 1), used("b", 2 * DAY_MS, 0)] },
    "firing",
  ],
];

for (const [kind, what, signals, state] of CASES) {
  Deno.test(`judgeAlerts() finds ${kind} ${state}: ${what}`, () => {
    assertEquals(verdictOf(kind, signals).state, state);
  });
}

Deno.test("judgeAlerts() says what is wrong, in numbers, and where to look", () => {
  const silence = verdictOf("silence", {
    traffic: silentFor(42 * MINUTE_MS),
  });
  assert(silence.state === "firing");
  assertStringIncludes(silence.detail, "20 minutes of silence are unusual");
  assertStringIncludes(silence.detail, "arrived 42 minutes ago");
  assertEquals(silence.path, "/dashboard/events?from=2026-01-26T07:18");

  const letters = verdictOf("dead-letters", { deadLetters: 1_200 });
  assert(letters.state === "firing");
  assertStringIncludes(letters.detail, "1,200 events failed");
  assertEquals(letters.path, "/dashboard/failures");
});

Deno.test("judgeAlerts() names the old secret, whatever their order", () => {
  const secrets = [used("new", 3 * DAY_MS, 0), used("old", 9 * DAY_MS, 0)];
  for (const order of [secrets, secrets.toReversed()]) {
    const verdict = verdictOf("old-secret", { secrets: order });
    assert(verdict.state === "firing");
    assertStringIncludes(verdict.detail, "still come with old more");
  }
});
