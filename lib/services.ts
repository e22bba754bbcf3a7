/**
 * Opens what the service is made of; the one place that knows whether MongoDB
 * and Inngest are embedded or somewhere else. From here on both are an address.
 */
import type { Inngest, InngestFunction } from "inngest";
import { serve } from "inngest/edge";
import { startEngine } from "../packages/embedded_inngest/mod.ts";
import { startMongo } from "../packages/embedded_mongo/mod.ts";
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
import {
  createInngestClient,
  type InngestConnection,
} from "./inngest/create_client.ts";
import { createAskInngest, inngestOrigin } from "./inngest/inngest_api.ts";
import { createRunsApi, type RunsApi } from "./inngest/runs_api.ts";
import { createEventSender, type EventSender } from "./inngest/event_sender.ts";
import { readKeptSecret } from "./kept_secret.ts";
import { createLiveFeed, type LiveFeed } from "./live_feed.ts";
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
}

/** A started part and the way to stop it. */
interface Part<T> {
  readonly value: T;
  close(): Promise<void>;
}

/** Webhooks at once, and the memory that their bodies may take. */
const ADMISSION = { maxRequests: 2_000, maxBytes: 64 * 1024 * 1024 };

interface RunningInngest extends InngestConnection {
  /** Tells Inngest which functions there are. */
  readonly register: (
    handler: (request: Request) => Promise<Response>,
  ) => Promise<void>;
}

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
  const inngestPart = await startInngestPart(config);
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

function openClerkApi({ clerk }: Config): ClerkApiClient | undefined {
  if (clerk.secretKey === undefined) return undefined;
  const { apiUrl, secretKey, apiShare: share } = clerk;
  const limiter = createClerkRateLimiter({ secretKey, share });
  return createClerkApiClient({ apiUrl, secretKey, limiter });
}

/**
 * Where the database of a running service is, for tools beside it.
 *
 * @param config The service's settings.
 * @returns The address to connect to.
 */
export function mongoUriOf({ mongo, dataDir }: Config): string {
  return mongo.kind === "external"
    ? mongo.uri
    : `mongodb://${encodeURIComponent(socketOf(dataDir))}`;
}

function socketOf(dataDir: string): string {
  return `${dataDir}/mongo.sock`;
}

async function startMongoPart(
  { mongo, dataDir }: Config,
): Promise<Part<string>> {
  if (mongo.kind === "external") {
    return {
      value: mongo.uri,
      close: () => Promise.resolve(),
    };
  }
  const server = await startMongo({
    path: `${dataDir}/mongo`,
    socketPath: socketOf(dataDir),
  });
  return { value: server.uri, close: () => server.close() };
}

async function startInngestPart(
  { inngest, dataDir }: Config,
): Promise<Part<RunningInngest>> {
  if (inngest.kind === "external") {
    const { kind: _, ...connection } = inngest;
    return {
      value: {
        ...connection,
        fetch: undefined,
        register: () => Promise.resolve(),
      },
      close: () => Promise.resolve(),
    };
  }
  const engine = await startEngine({ path: `${dataDir}/inngest` });
  return {
    value: {
      baseUrl: engine.url,
      eventKey: engine.eventKey,
      signingKey: engine.signingKey,
      signingKeyFallback: undefined,
      isDev: false,
      fetch: engine.fetch,
      register: async (handler) => {
        await engine.register(handler);
      },
    },
    close: () => engine.close(),
  };
}

/** Any answer but a server error means that Inngest can be reached. */
async function pingInngest(connection: InngestConnection): Promise<void> {
  const { fetch: ask = fetch } = connection;
  const response = await ask(`${inngestOrigin(connection)}/health`);
  await response.body?.cancel();
  if (response.status >= 500) {
    throw new Error(`Inngest answers ${response.status}`);
  }
}
