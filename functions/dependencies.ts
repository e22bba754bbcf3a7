/**
 * What the durable functions need; handed in by the composition root, so that
 * a function can be run against any store, clock and Inngest.
 */
import type { Inngest } from "inngest";
import type { ClerkApiClient } from "../lib/clerk/clerk_api_client.ts";
import type { WebhookSealer } from "../lib/clerk/sealed_webhook.ts";
import type { Config } from "../lib/config.ts";
import type { Clock } from "../lib/clock.ts";
import type { EventSender } from "../lib/inngest/event_sender.ts";
import type { LiveFeed } from "../lib/live_feed.ts";
import type { Providers } from "../lib/parts/providers.ts";
import type { Store } from "../lib/store/store.ts";
import type { Metrics } from "../lib/telemetry/metrics.ts";

/** What the functions ask of Clerk's Backend API. */
export type ClerkApi = ClerkApiClient;

/** What every function may use. */
export interface FunctionDependencies extends Providers {
  readonly inngest: Inngest;
  readonly store: Store;
  readonly sender: EventSender;
  readonly clock: Clock;
  readonly metrics: Metrics;
  /** Tells open pages what changed. */
  readonly feed: LiveFeed;
  /** Clerk's Backend API; undefined without a secret key. */
  readonly clerkApi: ClerkApi | undefined;
  /** Looks again at refused webhooks. */
  readonly sealer: WebhookSealer;
  /** What the environment decides. */
  readonly config: Config;
}
