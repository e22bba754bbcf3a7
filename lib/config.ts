/**
 * The environment, read once at the start and typed from then on.
 *
 * Every fault is collected and reported together, so that one look at the
 * output is enough to fix them all. Values are never printed: a fault names the
 * variable and what is wrong with it. Names are those of .env.example.
 */
import {
  type Environment,
  isInngestDev,
  parseEnvironment,
  type RepairedKind,
  usesEmbeddedInngest,
} from "./environment.ts";
import { AppError } from "./errors.ts";
import { findConfigFaults } from "./config_faults.ts";

/** Where users are stored. */
export type MongoConfig =
  | {
    readonly kind: "external";
    readonly uri: string;
    readonly database: string;
  }
  | { readonly kind: "embedded"; readonly database: string };

/** Which Inngest carries the events. */
export type InngestConfig =
  | {
    readonly kind: "external";
    readonly eventKey: string | undefined;
    readonly signingKey: string | undefined;
    readonly signingKeyFallback: string | undefined;
    readonly baseUrl: string | undefined;
    readonly isDev: boolean;
  }
  | { readonly kind: "embedded" };

/** What is known of the Clerk instance. */
export interface ClerkConfig {
  /** Secrets of the webhook endpoint, each `whsec_…`; any of them verifies. */
  readonly webhookSecrets: readonly string[];
  readonly secretKey: string | undefined;
  readonly publishableKey: string | undefined;
  readonly jwtKey: string | undefined;
  readonly apiUrl: string;
  /** Share of Clerk's rate limit that scans may use, over 0 and up to 1. */
  readonly apiShare: number;
  /** Events of other instances are kept apart when this is set. */
  readonly instanceId: string | undefined;
}

/** Who may sign in. */
export interface AuthConfig {
  readonly adminPassword: string | undefined;
  readonly operators: readonly string[];
  readonly viewers: readonly string[];
  /** Key of the session cookie's signature; generated when undefined. */
  readonly sessionSecret: string | undefined;
}

/** What raises an alert. */
export interface AlertLimits {
  /** Usual gaps between events that may pass without one. */
  readonly silenceGaps: number;
  /** No shorter silence raises one, ms. */
  readonly minSilenceMs: number;
  /** 99th percentile of the lag from Clerk to MongoDB, ms. */
  readonly lagP99Ms: number;
  /** Share of events that may fail, 0 to 1. */
  readonly failureShare: number;
  /** Differences between Clerk and MongoDB. */
  readonly driftItems: number;
}

/** What raises an alert and where alerts go; both places may be undefined. */
export interface AlertConfig {
  /** Takes Slack's JSON. */
  readonly webhookUrl: string | undefined;
  readonly email: string | undefined;
  readonly limits: AlertLimits;
}

/** The services that follow from an event; undefined ones are not used. */
export interface ProvidersConfig {
  /** Sends e-mails, the automations' and the alerts'. */
  readonly resend: {
    readonly apiKey: string;
    /** Such as `Rollcall <hello@example.com>`. */
    readonly from: string;
    readonly baseUrl: string | undefined;
  } | undefined;
  readonly stripe: {
    readonly secretKey: string;
    readonly trialPriceId: string;
    readonly trialDays: number;
    readonly baseUrl: string | undefined;
  } | undefined;
  readonly mailchimp: {
    readonly apiKey: string;
    readonly audienceId: string;
    readonly baseUrl: string | undefined;
  } | undefined;
}

/** For how many days records are kept; 0 keeps them for good. */
export interface RetentionConfig {
  /** What arrived and what it changed. */
  readonly eventsDays: number;
  /** What the service did and found: failures, jobs, scans, alerts. */
  readonly workDays: number;
  /** Who did or saw what in the dashboard. */
  readonly auditDays: number;
}

/** Everything that the environment decides. */
export interface Config {
  readonly environment: "development" | "production";
  readonly logLevel: "debug" | "info" | "warning" | "error";
  readonly host: string;
  /** 0 lets the system choose. */
  readonly port: number;
  readonly publicUrl: string | undefined;
  /** Folder of the embedded parts and generated keys. */
  readonly dataDir: string;
  readonly mongo: MongoConfig;
  readonly inngest: InngestConfig;
  readonly clerk: ClerkConfig;
  readonly auth: AuthConfig;
  /** What is repaired without being asked. */
  readonly driftRepair: readonly RepairedKind[];
  /** Between a scan's first look and its second, ms. */
  readonly driftGraceMs: number;
  readonly alerts: AlertConfig;
  readonly providers: ProvidersConfig;
  readonly retention: RetentionConfig;
}

/** The environment cannot be used; lists every fault at once. */
export class ConfigError extends AppError {
  override readonly name = "ConfigError";
  /** One sentence a fault, each naming its variable. */
  readonly faults: readonly string[];

  /** @param faults One sentence each, without values. */
  constructor(faults: readonly string[]) {
    super(
      `Cannot start: ${faults.length} of the settings need attention\n  - ${
        faults.join("\n  - ")
      }`,
      {
        code: "config-invalid",
        status: 500,
        retryable: false,
      },
    );
    this.faults = faults;
  }
}

