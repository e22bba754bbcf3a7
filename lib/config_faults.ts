/**
 * What is wrong with variables together: one that another needs, or that
 * production needs. What is wrong with one by itself is found in environment.ts.
 */
import {
  type Environment,
  isInngestDev,
  usesEmbeddedInngest,
} from "./environment.ts";

/**
 * Finds every fault, so that one look at the output is enough to fix them all.
 *
 * @param values The variables, each in its form.
 * @param isProduction Whether the stricter rules hold.
 * @returns One sentence a fault that begins with the variable's name.
 */
export function findConfigFaults(
  values: Environment,
  isProduction: boolean,
): string[] {
  return [
    ...findInngestFaults(values),
    ...findProviderFaults(values),
    ...(isProduction ? findProductionFaults(values) : []),
  ];
}

function findInngestFaults(values: Environment): string[] {
  if (usesEmbeddedInngest(values) || isInngestDev(values)) return [];
  const faults: string[] = [];
  if (values.INNGEST_EVENT_KEY === undefined) {
    faults.push(
      "INNGEST_EVENT_KEY is missing: without it no event can be sent to Inngest",
    );
  }
  if (values.INNGEST_SIGNING_KEY === undefined) {
    faults.push(
      "INNGEST_SIGNING_KEY is missing: without it nobody can tell Inngest's calls from forged ones",
    );
  }
  return faults;
}

/** A provider's variables belong together: half of them would do nothing. */
const PROVIDER_VARIABLES = [
  ["RESEND_API_KEY", "EMAIL_FROM"],
  ["STRIPE_SECRET_KEY", "STRIPE_TRIAL_PRICE_ID"],
  ["MAILCHIMP_API_KEY", "MAILCHIMP_AUDIENCE_ID"],
] as const;

function findProviderFaults(values: Environment): string[] {
  const faults = PROVIDER_VARIABLES.flatMap(([key, other]) => {
    if ((values[key] === undefined) === (values[other] === undefined)) {
      return [];
    }
    const [missing, set] = values[key] === undefined
      ? [key, other]
      : [other, key];
    return [`${missing} is missing: ${set} is set and needs it`];
  });
  if (values.ALERT_EMAIL !== undefined && values.RESEND_API_KEY === undefined) {
    faults.push(
      "RESEND_API_KEY is missing: ALERT_EMAIL is set and e-mails go through Resend",
    );
  }
  return faults;
}

function findProductionFaults(values: Environment): string[] {
  const faults: string[] = [];
  const isEmbeddedAllowed = values.ROLLCALL_EMBEDDED;
  if (values.CLERK_WEBHOOK_SIGNING_SECRET.length === 0) {
    faults.push(
      "CLERK_WEBHOOK_SIGNING_SECRET is missing: Clerk's dashboard shows it beside the webhook endpoint",
    );
  }
  if (values.MONGODB_URI === undefined && !isEmbeddedAllowed) {
    faults.push(
      "MONGODB_URI is missing: set it, or set ROLLCALL_EMBEDDED=1 to keep the data in DATA_DIR on this machine",
    );
  }
  if (usesEmbeddedInngest(values) && !isEmbeddedAllowed) {
    faults.push(
      "INNGEST_EVENT_KEY and INNGEST_SIGNING_KEY are missing: set them, or set ROLLCALL_EMBEDDED=1 to run the built-in engine",
    );
  }
  if (
    values.ADMIN_PASSWORD === undefined &&
    values.ROLLCALL_OPERATORS.length === 0
  ) {
    faults.push(
      "ADMIN_PASSWORD is missing: the dashboard needs it, or ROLLCALL_OPERATORS, who sign in with Clerk",
    );
  }
  faults.push(...findSignInFaults(values));
  if (values.SESSION_SECRET === undefined) {
    faults.push(
      "SESSION_SECRET is missing: 32 random characters or more that sign the session cookie",
    );
  }
  return faults;
}

/** Whoever is listed signs in at Clerk, which takes both of its keys. */
function findSignInFaults(values: Environment): string[] {
  const listed = (["ROLLCALL_OPERATORS", "ROLLCALL_VIEWERS"] as const).find(
    (name) => values[name].length > 0,
  );
  if (listed === undefined) return [];
  const keys = ["CLERK_PUBLISHABLE_KEY", "CLERK_SECRET_KEY"] as const;
  return keys.filter((name) => values[name] === undefined).map((name) =>
    `${name} is missing: ${listed} is set, and they sign in with Clerk`
  );
}
