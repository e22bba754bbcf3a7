/** The rarer signals, from what lies in the store to the alert. */
import { assertEquals, assertStringIncludes } from "@std/assert";
import { lookForAlerts } from "../../../functions/watch_alerts.ts";
import { fingerprintSecret } from "../../../lib/clerk/verify_webhook.ts";
import {
  type AlertBed,
  arrive,
  MINUTE_MS,
  MONDAY_MS,
  openAlertBed,
  pass,
  readOpenKinds,
} from "./alert_bed.ts";

const DAY_MS = 24 * 60 * MINUTE_MS;
const SECRETS = ["x", "y"].map((letter) => `whsec_${btoa(letter.repeat(24))}`);

const daysAgo = (days: number) => new Date(MONDAY_MS - days * DAY_MS);

/** Looks while events arrive, so that silence is no subject. */
async function look(bed: AlertBed): Promise<string[]> {
  const now = bed.clock.now();
  await arrive(bed.store, `msg_${now.getTime()}`, now);
  await lookForAlerts(bed.deps);
  return await readOpenKinds(bed);
}

Deno.test("lookForAlerts() opens an alert for a secret that should have retired, not for one that is not configured", async () => {
  await using bed = await openAlertBed({
    CLERK_WEBHOOK_SIGNING_SECRET: SECRETS.join(","),
  });
  const [old, current] = await Promise.all(SECRETS.map(fingerprintSecret));
  const { secretUse, write } = bed.store;
  const use = (secret: string, days: number) =>
    write([secretUse.plan([{ secret, received_at: daysAgo(days) }])]);
  await use(old!, 9);
  await use(current!, 3);
  await use("gone", 9);
  await use("gone", 0);
  await use(old!, 2.5);
  assertEquals(await look(bed), []);
  await use(old!, 1.9);
  assertEquals(await look(bed), ["old-secret"]);
  const [alert] = await bed.store.alerts.readOpen();
  assertStringIncludes(alert?.detail ?? "", `come with ${old} more`);
});

Deno.test("lookForAlerts() opens an alert when many of the last hour's events failed", async () => {
  await using bed = await openAlertBed();
  const { store, clock } = bed;
  for (let index = 0; index < 30; index++) {
    await arrive(store, `msg_${index}`, clock.now());
  }
  await store.webhookEvents.documents.updateMany(
    { _id: { $in: ["msg_1", "msg_2"] } },
    { $set: { state: "failed" } },
  );
  await pass(bed, 20 * MINUTE_MS);
  assertEquals(await look(bed), ["failure-rate"]);
  await pass(bed, 60 * MINUTE_MS);
  await look(bed);
  await pass(bed, 2 * MINUTE_MS);
  assertEquals(await look(bed), []);
});

Deno.test("lookForAlerts() opens an alert a day after the last good scan, and closes it after the next", async () => {
  await using bed = await openAlertBed();
  const { store } = bed;
  const scan = async (id: string) => {
    const finished_at = bed.clock.now();
    await store.drift.begin(id, finished_at, null);
    await store.drift.reports.updateOne(
      { _id: id },
      { $set: { state: "done", finished_at } },
    );
  };
  await scan("scan_1");
  await pass(bed, DAY_MS - MINUTE_MS);
  assertEquals(await look(bed), []);
  await store.drift.begin("scan_2", bed.clock.now(), "another is running");
  await pass(bed, MINUTE_MS);
  assertEquals(await look(bed), ["scan-overdue"]);
  await scan("scan_3");
  await look(bed);
  await pass(bed, 2 * MINUTE_MS);
  assertEquals(await look(bed), []);
});
