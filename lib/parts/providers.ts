/**
 * The services that follow from an event, as far as they are configured. Stripe's
 * client is loaded with the first trial: it takes its time.
 */
import type { Clock } from "../clock.ts";
import type { Config } from "../config.ts";
import type { Billing, BillingOptions } from "../providers/billing.ts";
import { createMailer, type Mailer } from "../providers/mailer.ts";
import { createNewsletter, type Newsletter } from "../providers/newsletter.ts";

/** What is configured; nothing of it is connected yet. */
export interface Providers {
  /** Sends e-mails; undefined without RESEND_API_KEY and EMAIL_FROM. */
  readonly mailer: Mailer | undefined;
  /** Starts trials; undefined without STRIPE_SECRET_KEY and a price. */
  readonly billing: Billing | undefined;
  /** A Mailchimp audience; undefined without MAILCHIMP_API_KEY and its id. */
  readonly newsletter: Newsletter | undefined;
}

/**
 * Makes the clients of the configured services.
 *
 * @param config The settings.
 * @param clock What their answers' dates are compared with.
 * @returns The clients.
 */
export function createProviders(
  { providers }: Pick<Config, "providers">,
  clock: Clock,
): Providers {
  const { resend, stripe, mailchimp } = providers;
  return {
    mailer: resend && createMailer({ ...resend, clock }),
    billing: stripe && createLazyBilling({ ...stripe, clock }),
    newsletter: mailchimp && createNewsletter({ ...mailchimp, clock }),
  };
}

function createLazyBilling(options: BillingOptions): Billing {
  let billing: Billing | undefined;
  return {
    async startTrial(trial) {
      const { createBilling } = await import("../providers/billing.ts");
      billing ??= createBilling(options);
      return await billing.startTrial(trial);
    },
  };
}
