/**
 * The numbers that /metrics shows, in Prometheus' names: units in the name,
 * totals end in `_total`. One registry per running service, never a global.
 */
import {
  AggregatorRegistry,
  Counter,
  Gauge,
  Histogram,
  type MetricObject,
  Registry,
} from "prom-client";
import { createStoredMetrics, type StoredMetrics } from "./stored_metrics.ts";

/** Every measurement that the service takes. */
export interface Metrics {
  /** Webhook requests by answer: `type` is the event's, or `unknown`. */
  readonly webhooks: Counter<"status">;
  /** Time from the request's arrival to the answer, in seconds. */
  readonly webhookSeconds: Histogram;
  /** Webhook requests being handled now. */
  readonly webhooksInFlight: Gauge;
  /** Outcomes of sync writes by collection and outcome. */
  readonly writes: Counter<"collection" | "outcome">;
  /** Clerk's timestamp to the commit in MongoDB, in seconds. */
  readonly syncLagSeconds: Histogram;
  /** What is read from the store for each scrape. */
  readonly stored: StoredMetrics;
  /** Outcomes of automations by automation and outcome. */
  readonly automations: Counter<"automation" | "outcome">;
  /** All of them as plain data, for another thread. */
  measure(): Promise<MetricObject[]>;
  /**
   * All of them as Prometheus text.
   *
   * @param others What other threads have measured; it is added up.
   */
  text(others?: MetricObject[]): Promise<string>;
  /** The text's media type. */
  readonly contentType: string;
}

/** @returns A fresh set of measurements, all at zero. */
export function createMetrics(): Metrics {
  const registry = new Registry();
  const registers = [registry];
  return {
    webhooks: new Counter({
      name: "rollcall_webhooks_total",
      help: "Webhook requests by HTTP status of the answer",
      labelNames: ["status"],
      registers,
    }),
    webhookSeconds: new Histogram({
      name: "rollcall_webhook_duration_seconds",
      help: "Time from a webhook request's arrival to its answer",
      buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5],
      registers,
    }),
    webhooksInFlight: new Gauge({
      name: "rollcall_webhooks_in_flight",
      help: "Webhook requests being handled now",
      registers,
    }),
    writes: new Counter({
      name: "rollcall_sync_writes_total",
      help: "Sync writes by collection and outcome",
      labelNames: ["collection", "outcome"],
      registers,
    }),
    syncLagSeconds: new Histogram({
      name: "rollcall_sync_lag_seconds",
      help: "Time from Clerk's timestamp to the commit in MongoDB",
      buckets: [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 15, 60, 300, 3600],
      registers,
    }),
    stored: createStoredMetrics(registry),
    automations: new Counter({
      name: "rollcall_automations_total",
      help: "Automations by outcome: done, already-done, skipped, failed",
      labelNames: ["automation", "outcome"],
      registers,
    }),
    measure: () => measure(registry),
    text: async (others = []) =>
      await AggregatorRegistry.aggregate([await measure(registry), others])
        .metrics(),
    contentType: registry.contentType,
  };
}

/** The types say otherwise, but it is a list of metrics with their values. */
async function measure(registry: Registry): Promise<MetricObject[]> {
  return await registry.getMetricsAsJSON() as unknown as MetricObject[];
}
