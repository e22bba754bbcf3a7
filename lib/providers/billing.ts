/**
 * Starts trial subscriptions at Stripe.
 *
 * What is there already is found by listing, which Stripe answers from the
 * present state (its search lags behind), and what is created has an idempotency
 * key, which Stripe knows for 24 hours: so the same trial asked for twice, at
 * once or a year apart, is one customer and one subscription. A trial that ends
 * without a payment method is cancelled: nobody is charged who never gave one.
 *
 * Source: Stripe's API reference for customers, subscriptions and idempotent
 * requests, and docs.stripe.com/search "Data freshness"; stripe 23.1.0.
 */
import Stripe from "stripe";
import { type Clock, systemClock } from "../clock.ts";
import { parseRetryAfter } from "../retry_after.ts";
import { ProviderError } from "./provider_error.ts";

/** Whose trial starts. */
export interface NewTrial {
  /** Clerk's user id, kept in the metadata of what is created. */
  readonly userId: string;
  readonly email: string;
  readonly name: string | null;
  /** Names the trial for good, up to 240 characters. */
  readonly idempotencyKey: string;
}

/** What starts trials. */
export interface Billing {
  /**
   * Starts a user's trial, unless the user has or had a subscription from here.
   *
   * @param trial Whose.
   * @returns Stripe's ids of the customer and the subscription.
   * @throws {ProviderError} when Stripe does not do it; `retryable` tells whether
   * to try again, with the same key.
   */
  startTrial(
    trial: NewTrial,
  ): Promise<{ readonly customerId: string; readonly subscriptionId: string }>;
}

/** How to reach Stripe, and what a trial is. */
export interface BillingOptions {
  readonly secretKey: string;
  /** The price that is due after the trial, `price_…`. */
  readonly trialPriceId: string;
  readonly trialDays: number;
  /** Default Stripe's own address. */
  readonly baseUrl?: string | undefined;
  /** For one answer, ms. Default 20,000. */
  readonly timeoutMs?: number;
  /** What a date in Retry-After is compared with. */
  readonly clock?: Clock;
}

/** Key of Clerk's user id in the metadata of customers and subscriptions. */
const USER_ID = "clerk_user_id";

/**
 * Binds trials to an account and a price.
 *
 * @param options Key, price and length.
 * @returns What starts trials; it connects with the first one.
 */
export function createBilling(options: BillingOptions): Billing {
  const { clock = systemClock } = options;
  const stripe = new Stripe(options.secretKey, {
    ...toAddress(options.baseUrl),
    httpClient: Stripe.createFetchHttpClient(),
    maxNetworkRetries: 0, // Inngest tries again
    timeout: options.timeoutMs ?? 20_000,
    telemetry: false,
  });
  return {
    async startTrial(trial) {
      try {
        const customerId = await findCustomer(stripe, trial) ??
          await createCustomer(stripe, trial);
        const subscriptionId =
          await findSubscription(stripe, customerId, trial) ??
            await createSubscription(stripe, customerId, trial, options);
        return { customerId, subscriptionId };
      } catch (error) {
        throw toProviderError(error, clock);
      }
    },
  };
}

function toAddress(baseUrl: string | undefined): Stripe.StripeConfig {
  if (baseUrl === undefined) return {};
  const { protocol, hostname, port } = new URL(baseUrl);
  const isSecure = protocol === "https:";
  return {
    protocol: isSecure ? "https" : "http",
    host: hostname,
    port: port === "" ? (isSecure ? 443 : 80) : port,
  };
}

async function findCustomer(
  stripe: Stripe,
  { email, userId }: NewTrial,
): Promise<string | undefined> {
  // Two users may share an address, and so may customers of other makers.
  for await (const { id, metadata } of stripe.customers.list({ email })) {
    if (metadata[USER_ID] === userId) return id;
  }
  return undefined;
}

async function createCustomer(
  stripe: Stripe,
  { email, name, userId, idempotencyKey }: NewTrial,
): Promise<string> {
  const { id } = await stripe.customers.create(
    { email, ...(name !== null && { name }), metadata: { [USER_ID]: userId } },
    { idempotencyKey: `${idempotencyKey}:customer` },
  );
  return id;
}

/** One that has ended counts as well: there is no second trial. */
async function findSubscription(
  stripe: Stripe,
  customer: string,
  { userId }: NewTrial,
): Promise<string | undefined> {
  const all = stripe.subscriptions.list({ customer, status: "all" });
  for await (const { id, metadata } of all) {
    if (metadata[USER_ID] === userId) return id;
  }
  return undefined;
}

async function createSubscription(
  stripe: Stripe,
  customer: string,
  { userId, idempotencyKey }: NewTrial,
  { trialPriceId, trialDays }: BillingOptions,
): Promise<string> {
  const { id } = await stripe.subscriptions.create(
    {
      customer,
      items: [{ price: trialPriceId }],
      trial_period_days: trialDays,
      trial_settings: { end_behavior: { missing_payment_method: "cancel" } },
      metadata: { [USER_ID]: userId },
    },
    { idempotencyKey: `${idempotencyKey}:subscription` },
  );
  return id;
}

function toProviderError(error: unknown, clock: Clock): unknown {
  if (!(error instanceof Stripe.errors.StripeError)) return error;
  const { statusCode, code, rawType, type, headers } = error;
  const retryAfter = headers?.["retry-after"] ?? null;
  return new ProviderError({
    provider: "Stripe",
    task: "start a trial",
    status: statusCode,
    code: code ?? rawType ?? type,
    retryAfterMs: parseRetryAfter(retryAfter, clock.now()),
    // The same key is in use by a request that has not ended.
    ...(statusCode === 409 && { retryable: true }),
  });
}
