/**
 * Opens what the service is made of. Whether MongoDB and Inngest are embedded or
 * somewhere else only lib/parts/ knows: here both are an address.
 */
import type { Inngest, InngestFunction } from "inngest";
import { serve } from "inngest/edge";
import { type Admission, createAdmission } from "./admission.ts";
import { createPasswordGate, type PasswordGate } from "./auth/password_gate.ts";
import {
  type ClerkApiClient,
  createClerkApiClient,
} from "./clerk/clerk_api_client.ts";
import { redactBody } from "./clerk/redact_body.ts";
import { createClerkRateLimiter } from "./clerk/rate_limiter.ts";
import {
  createWebhookSealer,
  type WebhookSealer,
} from "./clerk/sealed_webhook.ts";
import {
  createWebhookVerifier,
  type VerifyWebhook,
} from "./clerk/verify_webhook.ts";
import { type Clock, systemClock } from "./clock.ts";
import type { Config } from "./config.ts";
import { randomReadable } from "./ids.ts";
import { createInngestClient } from "./inngest/create_client.ts";
import { createAskInngest } from "./inngest/inngest_api.ts";
import { createRunsApi, type RunsApi } from "./inngest/runs_api.ts";
import { createEventSender, type EventSender } from "./inngest/event_sender.ts";
import { readKeptSecret } from "./kept_secret.ts";
import { createLiveFeed, type LiveFeed } from "./live_feed.ts";
import {
  type EngineTiming,
  pingInngest,
  startInngestPart,
} from "./parts/inngest_part.ts";
import { startMongoPart } from "./parts/mongo_part.ts";
import { createMailer, type Mailer } from "./providers/mailer.ts";
import {
  createQuarantineQueue,
  type QuarantineQueue,
} from "./store/quarantine_queue.ts";
import { openStore, type Store } from "./store/store.ts";
import { createMetrics, type Metrics } from "./telemetry/metrics.ts";

/** Everything that a request or a function may use. */
export interface Services extends AsyncDisposable {
  readonly config: Config;
  readonly clock: Clock;
  readonly metrics: Metrics;
  readonly store: Store;
  readonly inngest: Inngest;
  readonly sender: EventSender;
  readonly verifyWebhook: VerifyWebhook;
  /** Clerk's Backend API; undefined without CLERK_SECRET_KEY. */
  readonly clerkApi: ClerkApiClient | undefined;
  /** Sends e-mails; undefined without RESEND_API_KEY and EMAIL_FROM. */
  readonly mailer: Mailer | undefined;
  /** Bounds the webhooks that are handled at once. */
  readonly admission: Admission;
  /** Looks again at what the quarantine keeps. */
  readonly sealer: WebhookSealer;
  /** Takes note of refused webhooks, after their answer. */
  readonly quarantine: QuarantineQueue;
  /** What changes, as it changes, for open pages. */
  readonly feed: LiveFeed;
  /** Inngest's calls to the functions. */
  readonly serveInngest: (request: Request) => Promise<Response>;
  /** The functions that are served, by id and name. */
  readonly functions: readonly { readonly id: string; readonly name: string }[];
  /** Their runs. */
  readonly runs: RunsApi;
  /** Resolves when Inngest answers. */
  readonly pingInngest: () => Promise<void>;
  readonly checkPassword: PasswordGate;
  /** The admin password that was made up, when none was configured. */
  readonly generatedPassword: string | undefined;
  readonly sessionSecret: string;
  /** Finishes what is under way and closes everything. */
  close(): Promise<void>;
}

/** What the composition root hands in. */
export interface ServiceOptions {
  /** Makes the durable functions; they are served at /api/inngest. */
  readonly createFunctions: (
    deps: Pick<
      Services,
      | "config"
      | "inngest"
      | "store"
      | "sender"
      | "clock"
      | "metrics"
      | "feed"
      | "clerkApi"
      | "mailer"
      | "sealer"
    >,
  ) => InngestFunction.Any[];
  readonly clock?: Clock;
  /** How the embedded Inngest tells the time and tries again, for tests. */
  readonly engine?: EngineTiming;
}

