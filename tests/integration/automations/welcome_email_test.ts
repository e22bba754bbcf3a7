/** The welcome e-mail, from an event through the engine to Resend's door. */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { sendWelcomeEmail } from "../../../functions/send_welcome_email.ts";
import type { Failure } from "../../support/providers/fake_provider.ts";
import { openAutomations, userEvent } from "./open_automations.ts";

const WELCOME = "send-welcome-email";
const SYNC = "sync-user-from-clerk";

function openWelcome(env: Readonly<Record<string, string>> = {}) {
  return openAutomations(env, (deps) => [sendWelcomeEmail(deps)]);
}

Deno.test("send-welcome-email writes to a new user once, in HTML and text", async () => {
  await using app = await openWelcome();
  const { result } = await app.run(WELCOME, userEvent("user_1"));
  assertEquals(result, { outcome: "done", reason: null });
  const [email, ...others] = app.resend.sent;
  assert(email !== undefined);
  assertEquals(others, []);
  assertEquals(
    [email.from, email.to, email.subject],
    ["Acme <hello@acme.example>", "user_1@example.com", "Welcome to Acme"],
  );
  assertStringIncludes(email.html, "Hello Ada,");
  assertStringIncludes(email.text, "Hello Ada,");
});

Deno.test("send-welcome-email keeps ids and codes in the ledger, and no personal data", async () => {
  await using app = await openWelcome();
  await app.run(WELCOME, userEvent("user_1"));
  const entry = await app.services.store.automationLedger
    .read(WELCOME, "user_1");
  assertEquals(
    [entry?.state, entry?.provider_id, entry?.event_id],
    ["done", app.resend.sent[0]?.id, "msg_user.created_user_1"],
  );
  assert(!/ada|lovelace|example/i.test(JSON.stringify(entry)));
});

Deno.test("send-welcome-email sends nothing again for another delivery or a full replay", async () => {
  await using app = await openWelcome();
  await app.run(WELCOME, userEvent("user_1"));
  await app.ended(SYNC);
  for (
    const again of [
      userEvent("user_1", { id: "msg_other" }),
      userEvent("user_1", { replay: "full" }),
    ]
  ) {
    app.clock.advance(48 * 60 * 60 * 1000); // Resend has forgotten the key
    const { result } = await app.run(WELCOME, again);
    await app.ended(SYNC);
    assertEquals(result, { outcome: "already-done", reason: null });
  }
  assertEquals(app.resend.calls.length, 1);
});

Deno.test("send-welcome-email writes on a full replay of an event that came before it was configured", async () => {
  await using app = await openWelcome();
  await app.run(WELCOME, userEvent("user_1", { replay: "full" }));
  assertEquals(app.resend.sent.length, 1);
});

Deno.test("send-welcome-email leaves replays of the data and other instances alone", async () => {
  await using app = await openWelcome({ CLERK_INSTANCE_ID: "ins_1" });
  for (
    const [event, reason] of [
      [userEvent("user_1", { replay: "data" }), "data-replay"],
      [userEvent("user_2", { instanceId: "ins_2" }), "other-instance"],
    ] as const
  ) {
    const { result } = await app.run(WELCOME, event);
    assertEquals(result, { outcome: "skipped", reason });
  }
  assertEquals(app.resend.calls.length, 0);
  const { documents } = app.services.store.automationLedger;
  assertEquals(await documents.countDocuments(), 0);
});

Deno.test("send-welcome-email skips a user without a primary address, and says so in the ledger", async () => {
  await using app = await openWelcome();
  const fields = { primary_email_address_id: null, email_addresses: [] };
  await app.run(WELCOME, userEvent("user_1", { fields }));
  const { automationLedger } = app.services.store;
  const entry = await automationLedger.read(WELCOME, "user_1");
  assertEquals([entry?.state, entry?.reason], ["skipped", "no-primary-email"]);
  assertEquals(app.resend.calls.length, 0);
});

Deno.test("send-welcome-email skips a user who is gone already", async () => {
  await using app = await openWelcome();
  const deletion = userEvent("user_1", { type: "user.deleted" });
  await app.run("delete-user-with-clerk", deletion);
  const { result } = await app.run(WELCOME, userEvent("user_1"));
  assertEquals(result, { outcome: "skipped", reason: "user-deleted" });
  assertEquals(app.resend.calls.length, 0);
});

Deno.test("send-welcome-email never runs without Resend", async () => {
  await using app = await openWelcome({
    RESEND_API_KEY: "",
    EMAIL_FROM: "",
  });
  await app.run(SYNC, userEvent("user_1"));
  const { documents } = app.services.store.automationLedger;
  assertEquals(await documents.countDocuments(), 0);
  assertEquals(app.services.mailer, undefined);
});

Deno.test("send-welcome-email tries again after a rate limit, an outage and a lost answer", async () => {
  await using app = await openWelcome();
  const limited: Failure = {
    kind: "refuse",
    status: 429,
    body: { statusCode: 429, name: "rate_limit_exceeded", message: "" },
    headers: { "retry-after": "1" },
  };
  app.resend.failNext(
    limited,
    { kind: "refuse", status: 503 },
    { kind: "lose-answer" },
  );
  const { result } = await app.run(WELCOME, userEvent("user_1"), 1000);
  assertEquals(result, { outcome: "done", reason: null });
  assertEquals(app.resend.calls.length, 4);
  assertEquals(app.resend.sent.length, 1);
});

Deno.test("send-welcome-email becomes a dead letter when Resend stays down, and a replay sends it", async () => {
  await using app = await openWelcome();
  const { automationLedger: ledger } = app.services.store;
  app.resend.failAlways({ kind: "refuse", status: 503 });
  const event = userEvent("user_1");
  const letter = await app.fail(WELCOME, event);
  assertEquals(app.resend.calls.length, 11);
  assertEquals(letter.event_id, event.id);
  assertStringIncludes(letter.error.message, "Resend answers 503");
  const failed = await ledger.read(WELCOME, "user_1");
  assertEquals([failed?.state, failed?.attempts], ["failed", 11]);

  app.resend.failAlways(undefined);
  const replay = userEvent("user_1", { replay: "full" });
  const { result } = await app.run(WELCOME, replay);
  assertEquals(result, { outcome: "done", reason: null });
  assertEquals(app.resend.sent.length, 1);
});

Deno.test("send-welcome-email gives up at once on a refusal, and leaves the event's own outcome alone", async () => {
  await using app = await openWelcome();
  app.resend.failAlways({
    kind: "refuse",
    status: 422,
    body: { statusCode: 422, name: "validation_error", message: "no" },
  });
  const event = userEvent("user_1");
  await app.fail(WELCOME, event);
  assertEquals(app.resend.calls.length, 1);
  const { documents } = app.services.store.webhookEvents;
  const record = await documents.findOne({ _id: event.id ?? "" });
  assert(record?.state !== "failed");
});

Deno.test("send-welcome-email sends nothing when an earlier try may have and Resend has forgotten it", async () => {
  await using app = await openWelcome();
  app.resend.failAlways({ kind: "lose-answer" });
  await app.run(WELCOME, userEvent("user_1"));
  assertEquals(app.resend.sent.length, 1);
  await app.ended(SYNC);

  app.resend.failAlways(undefined);
  app.clock.advance(24 * 60 * 60 * 1000);
  const replay = userEvent("user_1", { replay: "full" });
  const { error } = await app.run(WELCOME, replay);
  assertStringIncludes(error?.message ?? "", "may have succeeded");
  assertEquals(app.resend.sent.length, 1);
});
