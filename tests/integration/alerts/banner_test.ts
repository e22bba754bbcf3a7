/** What the dashboard's first page says, whoever looks for alerts or does not. */
import { assertEquals, assertStringIncludes } from "@std/assert";
import type { AlertKind } from "../../../lib/alerts/alert.ts";
import { readConfig } from "../../../lib/config.ts";
import { readOverview } from "../../../lib/store/overview.ts";
import type { Store } from "../../../lib/store/store.ts";
import {
  type Health,
  readHealth,
} from "../../../routes/dashboard/(_components)/read_health.ts";
import { openTestStore } from "../../support/test_store.ts";

const NOW = new Date("2026-01-26T09:00:00Z");
const CONFIG = readConfig({
  CLERK_WEBHOOK_SIGNING_SECRET: `whsec_${btoa("x".repeat(24))}`,
});

async function healthOf(
  store: Store,
  pingInngest = () => Promise.resolve(),
  unregistered: readonly string[] = [],
): Promise<Health> {
  const overview = await readOverview(store, { now: NOW, rows: 1 });
  const clock = { now: () => NOW };
  const findUnregistered = () => Promise.resolve(unregistered);
  return await readHealth(
    { store, clock, pingInngest, findUnregistered, config: CONFIG },
    overview,
  );
}

async function raise(store: Store, ...kinds: AlertKind[]): Promise<void> {
  const verdicts = kinds.map((kind) => ({
    kind,
    state: "firing" as const,
    title: `Alert of ${kind}`,
    detail: "It is so.",
    path: `/dashboard/${kind}`,
  }));
  await store.alerts.apply(verdicts, { now: NOW, channels: [] });
}

Deno.test("readHealth() shows an open alert in red, with the link to its page", async () => {
  await using test = await openTestStore();
  await raise(test.store, "silence");
  assertEquals(await healthOf(test.store), {
    level: "bad",
    title: "Alert of silence",
    detail: "It is so.",
    link: { href: "/dashboard/silence", text: "Look at it" },
  });
});

Deno.test("readHealth() shows the worst of several alerts, with the link to all", async () => {
  await using test = await openTestStore();
  await raise(test.store, "old-secret", "silence", "drift");
  const { title, link } = await healthOf(test.store);
  assertEquals(title, "Alert of silence, and 2 more");
  assertEquals(link?.href, "/dashboard/system#alerts");
});

Deno.test("readHealth() says when nobody has looked for alerts for long", async () => {
  await using test = await openTestStore();
  const { store } = test;
  const ago = (ms: number) => new Date(NOW.getTime() - ms);
  await store.heartbeats.beat("watch-alerts", ago(300_001));
  const { level, title, detail } = await healthOf(store);
  assertEquals([level, title], ["bad", "Nobody looks for alerts"]);
  assertStringIncludes(detail, "5 minutes ago");
  await store.heartbeats.beat("watch-alerts", ago(300_000));
  assertEquals((await healthOf(store)).title, "Waiting for the first event");
});

Deno.test("readHealth() says that Inngest was never told of the functions", async () => {
  await using test = await openTestStore();
  const up = () => Promise.resolve();
  const { level, title, detail } = await healthOf(test.store, up, [..."abcd"]);
  assertEquals([level, title], ["bad", "Inngest does not know the functions"]);
  assertStringIncludes(detail, "calls a, b, c and 1 more.");
  await test.store.heartbeats.beat("watch-alerts", NOW); // somebody calls them
  const later = await healthOf(test.store, up, ["scan-drift"]);
  assertEquals(later.title, "Waiting for the first event");
});

Deno.test("readHealth() says first that Inngest does not answer", async () => {
  await using test = await openTestStore();
  await raise(test.store, "silence");
  const down = () => Promise.reject(new Error("down"));
  const { title } = await healthOf(test.store, down);
  assertEquals(title, "Inngest does not answer");
});
