import { assertEquals, assertRejects } from "@std/assert";
import {
  createBilling,
  type NewTrial,
} from "../../../lib/providers/billing.ts";
import { ProviderError } from "../../../lib/providers/provider_error.ts";
import type { Failure } from "../../support/providers/fake_provider.ts";
import {
  type FakeStripe,
  startStripe,
} from "../../support/providers/start_stripe.ts";

const TRIAL: NewTrial = {
  userId: "user_1",
  email: "ada@example.com",
  name: "Ada Lovelace",
  idempotencyKey: "create-trial:user_1",
};
const DAY_MS = 24 * 60 * 60 * 1000;

function billingOf(stripe: FakeStripe, options: { timeoutMs?: number } = {}) {
  return createBilling({
    secretKey: stripe.secretKey,
    trialPriceId: stripe.priceId,
    trialDays: 14,
    baseUrl: stripe.url,
    ...options,
  });
}

async function failureOf(starting: Promise<unknown>): Promise<ProviderError> {
  return await assertRejects(() => starting, ProviderError);
}

Deno.test("createBilling() starts a trial that ends without a charge when nobody pays", async () => {
  await using stripe = startStripe();
  const { customerId, subscriptionId } = await billingOf(stripe)
    .startTrial(TRIAL);
  assertEquals(stripe.customers.map(({ id, params }) => ({ id, params })), [{
    id: customerId,
    params: {
      email: "ada@example.com",
      name: "Ada Lovelace",
      "metadata[clerk_user_id]": "user_1",
    },
  }]);
  assertEquals(
    stripe.subscriptions.map(({ id, params }) => ({ id, params })),
    [{
      id: subscriptionId,
      params: {
        customer: customerId,
        "items[0][price]": stripe.priceId,
        trial_period_days: "14",
        "trial_settings[end_behavior][missing_payment_method]": "cancel",
        "metadata[clerk_user_id]": "user_1",
      },
    }],
  );
});

Deno.test("createBilling() creates one customer and one subscription, wherever a line is cut", async () => {
  for (let at = 0; at < 4; at++) {
    await using stripe = startStripe();
    const billing = billingOf(stripe);
    const cut: Failure = { kind: "lose-answer" };
    stripe.failNext(...Array.from({ length: at }, () => undefined), cut);
    const error = await failureOf(billing.startTrial(TRIAL));
    assertEquals(error.retryable, true);
    await billing.startTrial(TRIAL);
    assertEquals(
      [stripe.customers.length, stripe.subscriptions.length],
      [1, 1],
      `request ${at}`,
    );
  }
});

Deno.test("createBilling() finds what it created once Stripe has forgotten the keys", async () => {
  let nowMs = 0;
  await using stripe = startStripe(() => nowMs);
  const billing = billingOf(stripe);
  const first = await billing.startTrial(TRIAL);
  nowMs += DAY_MS;
  assertEquals(await billing.startTrial(TRIAL), first);
  for (const subscription of stripe.subscriptions) {
    subscription.status = "canceled";
  }
  nowMs += DAY_MS;
  assertEquals(await billing.startTrial(TRIAL), first);
  assertEquals(stripe.subscriptions.length, 1);
});

Deno.test("createBilling() leaves other customers with the same address alone", async () => {
  await using stripe = startStripe();
  const billing = billingOf(stripe);
  for (let index = 0; index < 25; index++) { // more than a page
    const userId = `user_other_${index}`;
    await billing.startTrial({ ...TRIAL, userId, idempotencyKey: userId });
  }
  const first = await billing.startTrial({
    ...TRIAL,
    idempotencyKey: "first",
  });
  assertEquals(
    await billing.startTrial({ ...TRIAL, idempotencyKey: "another" }),
    first,
  );
  assertEquals(stripe.customers.length, 26);
});

Deno.test("createBilling() starts two trials asked for at once as one", async () => {
  await using stripe = startStripe();
  const billing = billingOf(stripe);
  const [one, other] = await Promise.all([
    billing.startTrial(TRIAL),
    billing.startTrial(TRIAL),
  ]);
  assertEquals(one, other);
  assertEquals(stripe.subscriptions.length, 1);
});

Deno.test("createBilling() says whether retrying helps", async (t) => {
  const named = (status: number, type: string, code?: string): Failure => ({
    kind: "refuse",
    status,
    body: { error: { type, code, message: "ada@example.com" } },
  });
  const cases: [string, Failure, boolean, string][] = [
    ["500", named(500, "api_error"), true, "stripe-api-error"],
    [
      "429",
      named(429, "invalid_request_error", "rate_limit"),
      true,
      "stripe-rate-limit",
    ],
    [
      "409",
      named(409, "idempotency_error", "idempotency_key_in_use"),
      true,
      "stripe-idempotency-key-in-use",
    ],
    [
      "400",
      named(400, "invalid_request_error", "resource_missing"),
      false,
      "stripe-resource-missing",
    ],
    [
      "401",
      named(401, "invalid_request_error"),
      false,
      "stripe-invalid-request-error",
    ],
    [
      "402",
      named(402, "card_error", "card_declined"),
      false,
      "stripe-card-declined",
    ],
  ];
  await using stripe = startStripe();
  const billing = billingOf(stripe);
  for (const [what, failure, retryable, code] of cases) {
    await t.step(what, async () => {
      stripe.failNext(failure);
      const error = await failureOf(billing.startTrial(TRIAL));
      assertEquals([error.retryable, error.code], [retryable, code]);
      assertEquals(error.message.includes("@"), false);
    });
  }
});

Deno.test("createBilling() hears an edge's page, silence and a closed door as retryable", async () => {
  const stripe = startStripe();
  const billing = billingOf(stripe, { timeoutMs: 50 });
  stripe.failNext({ kind: "refuse", status: 502 }, { kind: "hang" });
  assertEquals((await failureOf(billing.startTrial(TRIAL))).retryable, true);
  assertEquals((await failureOf(billing.startTrial(TRIAL))).retryable, true);
  await stripe[Symbol.asyncDispose]();
  assertEquals((await failureOf(billing.startTrial(TRIAL))).retryable, true);
});

Deno.test("createBilling() gets the error that Stripe keeps for a key, and succeeds after it", async () => {
  let nowMs = 0;
  await using stripe = startStripe(() => nowMs);
  const billing = billingOf(stripe);
  stripe.breakNext();
  await failureOf(billing.startTrial(TRIAL));
  assertEquals((await failureOf(billing.startTrial(TRIAL))).retryable, true);
  nowMs += DAY_MS;
  await billing.startTrial(TRIAL);
  assertEquals([stripe.customers.length, stripe.subscriptions.length], [1, 1]);
});
