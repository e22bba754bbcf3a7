/**
 * The environment, read once at the start and typed from then on.
 *
 * Every fault is collected and reported together, so that one look at the
 * output is enough to fix them all. Values are never printed: a fault names the
 * variable and what is wrong with it. Names are those of .env.example.
 */
import { type Environment, parseEnvironment } from "./environment.ts";
import { AppError } from "./errors.ts";

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
  const parsed = parseEnvironment(env);
  if (!parsed.success) {
    const faults = parsed.error.issues.map((issue) =>
      `${String(issue.path[0])} ${issue.message}`
    );
    throw new ConfigError([...new Set(faults)]);
  }
  const values = parsed.data;
  const isProduction = values.ROLLCALL_ENV === "production" ||
    values.DENO_DEPLOYMENT_ID !== undefined;
  const faults = [
    ...findInngestFaults(values),
    ...(isProduction ? findProductionFaults(values) : []),
  ];
  if (faults.length > 0) throw new ConfigError(faults);
  return toConfig(values, isProduction);
}

function usesEmbeddedInngest(values: Environment): boolean {
  return [
    values.INNGEST_EVENT_KEY,
    values.INNGEST_SIGNING_KEY,
    values.INNGEST_BASE_URL,
    values.INNGEST_DEV,
  ].every((value) => value === undefined);
}

function isInngestDev(values: Environment): boolean {
  return values.INNGEST_DEV !== undefined &&
    !["0", "false"].includes(values.INNGEST_DEV);
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
  const hasClerkSignIn = values.CLERK_PUBLISHABLE_KEY !== undefined &&
    values.ROLLCALL_OPERATORS.length > 0;
  if (values.ADMIN_PASSWORD === undefined && !hasClerkSignIn) {
    faults.push(
      "ADMIN_PASSWORD is missing: the dashboard needs it, or CLERK_PUBLISHABLE_KEY and ROLLCALL_OPERATORS",
    );
  }
  if (values.SESSION_SECRET === undefined) {
    faults.push(
      "SESSION_SECRET is missing: 32 random characters or more that sign the session cookie",
    );
  }
  return faults;
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
      instanceId: values.CLERK_INSTANCE_ID,
    },
    auth: {
      adminPassword: values.ADMIN_PASSWORD,
      operators: values.ROLLCALL_OPERATORS,
      viewers: values.ROLLCALL_VIEWERS,
      sessionSecret: values.SESSION_SECRET,
    },
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
