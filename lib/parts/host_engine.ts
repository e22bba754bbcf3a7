/**
 * The embedded Inngest and the functions that it runs, on a thread of their own,
 * so that whoever runs long keeps no webhook waiting.
 *
 * The thread has its own connection to MongoDB; what it tells open pages goes
 * over the live feed, and its measurements are asked for. Everybody else reaches
 * the engine by its URL, as they would any other Inngest.
 */
import type { MetricObject } from "prom-client";
import { createWebhookSealer } from "../clerk/sealed_webhook.ts";
import { systemClock } from "../clock.ts";
import type { Config } from "../config.ts";
import { createLiveFeed } from "../live_feed.ts";
import { openStore } from "../store/store.ts";
import { setUpLogging } from "../telemetry/log.ts";
import { createMetrics } from "../telemetry/metrics.ts";
import { snapshotEnvironment } from "../inngest/snapshot_environment.ts";
import { startEngine } from "../../packages/embedded_inngest/mod.ts";
import {
  createFunctionKit,
  type CreateFunctions,
  serveFunctions,
} from "./function_kit.ts";

/** What the thread is started with; plain data. */
export interface ThreadSettings {
  readonly config: Config;
  readonly mongoUri: string;
  readonly sessionSecret: string;
}

/** How to reach the engine of the thread. */
export interface ThreadAddress {
  readonly url: string;
  readonly eventKey: string;
  readonly signingKey: string;
}

/** What the thread can be told to do. */
export type ThreadOrder =
  | { readonly kind: "start"; readonly settings: ThreadSettings }
  | { readonly kind: "measure" }
  | { readonly kind: "close" };

/** What the thread answers; each order has one answer. */
export type ThreadReport =
  | { readonly kind: "started"; readonly address: ThreadAddress }
  | { readonly kind: "measured"; readonly metrics: MetricObject[] }
  | { readonly kind: "closed" }
  | { readonly kind: "failed"; readonly reason: string };

/** The engine with everything that it runs on. */
interface Host extends AsyncDisposable {
  readonly address: ThreadAddress;
  measure(): Promise<MetricObject[]>;
}

/**
 * Obeys the orders of the thread that started this one.
 *
 * @param createFunctions Makes the functions to run.
 */
export function hostEngine(createFunctions: CreateFunctions): void {
  let host: Host | undefined;
  async function obey(order: ThreadOrder): Promise<ThreadReport> {
    switch (order.kind) {
      case "start":
        host = await openHost(order.settings, createFunctions);
        return { kind: "started", address: host.address };
      case "measure":
        return { kind: "measured", metrics: await host?.measure() ?? [] };
      case "close":
        await host?.[Symbol.asyncDispose]();
        return { kind: "closed" };
      default:
        return order satisfies never;
    }
  }
  self.onmessage = async ({ data: order }: MessageEvent<ThreadOrder>) => {
    let report: ThreadReport;
    try {
      report = await obey(order);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      report = { kind: "failed", reason };
    }
    self.postMessage(report);
  };
}

async function openHost(
  { config, mongoUri, sessionSecret }: ThreadSettings,
  createFunctions: CreateFunctions,
): Promise<Host> {
  snapshotEnvironment();
  await setUpLogging({
    level: config.logLevel,
    format: config.environment === "production" ? "json" : "text",
  });
  await using opened = new AsyncDisposableStack();
  const store = opened.use(
    openStore({ uri: mongoUri, database: config.mongo.database }),
  );
  const feed = opened.use(createLiveFeed(store.db.databaseName));
  const engine = opened.use(
    await startEngine({ path: `${config.dataDir}/inngest` }),
  );
  const metrics = createMetrics();
  const { webhookSecrets } = config.clerk;
  const { url, eventKey, signingKey } = engine;
  const kit = createFunctionKit({
    config,
    clock: systemClock,
    store,
    feed,
    metrics,
    sealer: await createWebhookSealer(webhookSecrets, sessionSecret),
  }, {
    baseUrl: url,
    eventKey,
    signingKey,
    signingKeyFallback: undefined,
    isDev: false,
    fetch: engine.fetch,
  });
  await engine.register(serveFunctions(kit, createFunctions(kit)));
  const parts = opened.move();
  return {
    address: { url, eventKey, signingKey },
    measure: () => metrics.measure(),
    [Symbol.asyncDispose]: () => parts.disposeAsync(),
  };
}
