/**
 * Measurements that are read from the store for each scrape: every instance of
 * the service shows the same, unlike its own counters.
 */
import { Gauge, type Registry } from "prom-client";

/** What the store says. */
export interface StoredValues {
  /** Lag of the last hour by quantile, ms; null without commits. */
  readonly freshness: Readonly<Record<string, number | null>>;
  readonly alerts: readonly {
    readonly kind: string;
    readonly isOpen: boolean;
  }[];
  /** When somebody looked for alerts, or null. */
  readonly watchedAt: Date | null;
  /** When the newest event arrived, or null. */
  readonly newestEventAt: Date | null;
}

/** The measurements; they are not shown until they are set. */
export interface StoredMetrics {
  /** Shows these values from now on. */
  set(values: StoredValues): void;
  /** Shows none. */
  reset(): void;
}

/**
 * Adds the measurements to a registry.
 *
 * @param registry The registry.
 * @returns The measurements, unset.
 */
export function createStoredMetrics(registry: Registry): StoredMetrics {
  const gauge = <Label extends string>(
    name: string,
    help: string,
    labelNames: Label[],
  ) => new Gauge({ name, help, labelNames, registers: [registry] });
  const freshness = gauge(
    "rollcall_freshness_seconds",
    "Time from Clerk's timestamp to the commit in MongoDB in the last hour",
    ["quantile"],
  );
  const alerts = gauge(
    "rollcall_alerts_open",
    "1 while an alert of the kind is open",
    ["kind"],
  );
  // Without a label a gauge shows 0 when it is not set: hence this one.
  const instants = gauge(
    "rollcall_last_timestamp_seconds",
    "When something happened last: an event arrived, alerts were looked for",
    ["what"],
  );
  return {
    set(values) {
      for (const [quantile, ms] of Object.entries(values.freshness)) {
        if (ms !== null) freshness.set({ quantile }, ms / 1000);
      }
      for (const { kind, isOpen } of values.alerts) {
        alerts.set({ kind }, Number(isOpen));
      }
      const { watchedAt, newestEventAt } = values;
      for (
        const [what, at] of [
          ["alert_watch", watchedAt],
          ["event", newestEventAt],
        ] as const
      ) {
        if (at !== null) instants.set({ what }, at.getTime() / 1000);
      }
    },
    reset() {
      for (const each of [freshness, alerts, instants]) each.reset();
    },
  };
}
