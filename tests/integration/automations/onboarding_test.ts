/** The letters of the first week, through the engine, with a clock that jumps. */
import { assertEquals, assertStringIncludes } from "@std/assert";
import { onboardingEmails } from "../../../functions/onboarding_emails.ts";
import type { OutgoingEvent } from "../../../lib/inngest/event_sender.ts";
import {
  type OpenAutomations,
  openAutomations,
  userEvent,
} from "./open_automations.ts";

const ONBOARDING = "onboarding-emails";
const DAY_MS = 24 * 60 * 60 * 1000;
const DONE = { outcome: "done", reason: null };

function openOnboarding(): Promise<OpenAutomations> {
  return openAutomations({}, (deps) => [onboardingEmails(deps)]);
}

/** Sends a `user.created` and lets the days of the series pass. */
async function passWeek(app: OpenAutomations, event: OutgoingEvent) {
  await beginWeek(app, event);
  for (const days of [1, 2, 4]) {
    await app.clock.timerIn(days * DAY_MS);
    app.clock.advance(days * DAY_MS);
  }
  return (await app.endOf(ONBOARDING, event)).result;
}

/** Sends a `user.created`; its series sleeps, or will, and nothing else is under way. */
async function beginWeek(app: OpenAutomations, event: OutgoingEvent) {
  await app.run("sync-user-from-clerk", event);
  await app.clock.timerIn(DAY_MS);
}

function lettersTo({ resend }: OpenAutomations, userId: string) {
  return resend.sent.filter(({ to }) => to === `${userId}@example.com`);
}

Deno.test("onboarding-emails writes after a day, three days and a week", async () => {
  await using app = await openOnboarding();
  const startedMs = app.clock.now().getTime();
  const result = await passWeek(app, userEvent("user_1"));
  assertEquals(result, [DONE, DONE, DONE]);
  assertEquals(
    lettersTo(app, "user_1").map(({ subject }) => subject),
    [
      "Your first day with Acme",
      "Getting things done with Acme",
      "A week in with Acme",
    ],
  );
  const { documents } = app.services.store.automationLedger;
  const entries = await documents.find({ automation: /^onboarding-emails:/ })
    .sort({ _id: 1 }).toArray();
  assertEquals(
    entries.map(({ _id, updated_at }) => [
      _id,
      (updated_at.getTime() - startedMs) / DAY_MS,
    ]),
    [
      ["onboarding-emails:1:user_1", 1],
      ["onboarding-emails:2:user_1", 3],
      ["onboarding-emails:3:user_1", 7],
    ],
  );
});

Deno.test("onboarding-emails lets people unsubscribe by mail", async () => {
  await using app = await openOnboarding();
  await passWeek(app, userEvent("user_1"));
  for (const { headers, text } of lettersTo(app, "user_1")) {
    assertEquals(headers, {
      "List-Unsubscribe": "<mailto:hello@acme.example?subject=unsubscribe>",
    });
    assertStringIncludes(text, '"unsubscribe"');
  }
});

Deno.test("onboarding-emails ends with the user", async () => {
  await using app = await openOnboarding();
  const { clock } = app;
  const event = userEvent("user_1");
  await beginWeek(app, event);
  clock.advance(DAY_MS);
  await clock.timerIn(2 * DAY_MS); // it sleeps before the second letter

  const deletion = userEvent("user_1", { type: "user.deleted" });
  await app.run("delete-user-with-clerk", deletion);
  const end = await app.endOf(ONBOARDING, event);
  assertEquals(end._inngest.status, "Cancelled");
  await passWeek(app, userEvent("user_2"));
  assertEquals(lettersTo(app, "user_1").length, 1);
  assertEquals(lettersTo(app, "user_2").length, 3);
});

Deno.test("onboarding-emails writes nothing to a user whose deletion came first", async () => {
  await using app = await openOnboarding();
  const deletion = userEvent("user_1", { type: "user.deleted" });
  await app.run("delete-user-with-clerk", deletion);
  const result = await passWeek(app, userEvent("user_1"));
  const outcome = { outcome: "skipped", reason: "user-deleted" };
  assertEquals(result, [outcome, outcome, outcome]);
  assertEquals(app.resend.calls.length, 0);
});

Deno.test("onboarding-emails writes to the address and the name of the day", async () => {
  await using app = await openOnboarding();
  const { documents } = app.services.store.users;
  await beginWeek(app, userEvent("user_1"));
  await documents.updateOne({ _id: "user_1" }, {
    $set: { email: "new@example.com", first_name: "Countess" },
  });
  app.clock.advance(DAY_MS);
  await app.clock.timerIn(2 * DAY_MS);
  const [letter] = app.resend.sent;
  assertEquals(letter?.to, "new@example.com");
  assertStringIncludes(letter?.text ?? "", "Hello Countess,");
});

Deno.test("onboarding-emails skips the banned, who wants no more, and who has no address", async () => {
  await using app = await openOnboarding();
  const cases = [
    ["user_1", { banned: true }, "banned"],
    [
      "user_2",
      { public_metadata: { onboarding_emails: false } },
      "opted-out",
    ],
    [
      "user_3",
      { primary_email_address_id: null, email_addresses: [] },
      "no-primary-email",
    ],
  ] as const;
  for (const [userId, fields, reason] of cases) {
    const event = userEvent(userId, { fields });
    const result = await passWeek(app, event);
    const outcome = { outcome: "skipped", reason };
    assertEquals(result, [outcome, outcome, outcome]);
  }
  assertEquals(app.resend.calls.length, 0);
});

Deno.test("onboarding-emails does not sleep again for a user who has all letters", async () => {
  await using app = await openOnboarding();
  await passWeek(app, userEvent("user_1"));
  const replay = userEvent("user_1", { replay: "full" });
  const { result } = await app.run(ONBOARDING, replay);
  assertEquals(result, { outcome: "skipped", reason: "already-done" });
  assertEquals(lettersTo(app, "user_1").length, 3);
});
