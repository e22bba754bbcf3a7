/** The automations as an operator knows them: what each does, and through whom. */
import type { ProvidersConfig } from "../../../lib/config.ts";

/** One automation. */
export interface Automation {
  /** Inngest's function id. */
  readonly id: string;
  readonly name: string;
  readonly does: string;
  readonly provider: keyof ProvidersConfig;
  /** Its names in the ledger; a series has one for each part. */
  readonly ledgerNames: readonly string[];
}

/** All automations, in the order in which a new user meets them. */
export const AUTOMATIONS: readonly Automation[] = [
  {
    id: "send-welcome-email",
    name: "Welcome e-mail",
    does: "One letter to a new user",
    provider: "resend",
    ledgerNames: ["send-welcome-email"],
  },
  {
    id: "onboarding-emails",
    name: "Onboarding e-mails",
    does: "Three letters in the first week",
    provider: "resend",
    ledgerNames: [1, 2, 3].map((part) => `onboarding-emails:${part}`),
  },
  {
    id: "create-trial",
    name: "Trial",
    does: "A customer with a trial subscription",
    provider: "stripe",
    ledgerNames: ["create-trial"],
  },
  {
    id: "add-to-newsletter",
    name: "Newsletter",
    does: "A member of the audience, until the user is deleted",
    provider: "mailchimp",
    ledgerNames: ["add-to-newsletter"],
  },
];

/** What a provider is called, and the variables that configure it. */
export const PROVIDERS: Readonly<
  Record<
    keyof ProvidersConfig,
    { readonly name: string; readonly needs: string }
  >
> = {
  resend: { name: "Resend", needs: "RESEND_API_KEY and EMAIL_FROM" },
  stripe: {
    name: "Stripe",
    needs: "STRIPE_SECRET_KEY and STRIPE_TRIAL_PRICE_ID",
  },
  mailchimp: {
    name: "Mailchimp",
    needs: "MAILCHIMP_API_KEY and MAILCHIMP_AUDIENCE_ID",
  },
};
