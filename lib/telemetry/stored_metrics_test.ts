import { assertEquals } from "@std/assert";
import { createMetrics } from "./metrics.ts";
import type { StoredValues } from "./stored_metrics.ts";

const VALUES: StoredValues = {
  freshness: { "0.5": 40, "0.99": null },
  alerts: [{ kind: "lag", isOpen: true }, { kind: "drift", isOpen: false }],
  watchedAt: new Date(60_000),
  newestEventAt: null,
};

/** The samples of what is read from the store. */
async function samplesOf(
  metrics: ReturnType<typeof createMetrics>,
): Promise<string[]> {
  return (await metrics.text()).split("\n").filter((line) =>
    /^rollcall_(freshness|alerts|last)_/.test(line)
  );
}

Deno.test("set() shows what the store says, and nothing of what it does not know", async () => {
  const metrics = createMetrics();
  metrics.stored.set(VALUES);
  assertEquals(await samplesOf(metrics), [
    'rollcall_freshness_seconds{quantile="0.5"} 0.04',
    'rollcall_alerts_open{kind="lag"} 1',
    'rollcall_alerts_open{kind="drift"} 0',
    'rollcall_last_timestamp_seconds{what="alert_watch"} 60',
  ]);
});

Deno.test("reset() leaves no old number behind", async () => {
  const metrics = createMetrics();
  assertEquals(await samplesOf(metrics), []);
  metrics.stored.set(VALUES);
  metrics.stored.reset();
  assertEquals(await samplesOf(metrics), []);
});
