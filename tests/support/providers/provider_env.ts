/** The settings that point the service at the fakes. */
import type { FakeMailchimp } from "./start_mailchimp.ts";
import type { FakeResend } from "./start_resend.ts";
import type { FakeStripe } from "./start_stripe.ts";

/** Running fakes; those left out are not configured. */
export interface ProviderFakes {
  readonly resend?: FakeResend;
  readonly stripe?: FakeStripe;
  readonly mailchimp?: FakeMailchimp;
}

/**
 * Makes the settings.
 *
 * @param fakes Which providers there are.
 * @returns Variables by name.
 */
export function providerEnv(
  { resend, stripe, mailchimp }: ProviderFakes,
): Record<string, string> {
  return {
    ...(resend && {
      RESEND_API_KEY: resend.apiKey,
      RESEND_BASE_URL: resend.url,
      EMAIL_FROM: "Acme <hello@acme.example>",
    }),
    ...(stripe && {
      STRIPE_SECRET_KEY: stripe.secretKey,
      STRIPE_TRIAL_PRICE_ID: stripe.priceId,
      STRIPE_BASE_URL: stripe.url,
    }),
    ...(mailchimp && {
      MAILCHIMP_API_KEY: mailchimp.apiKey,
      MAILCHIMP_AUDIENCE_ID: mailchimp.audienceId,
      MAILCHIMP_BASE_URL: mailchimp.url,
    }),
  };
}
