/**
 * The names, forms and defaults of the environment's variables; what they mean
 * together is decided in config.ts. Names are those of .env.example.
 */
import { z } from "zod";

const list = z.string().default("").transform((text) =>
  text.split(",").map((part) => part.trim()).filter((part) => part !== "")
);
const flag = z.enum(["1", "0", "true", "false"], "must be 1 or 0").optional()
  .transform((text) => text === "1" || text === "true");
const url = z.url({
  protocol: /^https?$/,
  error: "must be an http:// or https:// URL",
}).transform((text) => text.replace(/\/+$/, ""));

const numberFrom = (least: number) =>
  z.string().transform(Number).refine((value) => value >= least, {
    error: `must be a number, ${least} or more`,
  });

// 0 keeps for good. Svix tries for 27 h 35 min: what arrived must be known longer.
const days = (usual: number) =>
  z.string().default(String(usual)).transform(Number).refine(
    (count) => count === 0 || Number.isInteger(count) && count >= 2,
    { error: "must be 0, or a whole number of days from 2" },
  );

// Svix: 24 to 64 bytes in base64, `whsec_` before them is optional.
const webhookSecret = z.string().refine(isWebhookSecret, {
  error:
    "must be whsec_ followed by 24 to 64 bytes in base64, as Clerk's dashboard shows it",
});

