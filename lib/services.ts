/**
 * Opens what the service is made of. Whether MongoDB and Inngest are embedded or
 * somewhere else only lib/parts/ knows: here both are an address.
 */
import { type Admission, createAdmission } from "./admission.ts";
import { createPasswordGate, type PasswordGate } from "./auth/password_gate.ts";
import type { ClerkApiClient } from "./clerk/clerk_api_client.ts";
import { redactBody } from "./clerk/redact_body.ts";
import { createWebhookSealer } from "./clerk/sealed_webhook.ts";
import {
  createWebhookVerifier,
  type VerifyWebhook,
} from "./clerk/verify_webhook.ts";
import { type Clock, systemClock } from "./clock.ts";
import type { Config } from "./config.ts";
import { randomReadable } from "./ids.ts";
import { findUnregistered } from "./inngest/find_unregistered.ts";
import { createAskInngest } from "./inngest/inngest_api.ts";
import { createRunsApi, type RunsApi } from "./inngest/runs_api.ts";
import { readKeptSecret } from "./kept_secret.ts";
import { createLiveFeed } from "./live_feed.ts";
import { type ClerkSignIn, openClerkSignIn } from "./parts/clerk_sign_in.ts";
import {
  createFunctionKit,
  type CreateFunctions,
  type FunctionKit,
  serveFunctions,
  type ServeHandler,
} from "./parts/function_kit.ts";
import {
  type EngineTiming,
  pingInngest,
  startInngestPart,
} from "./parts/inngest_part.ts";
import { startMongoPart } from "./parts/mongo_part.ts";
import {
  createQuarantineQueue,
  type QuarantineQueue,
} from "./store/quarantine_queue.ts";
import { openStore } from "./store/store.ts";
import { createMetrics } from "./telemetry/metrics.ts";

/** Everything that a request may use. */
export interface Services extends FunctionKit, AsyncDisposable {
  readonly verifyWebhook: VerifyWebhook;
  /** Clerk's Backend API for whoever waits for a page: it soon gives up. */
  readonly hurriedClerkApi: ClerkApiClient | undefined;
  /** Bounds the webhooks that are handled at once. */
  readonly admission: Admission;
  /** Takes note of refused webhooks, after their answer. */
  readonly quarantine: QuarantineQueue;
  /** Inngest's calls to the functions. */
  readonly serveInngest: ServeHandler;
  /** The functions that are served, by id and name. */
  readonly functions: readonly { readonly id: string; readonly name: string }[];
  /** Their runs. */
  readonly runs: RunsApi;
  /**
   * Which of them Inngest does not know; {InngestApiError} when it does not tell.
   */
  readonly findUnregistered: () => Promise<readonly string[]>;
  /** Resolves when Inngest answers. */
  readonly pingInngest: () => Promise<void>;
  readonly checkPassword: PasswordGate;
  /** The way in for Clerk's users; undefined where it is not configured. */
  readonly clerkSignIn: ClerkSignIn | undefined;
  /** The admin password that was made up, when there is no other way in. */
  readonly generatedPassword: string | undefined;
  readonly sessionSecret: string;
  /** The measurements of this thread and of the functions' as Prometheus text. */
  readonly metricsText: () => Promise<string>;
  /** Resolves when a part is lost without which nothing works. */
  readonly died: Promise<Error>;
  /** Finishes what is under way and closes everything. */
  close(): Promise<void>;
}

/** What the composition root hands in. */
export interface ServiceOptions {
  /** Makes the durable functions; they are served at /api/inngest. */
  readonly createFunctions: CreateFunctions;
  /**
   * Makes them once more, on a thread of its own with the embedded Inngest; on
   * this thread when undefined, for tests.
   */
  readonly thread?: URL;
  readonly clock?: Clock;
  /** How the embedded Inngest tells the time and tries again, for tests. */
  readonly engine?: EngineTiming;
}

/** Nobody looks at an empty page for longer. */
const PAGE_PATIENCE = { timeoutMs: 4_000, maxAttempts: 2, maxPauseMs: 2_000 };

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
  const feed = opened.use(createLiveFeed(store.db.databaseName));
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
  const inngestPart = await startInngestPart(
    config,
    options.thread === undefined
      ? { kind: "here", timing: options.engine ?? {} }
      : {
        kind: "thread",
        module: options.thread,
        mongoUri: mongo.value,
        sessionSecret,
      },
  );
  opened.defer(() => inngestPart.close());

  const metrics = createMetrics();
  const kit = createFunctionKit(
    { config, clock, store, feed, metrics, sealer },
    inngestPart.value,
  );
  const functions = options.createFunctions(kit);
  const serveInngest = serveFunctions(kit, functions);
  await inngestPart.value.register(serveInngest);
  const askInngest = createAskInngest(inngestPart.value);

  const hurriedClerkApi = kit.clerkApi?.fork(PAGE_PATIENCE);
  const clerkSignIn = openClerkSignIn(config, hurriedClerkApi);
  const { adminPassword } = config.auth;
  const password = adminPassword ?? randomReadable(16);
  const isPasswordNeeded = adminPassword === undefined &&
    clerkSignIn === undefined;
  const parts = opened.move();
  const close = () => parts.disposeAsync();
  return {
    ...kit,
    quarantine,
    serveInngest,
    admission: createAdmission(ADMISSION),
    functions: functions.map((fn) => ({ id: fn.id(), name: fn.name })),
    runs: createRunsApi(askInngest),
    findUnregistered: () =>
      findUnregistered(askInngest, functions.map((fn) => fn.id())),
    pingInngest: () => pingInngest(inngestPart.value),
    hurriedClerkApi,
    clerkSignIn,
    generatedPassword: isPasswordNeeded ? password : undefined,
    verifyWebhook: await createWebhookVerifier(config.clerk.webhookSecrets),
    checkPassword: createPasswordGate(password, clock),
    sessionSecret,
    metricsText: async () =>
      await metrics.text(await inngestPart.value.measure()),
    died: inngestPart.value.died,
    close,
    [Symbol.asyncDispose]: close,
  };
}

/** In production it is configured: there nothing is written to disk. */
async function readSessionSecret({ auth, dataDir }: Config): Promise<string> {
  return auth.sessionSecret ??
    await readKeptSecret(`${dataDir}/session_secret`);
}
