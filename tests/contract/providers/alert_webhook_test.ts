/** Alerts posted to a fake of Slack's incoming webhooks. */
import { assert, assertEquals, assertRejects } from "@std/assert";
import { toAlertMessage } from "../../../lib/alerts/alert_message.ts";
import { createAlertWebhook } from "../../../lib/providers/alert_webhook.ts";
import { ProviderError } from "../../../lib/providers/provider_error.ts";
import { startSlack } from "../../support/providers/start_slack.ts";

const ALERT = {
  title: "Webhooks are not arriving",
  detail: "Silence of 20 minutes & more, <unusual>.",
  path: "/dashboard/events?from=2026-01-26T07:18",
  opened_at: new Date("2026-01-26T09:00:00Z"),
  closed_at: new Date("2026-01-26T09:42:00Z"),
};
const ORIGIN = "https://rollcall.example.com";
const OPENED = toAlertMessage(ALERT, { phase: "opened", origin: ORIGIN });

async function failureOf(sending: Promise<unknown>): Promise<ProviderError> {
  return await assertRejects(() => sending, ProviderError);
}

Deno.test("createAlertWebhook() posts what Slack takes, with a link to the page", async () => {
  await using slack = startSlack();
  const webhook = createAlertWebhook({ url: slack.hookUrl });
  await webhook.send(OPENED, "a1:opened");
  const closed = toAlertMessage(ALERT, { phase: "closed", origin: ORIGIN });
  await webhook.send(closed, "a1:closed");
  assertEquals(slack.messages, [
    {
      text: "Rollcall alert: Webhooks are not arriving",
      color: "danger",
      detail: "Silence of 20 minutes &amp; more, &lt;unusual&gt;.",
      url: `${ORIGIN}${ALERT.path}`,
    },
    {
      text: "Rollcall alert is over: Webhooks are not arriving",
      color: "good",
      detail: "It is not so any more, after 42 minutes.",
      url: `${ORIGIN}${ALERT.path}`,
    },
  ]);
  assertEquals(
    slack.calls.map(({ headers }) => headers.get("idempotency-key")),
    ["a1:opened", "a1:closed"],
  );
});

Deno.test("createAlertWebhook() says whether retrying helps", async (t) => {
  await using slack = startSlack();
  const webhook = createAlertWebhook({ url: slack.hookUrl });
  for (
    const [status, retryable] of [
      [500, true],
      [429, true],
      [302, false],
      [403, false],
      [404, false],
    ] as const
  ) {
    await t.step(String(status), async () => {
      slack.failNext({
        kind: "refuse",
        status,
        headers: { "retry-after": "7", location: slack.hookUrl },
      });
      const error = await failureOf(webhook.send(OPENED, "a1:opened"));
      assertEquals([error.retryable, error.retryAfterMs], [retryable, 7_000]);
    });
  }
  assertEquals(slack.messages, []);
});

Deno.test("createAlertWebhook() takes a status for an answer, whatever becomes of the body", async () => {
  await using slack = startSlack();
  slack.failNext({ kind: "lose-answer" });
  await createAlertWebhook({ url: slack.hookUrl }).send(OPENED, "a1:opened");
  assertEquals(slack.messages.length, 1);
});

Deno.test("createAlertWebhook() gives up on an answer that does not come", async () => {
  await using slack = startSlack();
  slack.failNext({ kind: "hang" });
  const webhook = createAlertWebhook({ url: slack.hookUrl, timeoutMs: 50 });
  const error = await failureOf(webhook.send(OPENED, "a1:opened"));
  assertEquals([error.retryable, error.code], [true, "alert-webhook-timeout"]);
});

Deno.test("createAlertWebhook() keeps the address out of its errors", async () => {
  const slack = startSlack();
  await slack[Symbol.asyncDispose]();
  const webhook = createAlertWebhook({ url: slack.hookUrl });
  const error = await failureOf(webhook.send(OPENED, "a1:opened"));
  assertEquals(error.retryable, true);
  assert(!Deno.inspect(error).includes(slack.hookUrl));
});