/**
 * Reads and checks the whole environment.
 *
 * @param env Variables by name; empty values count as not set.
 * @returns The settings, with defaults filled in.
 * @throws {ConfigError} when anything is missing or malformed; it lists all.
 */
export function readConfig(
  env: Readonly<Record<string, string | undefined>>,
): Config {
  const { values, malformed } = parseEnvironment(env);
  const isProduction = values.ROLLCALL_ENV === "production" ||
    values.DENO_DEPLOYMENT_ID !== undefined;
  const faults = [
    ...[...malformed].map(([name, fault]) => `${name} ${fault}`),
    // What is malformed is not missing as well.
    ...findConfigFaults(values, isProduction).filter((fault) =>
      !malformed.has(fault.split(" ", 1)[0] ?? "")
    ),
  ];
  if (faults.length > 0) throw new ConfigError(faults);
  return toConfig(values, isProduction);
}

function toConfig(values: Environment, isProduction: boolean): Config {
  return {
    environment: isProduction ? "production" : "development",
    logLevel: values.LOG_LEVEL,
    host: values.HOST ?? (isProduction ? "0.0.0.0" : "127.0.0.1"),
    port: values.PORT,
    publicUrl: values.PUBLIC_URL,
    dataDir: values.DATA_DIR,
    mongo: values.MONGODB_URI === undefined
      ? { kind: "embedded", database: values.MONGODB_DATABASE }
      : {
        kind: "external",
        uri: values.MONGODB_URI,
        database: values.MONGODB_DATABASE,
      },
    inngest: toInngestConfig(values),
    clerk: {
      webhookSecrets: values.CLERK_WEBHOOK_SIGNING_SECRET,
      secretKey: values.CLERK_SECRET_KEY,
      publishableKey: values.CLERK_PUBLISHABLE_KEY,
      jwtKey: values.CLERK_JWT_KEY,
      apiUrl: values.CLERK_API_URL,
      apiShare: values.CLERK_API_SHARE / 100,
      instanceId: values.CLERK_INSTANCE_ID,
    },
    auth: {
      adminPassword: values.ADMIN_PASSWORD,
      operators: values.ROLLCALL_OPERATORS,
      viewers: values.ROLLCALL_VIEWERS,
      sessionSecret: values.SESSION_SECRET,
    },
    driftRepair: values.DRIFT_REPAIR,
    driftGraceMs: values.DRIFT_GRACE_S * 1000,
    alerts: {
      webhookUrl: values.ALERT_WEBHOOK_URL,
      email: values.ALERT_EMAIL,
      limits: {
        silenceGaps: values.ALERT_SILENCE_GAPS,
        minSilenceMs: values.ALERT_SILENCE_MIN_S * 1000,
        lagP99Ms: values.ALERT_LAG_P99_S * 1000,
        failureShare: values.ALERT_FAILURE_PERCENT / 100,
        driftItems: values.ALERT_DRIFT_ITEMS,
      },
    },
    providers: toProvidersConfig(values),
    retention: {
      eventsDays: values.RETENTION_EVENTS_DAYS,
      workDays: values.RETENTION_WORK_DAYS,
      auditDays: values.RETENTION_AUDIT_DAYS,
    },
  };
}

function toProvidersConfig(values: Environment): ProvidersConfig {
  const {
    RESEND_API_KEY,
    EMAIL_FROM,
    STRIPE_SECRET_KEY,
    STRIPE_TRIAL_PRICE_ID,
    MAILCHIMP_API_KEY,
    MAILCHIMP_AUDIENCE_ID,
  } = values;
  return {
    resend: RESEND_API_KEY !== undefined && EMAIL_FROM !== undefined
      ? {
        apiKey: RESEND_API_KEY,
        from: EMAIL_FROM,
        baseUrl: values.RESEND_BASE_URL,
      }
      : undefined,
    stripe: STRIPE_SECRET_KEY !== undefined &&
        STRIPE_TRIAL_PRICE_ID !== undefined
      ? {
        secretKey: STRIPE_SECRET_KEY,
        trialPriceId: STRIPE_TRIAL_PRICE_ID,
        trialDays: values.STRIPE_TRIAL_DAYS,
        baseUrl: values.STRIPE_BASE_URL,
      }
      : undefined,
    mailchimp: MAILCHIMP_API_KEY !== undefined &&
        MAILCHIMP_AUDIENCE_ID !== undefined
      ? {
        apiKey: MAILCHIMP_API_KEY,
        audienceId: MAILCHIMP_AUDIENCE_ID,
        baseUrl: values.MAILCHIMP_BASE_URL,
      }
      : undefined,
  };
}

function toInngestConfig(values: Environment): InngestConfig {
  if (usesEmbeddedInngest(values)) return { kind: "embedded" };
  const isDev = isInngestDev(values);
  const devUrl = isDev && URL.canParse(values.INNGEST_DEV ?? "")
    ? values.INNGEST_DEV
    : undefined;
  return {
    kind: "external",
    eventKey: values.INNGEST_EVENT_KEY,
    signingKey: values.INNGEST_SIGNING_KEY,
    signingKeyFallback: values.INNGEST_SIGNING_KEY_FALLBACK,
    baseUrl: values.INNGEST_BASE_URL ?? devUrl,
    isDev,
  };
}
