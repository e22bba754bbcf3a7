/**
 * The demo as users run it, its Clerk included: webhooks that stop arriving raise
 * an alert, and when they arrive again it closes.
 */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import {
  type FakeSlack,
  type SlackMessage,
  startSlack,
} from "../support/providers/start_slack.ts";
import {
  type RollcallProcess,
  startRollcall,
} from "../support/rollcall_process.ts";

const TITLE = "Webhooks are not arriving";
const MOMENT_MS = 250;
/** Gaps that the first days are judged by, and some. */
const BATCHES = 13;
/** A busy machine records a batch in seconds instead of one. */
const PATIENCE_MS = 90_000;

/** The next message about silence; the demo has a failure to tell of as well. */
async function nextOfSilence(slack: FakeSlack): Promise<SlackMessage> {
  while (true) {
    const message = await slack.next();
    if (message.text.includes(TITLE)) return message;
  }
}

/** Presses the button that looks for alerts; without it a look comes a minute. */
async function lookNow(
  { origin }: RollcallProcess,
  cookie: string,
): Promise<void> {
  const response = await fetch(`${origin}/dashboard/system`, {
    method: "POST",
    headers: { cookie, origin },
    body: new URLSearchParams({ action: "look" }),
    redirect: "manual",
  });
  await response.body?.cancel();
  assertEquals(response.status, 303);
}

async function readPage(
  { origin }: RollcallProcess,
  cookie: string,
  path: string,
): Promise<string> {
  const response = await fetch(origin + path, { headers: { cookie } });
  const text = await response.text();
  assertEquals(response.status, 200, text);
  return text;
}

Deno.test("stopping the demo's webhooks raises the silence alert, and resuming closes it", async () => {
  await using slack = startSlack();
  await using demo = await startRollcall({
    task: ["tasks/demo.ts", String(MOMENT_MS)],
    env: {
      ALERT_WEBHOOK_URL: slack.hookUrl,
      ALERT_SILENCE_GAPS: "4",
      ALERT_SILENCE_MIN_S: "5",
    },
  });
  const cookie = await demo.signIn();
  await using feed = await demo.listen();
  await feed.batches(BATCHES, PATIENCE_MS);

  await demo.type("p\n");
  await lookNow(demo, cookie);
  const opened = await nextOfSilence(slack);
  assertEquals(
    [opened.text, opened.color],
    [`Rollcall alert: ${TITLE}`, "danger"],
  );
  const { pathname, search } = new URL(opened.url);
  await readPage(demo, cookie, pathname + search);
  assertStringIncludes(await readPage(demo, cookie, "/dashboard"), TITLE);

  await demo.type("p\n");
  await feed.batches(1, PATIENCE_MS);
  await lookNow(demo, cookie);
  const closed = await nextOfSilence(slack);
  assertEquals(
    [closed.text, closed.color],
    [`Rollcall alert is over: ${TITLE}`, "good"],
  );
  assert(!(await readPage(demo, cookie, "/dashboard")).includes(TITLE));
});
