/** Ready: each dependency answers, with the time it took; 503 when one does not. */
import { define } from "../lib/define.ts";

/** A probe that takes longer counts as a dependency that is down. */
const PROBE_TIMEOUT_MS = 3_000;

interface ProbeResult {
  readonly status: "ok" | "down";
  readonly ms: number;
}

export const handler = define.handlers({
  async GET(ctx) {
    const { store, pingInngest } = ctx.state.services;
    const [mongodb, inngest] = await Promise.all([
      probe(() => store.ping()),
      probe(() => pingInngest()),
    ]);
    const isReady = mongodb.status === "ok" && inngest.status === "ok";
    return Response.json(
      {
        status: isReady ? "ok" : "degraded",
        dependencies: { mongodb, inngest },
      },
      { status: isReady ? 200 : 503, headers: { "cache-control": "no-store" } },
    );
  },
});

async function probe(ask: () => Promise<void>): Promise<ProbeResult> {
  const startedMs = performance.now();
  const { promise: timeout, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(
    () => reject(new Error("no answer in time")),
    PROBE_TIMEOUT_MS,
  );
  const status = await Promise.race([ask(), timeout]).then(
    () => "ok" as const,
    () => "down" as const,
  );
  clearTimeout(timer);
  return { status, ms: Math.round((performance.now() - startedMs) * 10) / 10 };
}
