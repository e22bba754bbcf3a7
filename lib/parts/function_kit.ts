/**
 * What the durable functions run on, and the handler that serves them: the same
 * beside the web server and on a thread of its own.
 */
import type { Inngest, InngestFunction } from "inngest";
import { serve } from "inngest/edge";
import {
  type ClerkApiClient,
  createClerkApiClient,
} from "../clerk/clerk_api_client.ts";
import { createClerkRateLimiter } from "../clerk/rate_limiter.ts";
import type { WebhookSealer } from "../clerk/sealed_webhook.ts";
import type { Clock } from "../clock.ts";
import type { Config } from "../config.ts";
import {
  createInngestClient,
  type InngestConnection,
} from "../inngest/create_client.ts";
import {
  createEventSender,
  type EventSender,
} from "../inngest/event_sender.ts";
import { createSendBatch } from "../inngest/send_batch.ts";
import type { LiveFeed } from "../live_feed.ts";
import type { Store } from "../store/store.ts";
import type { Metrics } from "../telemetry/metrics.ts";
import { createProviders, type Providers } from "./providers.ts";

/** What is open before Inngest is known. */
export interface KitBase {
  readonly config: Config;
  readonly clock: Clock;
  readonly store: Store;
  readonly feed: LiveFeed;
  readonly metrics: Metrics;
  readonly sealer: WebhookSealer;
}

/** Everything that a durable function may use. */
export interface FunctionKit extends KitBase, Providers {
  readonly inngest: Inngest;
  readonly sender: EventSender;
  /** Clerk's Backend API; undefined without CLERK_SECRET_KEY. */
  readonly clerkApi: ClerkApiClient | undefined;
}

/** Makes the durable functions. */
export type CreateFunctions = (kit: FunctionKit) => InngestFunction.Any[];

/** Takes Inngest's calls. */
export type ServeHandler = (request: Request) => Promise<Response>;

/**
 * Completes the kit; nothing connects yet.
 *
 * @param base What is open.
 * @param connection How to reach Inngest.
 * @returns The kit.
 */
export function createFunctionKit(
  base: KitBase,
  connection: InngestConnection,
): FunctionKit {
  const { config, clock } = base;
  const inngest = createInngestClient(connection);
  return {
    ...base,
    inngest,
    sender: createEventSender({
      clock,
      sendBatch: createSendBatch(connection),
    }),
    clerkApi: openClerkApi(config),
    ...createProviders(config, clock),
  };
}

/**
 * Makes the handler of Inngest's calls.
 *
 * @param kit What the functions use.
 * @param functions All of them.
 * @returns The handler; it refuses what is not signed, but in dev mode.
 */
export function serveFunctions(
  { config, inngest }: FunctionKit,
  functions: InngestFunction.Any[],
): ServeHandler {
  return serve({
    client: inngest,
    functions,
    enableUnauthedSync: config.inngest.kind === "external" &&
      config.inngest.isDev,
  });
}

/**
 * Opens Clerk's Backend API at the configured share of its rate limit.
 *
 * @param config The settings.
 * @returns The client; undefined without CLERK_SECRET_KEY.
 */
export function openClerkApi(
  { clerk }: Pick<Config, "clerk">,
): ClerkApiClient | undefined {
  if (clerk.secretKey === undefined) return undefined;
  const { apiUrl, secretKey, apiShare: share } = clerk;
  const limiter = createClerkRateLimiter({ secretKey, share });
  return createClerkApiClient({ apiUrl, secretKey, limiter });
}
