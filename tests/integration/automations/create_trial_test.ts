/** A new user's trial, from an event through the engine to Stripe's door. */
import { assertEquals, assertStringIncludes } from "@std/assert";
import { createTrial } from "../../../functions/create_trial.ts";
import { openAutomations, userEvent } from "./open_automations.ts";

const TRIAL = "create-trial";
const SYNC = "sync-user-from-clerk";
const DAY_MS = 24 * 60 * 60 * 1000;

function openTrial(env: Readonly<Record<string, string>> = {}) {
  return openAutomations(env, (deps) => [createTrial(deps)]);
}

Deno.test("create-trial starts one trial, whatever comes again", async () => {
  await using app = await openTrial();
  const { stripe, clock } = app;
  const first = await app.run(TRIAL, userEvent("user_1"));
  assertEquals(first.result, { outcome: "done", reason: null });
  await app.ended(SYNC);
  for (
    const again of [
      userEvent("user_1", { id: "msg_other" }),
      userEvent("user_1", { replay: "full" }),
    ]
  ) {
    clock.advance(2 * DAY_MS);
    const { result } = await app.run(TRIAL, again);
    await app.ended(SYNC);
    assertEquals(result, { outcome: "already-done", reason: null });
  }
  assertEquals(
    stripe.customers.map(({ params }) => [params.email, params.name]),
    [["user_1@example.com", "Ada Lovelace"]],
  );
  assertEquals(
    stripe.subscriptions.map(({ params }) => params.trial_period_days),
    ["14"],
  );
  const entry = await app.services.store.automationLedger
    .read(TRIAL, "user_1");
  assertEquals(entry?.provider_id, stripe.subscriptions[0]?.id);
});

Deno.test("create-trial takes the configured length, and no name where there is none", async () => {
  await using app = await openTrial({ STRIPE_TRIAL_DAYS: "30" });
  const fields = { first_name: null, last_name: null };
  await app.run(TRIAL, userEvent("user_1", { fields }));
  assertEquals(app.stripe.subscriptions[0]?.params.trial_period_days, "30");
  assertEquals(app.stripe.customers[0]?.params.name, undefined);
});

Deno.test("create-trial goes on where a cut line or an outage left it", async () => {
  for (let at = 0; at < 4; at++) {
    await using app = await openTrial();
    app.stripe.failNext(
      ...Array.from({ length: at }, () => undefined),
      { kind: "lose-answer" },
      { kind: "refuse", status: 503 },
    );
    const { result } = await app.run(TRIAL, userEvent("user_1"));
    assertEquals(result, { outcome: "done", reason: null });
    const { customers, subscriptions } = app.stripe;
    assertEquals([customers.length, subscriptions.length], [1, 1]);
  }
});

Deno.test("create-trial waits as long as Stripe wants to be left alone", async () => {
  await using app = await openTrial();
  app.stripe.failNext({
    kind: "refuse",
    status: 429,
    body: { error: { type: "invalid_request_error", code: "rate_limit" } },
    headers: { "retry-after": "5" },
  });
  const startedMs = app.clock.now().getTime();
  await app.run(TRIAL, userEvent("user_1"), 10_000);
  assertEquals(app.clock.now().getTime() - startedMs, 5_000);
  assertEquals(app.stripe.subscriptions.length, 1);
});

Deno.test("create-trial becomes a dead letter when Stripe refuses, and a replay starts the trial", async () => {
  await using app = await openTrial();
  app.stripe.failAlways({
    kind: "refuse",
    status: 401,
    body: { error: { type: "invalid_request_error", message: "sk_test_key" } },
  });
  const letter = await app.fail(TRIAL, userEvent("user_1"));
  assertStringIncludes(letter.error.message, "Stripe answers 401");
  assertEquals(app.stripe.calls.length, 1);
  app.stripe.failAlways(undefined);
  await app.run(TRIAL, userEvent("user_1", { replay: "full" }));
  assertEquals(app.stripe.subscriptions.length, 1);
});

Deno.test("create-trial leaves a replay of the data alone", async () => {
  await using app = await openTrial();
  await app.run(TRIAL, userEvent("user_1", { replay: "data" }));
  assertEquals(app.stripe.calls.length, 0);
});
