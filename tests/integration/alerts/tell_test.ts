/** Who is told of an alert, how often, and what when nobody listens. */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { tellAlert } from "../../../functions/tell_alert.ts";
import { lookForAlerts } from "../../../functions/watch_alerts.ts";
import { readConfig } from "../../../lib/config.ts";
import { ALERTS_CHECK_REQUESTED } from "../../../lib/requests.ts";
import { openRollcall } from "../../support/open_rollcall.ts";
import { startSlack } from "../../support/providers/start_slack.ts";
import {
  type AlertBed,
  arrive,
  lookAndTell,
  MINUTE_MS,
  openAlertBed,
  pass,
  readOpenKinds,
} from "./alert_bed.ts";

/** Lets silence become unusual. */
async function fallSilent(bed: AlertBed): Promise<void> {
  await pass(bed, 20 * MINUTE_MS);
}

Deno.test("an alert is told to both places, once each, with a link to the filtered page", async () => {
  await using bed = await openAlertBed();
  await fallSilent(bed);
  await lookAndTell(bed);
  await lookAndTell(bed);
  const url =
    "https://rollcall.example.com/dashboard/events?from=2026-01-26T08:00";
  assertEquals(
    bed.slack.messages.map((message) => [message.text, message.url]),
    [["Rollcall alert: Webhooks are not arriving", url]],
  );
  assertEquals(
    bed.resend.sent.map((email) => [email.to, email.subject]),
    [["ops@example.com", "Rollcall alert: Webhooks are not arriving"]],
  );
  assertStringIncludes(bed.resend.sent[0]?.text ?? "", url);

  await arrive(bed.store, "msg_again", bed.clock.now());
  await lookAndTell(bed);
  const over = "Rollcall alert is over: Webhooks are not arriving";
  assertEquals(bed.slack.messages.at(-1)?.text, over);
  assertEquals(bed.resend.sent.at(-1)?.subject, over);
  assertEquals([bed.slack.messages.length, bed.resend.sent.length], [2, 2]);
});

Deno.test("an alert is told once by two runs at once", async () => {
  await using bed = await openAlertBed();
  await fallSilent(bed);
  await Promise.all([lookAndTell(bed), lookAndTell(bed), lookAndTell(bed)]);
  assertEquals(bed.slack.messages.length, 1);
  assertEquals(bed.resend.sent.length, 1);
});

Deno.test("an alert that nobody takes stays open, and is told once somebody does", async () => {
  await using bed = await openAlertBed();
  await fallSilent(bed);
  bed.slack.failAlways({ kind: "refuse", status: 503 });
  const look = await lookAndTell(bed);
  assert(look.nextMs !== null);
  assertEquals(await readOpenKinds(bed), ["silence"]);
  const [alert] = await bed.store.alerts.readOpen();
  assertEquals(alert?.notices.map(({ state }) => state), ["due", "sent"]);
  assertStringIncludes(alert?.notices[0]?.error ?? "", "503");

  bed.slack.failAlways(undefined);
  await pass(bed, look.nextMs - bed.clock.now().getTime());
  await lookAndTell(bed);
  await lookAndTell(bed);
  assertEquals(bed.slack.messages.length, 1);
  assertEquals(bed.resend.sent.length, 1);
});

Deno.test("an alert that ended before anybody was told is told with its end", async () => {
  await using bed = await openAlertBed();
  await fallSilent(bed);
  bed.slack.failNext({ kind: "refuse", status: 503 });
  await lookAndTell(bed);
  await arrive(bed.store, "msg_again", bed.clock.now());
  await lookAndTell(bed);
  await pass(bed, MINUTE_MS);
  await lookAndTell(bed);
  await lookAndTell(bed);
  assertEquals(
    bed.slack.messages.map(({ color }) => color),
    ["danger", "good"],
  );
});

Deno.test("an alert is given up on where it is refused for good", async () => {
  await using bed = await openAlertBed();
  await fallSilent(bed);
  bed.slack.failAlways({ kind: "refuse", status: 404 });
  await lookAndTell(bed);
  await pass(bed, 60 * MINUTE_MS);
  await lookAndTell(bed);
  const posted = bed.slack.calls.length;
  const [alert] = await bed.store.alerts.readOpen();
  assertEquals([posted, alert?.notices[0]?.state], [1, "refused"]);
});

Deno.test("an alert whose place is not set any more is given up on there, with that reason", async () => {
  await using bed = await openAlertBed();
  await fallSilent(bed);
  const { due } = await lookForAlerts(bed.deps);
  const config = readConfig({});
  for (const notice of due) await tellAlert({ ...bed.deps, config }, notice);
  const [alert] = await bed.store.alerts.readOpen();
  assertEquals(
    alert?.notices.map(({ state, error }) => [state, error]),
    [
      ["refused", "ALERT_WEBHOOK_URL is not set any more"],
      ["refused", "ALERT_EMAIL is not set any more"],
    ],
  );
});

Deno.test("watch-alerts looks and tells when it is asked to, through the engine", async () => {
  await using slack = startSlack();
  await using rollcall = await openRollcall({
    ALERT_WEBHOOK_URL: slack.hookUrl,
  });
  const { store, sender } = rollcall.services;
  await store.deadLetters.add({
    function_id: "rollcall-update-user-from-clerk",
    event_id: "msg_1",
    event_name: "clerk/user.updated",
    subject: "user_1",
    run_id: "run_1",
    error: { name: "Error", message: "it broke" },
    failed_at: new Date(),
  });
  await sender.send({ id: "check_1", name: ALERTS_CHECK_REQUESTED, data: {} });
  const message = await slack.next();
  assertEquals(message.text, "Rollcall alert: Events failed for good");
  assertEquals(message.url, "http://localhost:8000/dashboard/failures");
});
