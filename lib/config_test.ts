import { assertEquals, assertThrows } from "@std/assert";
import { ConfigError, readConfig } from "./config.ts";

const SECRET = `whsec_${btoa("s".repeat(24))}`;
const OTHER_SECRET = `whsec_${btoa("t".repeat(32))}`;

const PRODUCTION = {
  ROLLCALL_ENV: "production",
  CLERK_WEBHOOK_SIGNING_SECRET: SECRET,
  MONGODB_URI: "mongodb://db.example.com",
  INNGEST_EVENT_KEY: "event-key",
  INNGEST_SIGNING_KEY: "signkey-prod-00",
  ADMIN_PASSWORD: "long enough",
  SESSION_SECRET: "x".repeat(32),
};

/** The faults that an environment is refused for. */
function faultsOf(env: Record<string, string>): readonly string[] {
  return assertThrows(() => readConfig(env), ConfigError).faults;
}

/** The names of the variables that faults begin with. */
function namesOf(faults: readonly string[]): string[] {
  return faults.map((fault) => fault.split(" ")[0] ?? "");
}

Deno.test("readConfig() runs on this machine alone when nothing is set", () => {
  const config = readConfig({});
  assertEquals({
    environment: config.environment,
    host: config.host,
    port: config.port,
    dataDir: config.dataDir,
    mongo: config.mongo,
    inngest: config.inngest,
    secrets: config.clerk.webhookSecrets,
  }, {
    environment: "development",
    host: "127.0.0.1",
    port: 8000,
    dataDir: ".data",
    mongo: { kind: "embedded", database: "rollcall" },
    inngest: { kind: "embedded" },
    secrets: [],
  });
});

Deno.test("readConfig() takes empty values for not set", () => {
  assertEquals(readConfig({ MONGODB_URI: "", PORT: "" }), readConfig({}));
});

Deno.test("readConfig() takes production with everything set", () => {
  const config = readConfig(PRODUCTION);
  assertEquals(config.host, "0.0.0.0");
  assertEquals(config.mongo.kind, "external");
  assertEquals(config.inngest.kind, "external");
});

Deno.test("readConfig() reports all that production misses at once", () => {
  assertEquals(namesOf(faultsOf({ ROLLCALL_ENV: "production" })), [
    "CLERK_WEBHOOK_SIGNING_SECRET",
    "MONGODB_URI",
    "INNGEST_EVENT_KEY",
    "ADMIN_PASSWORD",
    "SESSION_SECRET",
  ]);
});

Deno.test("readConfig() lets operators of Clerk stand in for the password", () => {
  const { ADMIN_PASSWORD: _, ...env } = PRODUCTION;
  const operators = { ...env, ROLLCALL_OPERATORS: "ada@example.com" };
  assertEquals(namesOf(faultsOf(operators)), [
    "CLERK_PUBLISHABLE_KEY",
    "CLERK_SECRET_KEY",
  ]);
  const config = readConfig({
    ...operators,
    CLERK_PUBLISHABLE_KEY: `pk_live_${btoa("clerk.example.com$")}`,
    CLERK_SECRET_KEY: "sk_live_1",
  });
  assertEquals(config.auth.operators, ["ada@example.com"]);
  const viewers = { ...env, ROLLCALL_VIEWERS: "ada@example.com" };
  assertEquals(namesOf(faultsOf(viewers))[0], "ADMIN_PASSWORD");
});

Deno.test("readConfig() treats Deno Deploy as production", () => {
  const { ROLLCALL_ENV: _, ...env } = PRODUCTION;
  const config = readConfig({ ...env, DENO_DEPLOYMENT_ID: "abc" });
  assertEquals(config.environment, "production");
});

Deno.test("readConfig() allows the embedded parts in production when asked", () => {
  const {
    MONGODB_URI: _,
    INNGEST_EVENT_KEY: __,
    INNGEST_SIGNING_KEY: ___,
    ...env
  } = PRODUCTION;
  const config = readConfig({ ...env, ROLLCALL_EMBEDDED: "1" });
  assertEquals(config.mongo.kind, "embedded");
  assertEquals(config.inngest.kind, "embedded");
});

Deno.test("readConfig() names every malformed variable, and no value", () => {
  const env = {
    PORT: "eighty",
    LOG_LEVEL: "loud",
    MONGODB_URI: "postgres://hunter2@db",
    CLERK_WEBHOOK_SIGNING_SECRET: "whsec_hunter2",
    CLERK_SECRET_KEY: "hunter2",
    ADMIN_PASSWORD: "hunter2",
    SESSION_SECRET: "hunter2",
  };
  const faults = faultsOf(env);
  assertEquals(namesOf(faults).toSorted(), Object.keys(env).toSorted());
  assertEquals(faults.filter((fault) => fault.includes("hunter2")), []);
});

Deno.test("readConfig() reports what is missing beside what is malformed", () => {
  const faults = faultsOf({
    ROLLCALL_ENV: "production",
    PORT: "eighty",
    CLERK_WEBHOOK_SECRET: "whsec_short",
    STRIPE_SECRET_KEY: "sk_test_1",
  });
  assertEquals(namesOf(faults).toSorted(), [
    "ADMIN_PASSWORD",
    "CLERK_WEBHOOK_SIGNING_SECRET",
    "INNGEST_EVENT_KEY",
    "MONGODB_URI",
    "PORT",
    "SESSION_SECRET",
    "STRIPE_TRIAL_PRICE_ID",
  ]);
});

