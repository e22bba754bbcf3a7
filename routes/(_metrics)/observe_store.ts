/**
 * The measurements that lie in the store and not in this process: how fresh
 * MongoDB is, what arrived last, which alerts are open and who looks for them.
 *
 * They are what an outside watcher goes by when Inngest is down and nobody here
 * looks for alerts. A store that does not answer in time leaves them out, for an
 * old number would say that all is well.
 */
import { ALERT_KINDS } from "../../lib/alerts/alert.ts";
import type { Services } from "../../lib/services.ts";
import { WATCH_ALERTS } from "../../lib/store/heartbeats.ts";
import { probe } from "../(_dependencies)/probe.ts";

const HOUR_MS = 3_600_000;
/** A scrape does not wait longer, ms. */
const TIMEOUT_MS = 1_000;

/**
 * Reads the store's measurements into the process's own.
 *
 * @param services Store, clock and metrics.
 */
export async function observeStore(
  { store, clock, metrics }: Pick<Services, "store" | "clock" | "metrics">,
): Promise<void> {
  metrics.stored.reset();
  const now = clock.now();
  const since = new Date(now.getTime() - HOUR_MS);
  await probe(async () => {
    const [lags, open, heartbeat, newest] = await Promise.all([
      store.freshness.readLags(since, now),
      store.alerts.readOpen(),
      store.heartbeats.read(WATCH_ALERTS),
      store.webhookEvents.readNewestAt(),
    ]);
    metrics.stored.set({
      freshness: { "0.5": lags.p50Ms, "0.95": lags.p95Ms, "0.99": lags.p99Ms },
      alerts: ALERT_KINDS.map((kind) => ({
        kind,
        isOpen: open.some((alert) => alert.kind === kind),
      })),
      watchedAt: heartbeat?.last_at ?? null,
      newestEventAt: newest,
    });
  }, TIMEOUT_MS);
}