/** Webhooks at once, and the memory that their bodies may take. */
const ADMISSION = { maxRequests: 2_000, maxBytes: 64 * 1024 * 1024 };

/**
 * Starts the embedded parts that the configuration asks for and opens the rest.
 *
 * @param config The environment, checked.
 * @param options The functions, and a clock for tests.
 * @returns The open services; the caller closes them.
 */
export async function openServices(
  config: Config,
  options: ServiceOptions,
): Promise<Services> {
  const { clock = systemClock } = options;
  await using opened = new AsyncDisposableStack();
  const mongo = await startMongoPart(config);
  opened.defer(() => mongo.close());
  const store = opened.use(
    openStore({ uri: mongo.value, database: config.mongo.database }),
  );
  const sessionSecret = await readSessionSecret(config);
  const sealer = await createWebhookSealer(
    config.clerk.webhookSecrets,
    sessionSecret,
  );
  const feed = opened.use(createLiveFeed());
  const quarantine = opened.use(createQuarantineQueue({
    store,
    clock,
    redact: redactBody,
    seal: sealer.seal,
    onKept: (count) =>
      feed.publish({
        kind: "webhooks-refused",
        count,
        at: clock.now().getTime(),
      }),
  }));
  const inngestPart = await startInngestPart(config, options.engine);
  opened.defer(() => inngestPart.close());

  const metrics = createMetrics();
  const inngest = createInngestClient(inngestPart.value);
  const sender = createEventSender({
    clock,
    sendBatch: (events) => inngest.send(events.map((event) => ({ ...event }))),
  });
  const clerkApi = openClerkApi(config);
  const mailer = config.providers.resend &&
    createMailer({ ...config.providers.resend, clock });
  const functions = options.createFunctions({
    inngest,
    store,
    sender,
    clock,
    metrics,
    feed,
    clerkApi,
    mailer,
    sealer,
    config,
  });
  const serveInngest = serve({
    client: inngest,
    functions,
    enableUnauthedSync: config.inngest.kind === "external" &&
      config.inngest.isDev,
  });
  await inngestPart.value.register(serveInngest);

  const generatedPassword = config.auth.adminPassword === undefined
    ? randomReadable(16)
    : undefined;
  const password = config.auth.adminPassword ?? generatedPassword ?? "";
  const parts = opened.move();
  const close = () => parts.disposeAsync();
  return {
    config,
    clock,
    metrics,
    store,
    inngest,
    sender,
    quarantine,
    feed,
    clerkApi,
    mailer,
    sealer,
    serveInngest,
    admission: createAdmission(ADMISSION),
    functions: functions.map((fn) => ({ id: fn.id(), name: fn.name })),
    runs: createRunsApi(createAskInngest(inngestPart.value)),
    pingInngest: () => pingInngest(inngestPart.value),
    generatedPassword,
    verifyWebhook: await createWebhookVerifier(config.clerk.webhookSecrets),
    checkPassword: createPasswordGate(password, clock),
    sessionSecret,
    close,
    [Symbol.asyncDispose]: close,
  };
}

/** In production it is configured: there nothing is written to disk. */
async function readSessionSecret({ auth, dataDir }: Config): Promise<string> {
  return auth.sessionSecret ??
    await readKeptSecret(`${dataDir}/session_secret`);
}

/**
 * Opens Clerk's Backend API at the configured share of its rate limit.
 *
 * @param config The settings.
 * @returns The client; undefined without CLERK_SECRET_KEY.
 */
export function openClerkApi({ clerk }: Config): ClerkApiClient | undefined {
  if (clerk.secretKey === undefined) return undefined;
  const { apiUrl, secretKey, apiShare: share } = clerk;
  const limiter = createClerkRateLimiter({ secretKey, share });
  return createClerkApiClient({ apiUrl, secretKey, limiter });
}
