import { assert, assertEquals, assertMatch } from "@std/assert";
import { createMetrics } from "./metrics.ts";

/** The value of one sample line of Prometheus text. */
function sampleOf(text: string, series: string): number | undefined {
  const line = text.split("\n").find((line) => line.startsWith(`${series} `));
  return line === undefined ? undefined : Number(line.split(" ").at(-1));
}

Deno.test("text() shows what was counted, by label", async () => {
  const metrics = createMetrics();
  metrics.webhooks.inc({ status: 202 });
  metrics.webhooks.inc({ status: 202 });
  metrics.webhooks.inc({ status: 400 });
  metrics.writes.inc({ collection: "users", outcome: "applied" });
  const text = await metrics.text();
  assertEquals(sampleOf(text, 'rollcall_webhooks_total{status="202"}'), 2);
  assertEquals(sampleOf(text, 'rollcall_webhooks_total{status="400"}'), 1);
  const writes =
    'rollcall_sync_writes_total{collection="users",outcome="applied"}';
  assertEquals(sampleOf(text, writes), 1);
});

Deno.test("text() sorts durations into buckets of seconds", async () => {
  const metrics = createMetrics();
  metrics.webhookSeconds.observe(0.003);
  const text = await metrics.text();
  const bucket = "rollcall_webhook_duration_seconds_bucket";
  assertEquals(sampleOf(text, `${bucket}{le="0.0025"}`), 0);
  assertEquals(sampleOf(text, `${bucket}{le="0.005"}`), 1);
});

Deno.test("createMetrics() starts every service at zero", async () => {
  createMetrics().webhooksInFlight.set(7);
  const text = await createMetrics().text();
  assertEquals(sampleOf(text, "rollcall_webhooks_in_flight"), 0);
});

Deno.test("text() names totals _total, durations _seconds, and all of them rollcall_", async () => {
  const text = await createMetrics().text();
  const types = [...text.matchAll(/^# TYPE (\S+) (\S+)$/gm)];
  assert(types.length >= 5);
  for (const [, name = "", type] of types) {
    assertMatch(name, /^rollcall_/);
    if (type === "counter") assertMatch(name, /_total$/);
    if (type === "histogram") assertMatch(name, /_seconds$/);
  }
});

Deno.test("contentType is that of Prometheus text", () => {
  assertMatch(createMetrics().contentType, /^text\/plain; version=0\.0\.4/);
});
