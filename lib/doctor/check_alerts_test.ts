import { assertEquals, assertStringIncludes } from "@std/assert";
import { checkAlerts, type WatchState } from "./check_alerts.ts";

const NOW = new Date("2026-01-26T09:00:00Z");
const NOWHERE = { webhookUrl: undefined, email: undefined };
const SLACK = { ...NOWHERE, webhookUrl: "https://hooks.example.com" };
const lookedAgo = (ms: number) => ({ last_at: new Date(NOW.getTime() - ms) });

const CASES: [string, Omit<WatchState, "now">, string, string][] = [
  [
    "nobody has looked yet",
    { heartbeat: null, places: SLACK },
    "skipped",
    "first look",
  ],
  [
    "nobody has looked for long",
    { heartbeat: lookedAgo(300_001), places: SLACK },
    "failed",
    "5 minutes ago",
  ],
  [
    "somebody looks and nobody is told",
    { heartbeat: lookedAgo(60_000), places: NOWHERE },
    "skipped",
    "ALERT_WEBHOOK_URL",
  ],
  [
    "somebody looks and is told",
    { heartbeat: lookedAgo(60_000), places: SLACK },
    "ok",
    "told by the webhook",
  ],
];

for (const [what, state, kind, words] of CASES) {
  Deno.test(`checkAlerts() says ${kind} when ${what}`, () => {
    const result = checkAlerts({ ...state, now: NOW });
    assertEquals(result.kind, kind);
    assertStringIncludes(result.detail, words);
  });
}
