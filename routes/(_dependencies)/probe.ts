/** Whether what the service stands on answers, and how fast. */
import type { Services } from "../../lib/services.ts";

/** A probe that takes longer counts as a dependency that is down. */
export const PROBE_TIMEOUT_MS = 3_000;

/** What a probe found. */
export interface ProbeResult {
  readonly status: "ok" | "down";
  readonly ms: number;
}

/** Both dependencies. */
export interface Dependencies {
  readonly mongodb: ProbeResult;
  readonly inngest: ProbeResult;
}

/**
 * Asks both dependencies at once.
 *
 * @param services The open services.
 * @returns What each answered; never throws.
 */
export async function probeDependencies(
  { store, pingInngest }: Pick<Services, "store" | "pingInngest">,
): Promise<Dependencies> {
  const [mongodb, inngest] = await Promise.all([
    probe(() => store.ping()),
    probe(pingInngest),
  ]);
  return { mongodb, inngest };
}

/**
 * Asks once.
 *
 * @param ask Resolves when there is an answer.
 * @param timeoutMs How long to wait; 3 s by default.
 * @returns Whether the answer came in time, and after how long.
 */
export async function probe(
  ask: () => Promise<void>,
  timeoutMs = PROBE_TIMEOUT_MS,
): Promise<ProbeResult> {
  const startedMs = performance.now();
  const { promise: timeout, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(
    () => reject(new Error("no answer in time")),
    timeoutMs,
  );
  const status = await Promise.race([ask(), timeout]).then(
    () => "ok" as const,
    () => "down" as const,
  );
  clearTimeout(timer);
  return { status, ms: Math.round((performance.now() - startedMs) * 10) / 10 };
}
