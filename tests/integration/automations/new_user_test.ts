/** All automations at once, as one new user meets them. */
import { assert, assertEquals } from "@std/assert";
import { openAutomations, userEvent } from "./open_automations.ts";

const AT_ONCE = ["send-welcome-email", "create-trial", "add-to-newsletter"];

Deno.test("a new user gets one welcome, one trial and one place in the newsletter", async () => {
  await using app = await openAutomations();
  const ends = AT_ONCE.map((id) => app.ended(id));
  await app.send(userEvent("user_1"));
  await Promise.all(ends);
  const again = AT_ONCE.map((id) => app.ended(id));
  await app.send(userEvent("user_1", { replay: "full" }));
  await Promise.all(again);
  const { resend, stripe, mailchimp } = app;
  assertEquals(
    [
      resend.sent.length,
      stripe.customers.length,
      stripe.subscriptions.length,
      mailchimp.members.length,
    ],
    [1, 1, 1, 1],
  );
});

Deno.test("nothing follows a user who is only updated", async () => {
  await using app = await openAutomations();
  const update = userEvent("user_1", { type: "user.updated" });
  await app.run("update-user-from-clerk", update);
  const { documents } = app.services.store.automationLedger;
  assertEquals(await documents.countDocuments(), 0);
});

Deno.test("a provider that is down keeps nothing from the others", async () => {
  await using app = await openAutomations();
  app.resend.failAlways({ kind: "refuse", status: 503 });
  const ends = AT_ONCE.map((id) => app.ended(id));
  await app.send(userEvent("user_1"));
  await Promise.all(ends);
  assertEquals(
    [app.stripe.subscriptions.length, app.mailchimp.members.length],
    [1, 1],
  );
});

Deno.test("no automation runs without its provider", async () => {
  await using app = await openAutomations({
    RESEND_API_KEY: "",
    EMAIL_FROM: "",
    STRIPE_SECRET_KEY: "",
    STRIPE_TRIAL_PRICE_ID: "",
    MAILCHIMP_API_KEY: "",
    MAILCHIMP_AUDIENCE_ID: "",
  });
  await app.run("sync-user-from-clerk", userEvent("user_1"));
  const { mailer, billing, newsletter, runs } = app.services;
  assertEquals([mailer, billing, newsletter], [
    undefined,
    undefined,
    undefined,
  ]);
  const started = await runs.list({
    functionId: null,
    state: null,
    cursor: null,
    limit: 20,
  });
  const ids = started.rows.map(({ functionId }) => functionId);
  assert(ids.some((id) => id.includes("sync-user-from-clerk")));
  assertEquals(ids.filter((id) => /email|trial|newsletter/.test(id)), []);
});