const environment = z.object({
  ROLLCALL_ENV: z.enum(
    ["development", "production"],
    "must be development or production",
  ).optional(),
  ROLLCALL_EMBEDDED: flag,
  DENO_DEPLOYMENT_ID: z.string().optional(),
  LOG_LEVEL: z.enum(
    ["debug", "info", "warning", "error"],
    "must be debug, info, warning or error",
  ).default("info"),
  HOST: z.string().optional(),
  PORT: z.string().default("8000").transform(Number).refine(
    (port) => Number.isInteger(port) && port >= 0 && port <= 65535,
    { error: "must be a whole number from 0 to 65535" },
  ),
  PUBLIC_URL: url.optional(),
  DATA_DIR: z.string().default(".data"),
  MONGODB_URI: z.string().regex(
    /^mongodb(\+srv)?:\/\//,
    "must begin with mongodb:// or mongodb+srv://",
  ).optional(),
  MONGODB_DATABASE: z.string().regex(
    /^[^/\\. "$*<>:|?\0]{1,63}$/,
    "must be a MongoDB database name",
  ).default(
    "rollcall",
  ),
  INNGEST_EVENT_KEY: z.string().optional(),
  INNGEST_SIGNING_KEY: z.string().optional(),
  INNGEST_SIGNING_KEY_FALLBACK: z.string().optional(),
  INNGEST_BASE_URL: url.optional(),
  INNGEST_DEV: z.string().optional(),
  CLERK_WEBHOOK_SIGNING_SECRET: list.pipe(z.array(webhookSecret)),
  CLERK_SECRET_KEY: z.string().regex(
    /^sk_(test|live)_/,
    "must begin with sk_test_ or sk_live_",
  ).optional(),
  CLERK_PUBLISHABLE_KEY: z.string().regex(
    /^pk_(test|live)_[A-Za-z0-9+/]+=*$/,
    "must be pk_test_… or pk_live_… as Clerk's dashboard shows it",
  ).optional(),
  CLERK_JWT_KEY: z.string().optional(),
  CLERK_API_URL: url.default("https://api.clerk.com"),
  CLERK_INSTANCE_ID: z.string().regex(/^ins_/, "must begin with ins_")
    .optional(),
  CLERK_API_SHARE: z.string().default("20").transform(Number).refine(
    (percent) => percent > 0 && percent <= 100,
    { error: "must be a percentage over 0, up to 100" },
  ),
  DRIFT_REPAIR: z.string().default("off").transform(toRepairedKinds).refine(
    (kinds) => kinds !== undefined,
    { error: "must be off, all, or missing, stale and edited with commas" },
  ).transform((kinds) => kinds ?? []),
  DRIFT_GRACE_S: numberFrom(0).default(120),
  ALERT_SILENCE_GAPS: numberFrom(1).default(10),
  ALERT_SILENCE_MIN_S: numberFrom(1).default(900),
  ALERT_LAG_P99_S: numberFrom(1).default(60),
  ALERT_FAILURE_PERCENT: numberFrom(0.1).default(5),
  ALERT_DRIFT_ITEMS: numberFrom(1).default(1),
  ALERT_WEBHOOK_URL: url.optional(),
  ALERT_EMAIL: z.email("must be an e-mail address").optional(),
  RESEND_API_KEY: z.string().optional(),
  RESEND_BASE_URL: url.optional(),
  EMAIL_FROM: z.string().optional(),
  STRIPE_SECRET_KEY: z.string().optional(),
  STRIPE_BASE_URL: url.optional(),
  STRIPE_TRIAL_PRICE_ID: z.string().optional(),
  STRIPE_TRIAL_DAYS: z.string().default("14").transform(Number).refine(
    // Stripe's own limit: two years.
    (days) => Number.isInteger(days) && days >= 1 && days <= 730,
    { error: "must be a whole number from 1 to 730" },
  ),
  MAILCHIMP_API_KEY: z.string().regex(
    /-[a-z]+\d+$/,
    "must end with its data centre, such as -us21",
  ).optional(),
  MAILCHIMP_BASE_URL: url.optional(),
  MAILCHIMP_AUDIENCE_ID: z.string().optional(),
  RETENTION_EVENTS_DAYS: days(90),
  RETENTION_WORK_DAYS: days(90),
  RETENTION_AUDIT_DAYS: days(365),
  ADMIN_PASSWORD: z.string().min(8, "must have 8 characters or more")
    .optional(),
  ROLLCALL_OPERATORS: list,
  ROLLCALL_VIEWERS: list,
  SESSION_SECRET: z.string().min(32, "must have 32 characters or more")
    .optional(),
});

const REPAIRABLE = ["missing", "stale", "edited"] as const;

/** The kinds of drift that may be repaired unasked; a ghost never is. */
export type RepairedKind = typeof REPAIRABLE[number];

/** The variables, each checked by itself. */
export type Environment = z.infer<typeof environment>;

/** Second names that other tools use, tried when the first is not set. */
const ALIASES: Readonly<Record<string, string>> = {
  CLERK_WEBHOOK_SIGNING_SECRET: "CLERK_WEBHOOK_SECRET",
  MONGODB_URI: "DATABASE_URI",
  INNGEST_EVENT_KEY: "INNGEST_API_KEY",
};

/** What the environment says, and what of it cannot be used. */
export interface ParsedEnvironment {
  /** With defaults for what is not set, and for what is malformed. */
  readonly values: Environment;
  /** What is wrong with a variable, by its name. */
  readonly malformed: ReadonlyMap<string, string>;
}

/**
 * Checks each variable by itself.
 *
 * @param env Variables by name; empty values count as not set.
 * @returns The values, and what is wrong with which.
 */
export function parseEnvironment(
  env: Readonly<Record<string, string | undefined>>,
): ParsedEnvironment {
  const known = withAliases(env);
  const issues = environment.safeParse(known).error?.issues ?? [];
  const malformed = new Map(
    issues.map(({ path, message }) => [String(path[0]), message]),
  );
  for (const name of malformed.keys()) Reflect.deleteProperty(known, name);
  return { values: environment.parse(known), malformed };
}

function withAliases(
  env: Readonly<Record<string, string | undefined>>,
): Record<string, string> {
  const known: Record<string, string> = {};
  for (const name of Object.keys(environment.shape)) {
    const value = env[name] || env[ALIASES[name] ?? ""];
    if (value) known[name] = value;
  }
  return known;
}

function isWebhookSecret(text: string): boolean {
  const base64 = text.replace(/^whsec_/, "");
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(base64) || base64.length % 4 !== 0) {
    return false;
  }
  const bytes = atob(base64).length;
  return bytes >= 24 && bytes <= 64;
}

function toRepairedKinds(text: string): readonly RepairedKind[] | undefined {
  if (text === "off") return [];
  if (text === "all") return REPAIRABLE;
  const names = text.split(",").map((name) => name.trim());
  const kinds = REPAIRABLE.filter((kind) => names.includes(kind));
  return kinds.length === names.length ? kinds : undefined;
}

/** @returns Whether no variable names an Inngest to use. */
export function usesEmbeddedInngest(values: Environment): boolean {
  return [
    values.INNGEST_EVENT_KEY,
    values.INNGEST_SIGNING_KEY,
    values.INNGEST_BASE_URL,
    values.INNGEST_DEV,
  ].every((value) => value === undefined);
}

/** @returns Whether Inngest is its dev server, which needs no keys. */
export function isInngestDev(values: Environment): boolean {
  return values.INNGEST_DEV !== undefined &&
    !["0", "false"].includes(values.INNGEST_DEV);
}