const ALIASES: [string, string, string][] = [
  ["CLERK_WEBHOOK_SECRET", "CLERK_WEBHOOK_SIGNING_SECRET", SECRET],
  ["DATABASE_URI", "MONGODB_URI", "mongodb://db.example.com"],
  ["INNGEST_API_KEY", "INNGEST_EVENT_KEY", "event-key"],
];
for (const [alias, name, value] of ALIASES) {
  Deno.test(`readConfig() takes ${alias} for ${name}`, () => {
    const rest = { INNGEST_SIGNING_KEY: "signkey-test-00" };
    const env = name === "INNGEST_EVENT_KEY" ? rest : {};
    assertEquals(
      readConfig({ ...env, [alias]: value }),
      readConfig({ ...env, [name]: value }),
    );
  });
}

Deno.test("readConfig() takes several secrets while they are rotated", () => {
  const env = { CLERK_WEBHOOK_SIGNING_SECRET: `${SECRET}, ${OTHER_SECRET}` };
  assertEquals(readConfig(env).clerk.webhookSecrets, [SECRET, OTHER_SECRET]);
});

Deno.test("readConfig() needs the signing key beside the event key", () => {
  assertEquals(namesOf(faultsOf({ INNGEST_EVENT_KEY: "event-key" })), [
    "INNGEST_SIGNING_KEY",
  ]);
});

Deno.test("readConfig() reaches a dev server without keys", () => {
  const config = readConfig({ INNGEST_DEV: "http://localhost:8288" });
  assertEquals(config.inngest, {
    kind: "external",
    isDev: true,
    baseUrl: "http://localhost:8288",
    eventKey: undefined,
    signingKey: undefined,
    signingKeyFallback: undefined,
  });
});

const HALF_PROVIDERS: [string, Record<string, string>, string][] = [
  ["a sender", { RESEND_API_KEY: "re_1" }, "EMAIL_FROM"],
  ["a key of Resend", { EMAIL_FROM: "a@example.com" }, "RESEND_API_KEY"],
  ["a price", { STRIPE_SECRET_KEY: "sk_1" }, "STRIPE_TRIAL_PRICE_ID"],
  ["an audience", { MAILCHIMP_API_KEY: "k-us1" }, "MAILCHIMP_AUDIENCE_ID"],
  ["e-mail", { ALERT_EMAIL: "a@example.com" }, "RESEND_API_KEY"],
];
for (const [part, env, missing] of HALF_PROVIDERS) {
  Deno.test(`readConfig() refuses a provider that lacks ${part}`, () => {
    assertEquals(namesOf(faultsOf(env)), [missing]);
  });
}

Deno.test("readConfig() uses no provider and repairs nothing unless told to", () => {
  const { providers, alerts: { limits: _, ...places }, driftRepair } =
    readConfig({});
  assertEquals({ ...providers, ...places, driftRepair }, {
    resend: undefined,
    stripe: undefined,
    mailchimp: undefined,
    webhookUrl: undefined,
    email: undefined,
    driftRepair: [],
  });
});

for (
  const [text, kinds] of [
    ["off", []],
    ["missing, stale", ["missing", "stale"]],
    ["all", ["missing", "stale", "edited"]],
  ] as const
) {
  Deno.test(`readConfig() repairs ${kinds.length} kinds of drift when told ${text}`, () => {
    assertEquals(readConfig({ DRIFT_REPAIR: text }).driftRepair, [...kinds]);
  });
}

Deno.test("readConfig() never removes ghosts unasked", () => {
  assertEquals(namesOf(faultsOf({ DRIFT_REPAIR: "ghost" })), ["DRIFT_REPAIR"]);
});

Deno.test("readConfig() reads what raises an alert in the units of its names", () => {
  assertEquals(readConfig({}).alerts.limits, {
    silenceGaps: 10,
    minSilenceMs: 900_000,
    lagP99Ms: 60_000,
    failureShare: 0.05,
    driftItems: 1,
  });
  const { limits } = readConfig({
    ALERT_SILENCE_GAPS: "3",
    ALERT_SILENCE_MIN_S: "15",
    ALERT_LAG_P99_S: "2",
    ALERT_FAILURE_PERCENT: "50",
    ALERT_DRIFT_ITEMS: "100",
  }).alerts;
  assertEquals(limits, {
    silenceGaps: 3,
    minSilenceMs: 15_000,
    lagP99Ms: 2_000,
    failureShare: 0.5,
    driftItems: 100,
  });
  assertEquals(
    namesOf(faultsOf({ ALERT_SILENCE_GAPS: "0", ALERT_LAG_P99_S: "soon" })),
    ["ALERT_SILENCE_GAPS", "ALERT_LAG_P99_S"],
  );
});

Deno.test("readConfig() keeps records for a while, and for good with 0", () => {
  assertEquals(readConfig({}).retention, {
    eventsDays: 90,
    workDays: 90,
    auditDays: 365,
  });
  const { retention } = readConfig({ RETENTION_EVENTS_DAYS: "0" });
  assertEquals(retention.eventsDays, 0);
  for (const days of ["1", "2.5", "-3", "x"]) {
    assertEquals(namesOf(faultsOf({ RETENTION_EVENTS_DAYS: days })), [
      "RETENTION_EVENTS_DAYS",
    ]);
  }
});

Deno.test("readConfig() takes a trial's length in days, up to Stripe's two years", () => {
  const stripe = {
    STRIPE_SECRET_KEY: "sk_1",
    STRIPE_TRIAL_PRICE_ID: "price_1",
  };
  const { providers } = readConfig({ ...stripe, STRIPE_TRIAL_DAYS: "30" });
  assertEquals(providers.stripe?.trialDays, 30);
  for (const days of ["0", "731", "1.5"]) {
    assertEquals(namesOf(faultsOf({ ...stripe, STRIPE_TRIAL_DAYS: days })), [
      "STRIPE_TRIAL_DAYS",
    ]);
  }
});
