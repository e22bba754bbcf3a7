/**
 * Compares Clerk with MongoDB, every six hours and when somebody asks.
 *
 * It changes no user: reconcile-user does. A scan of more pages than Inngest
 * allows steps goes on in a run of its own.
 */
import { cron, type InngestFunction, NonRetriableError } from "inngest";
import { z } from "zod";
import { SCAN_REQUESTED } from "../lib/events.ts";
import type { FunctionDependencies } from "./dependencies.ts";
import { requireOwnKey } from "./find_key_fault.ts";
import {
  advanceScan,
  type ScanProgress,
  scanProgress,
  startOfScan,
} from "./drift_scan_steps.ts";

/** Inngest allows 1,000. */
const STEPS_A_RUN = 900;
/** Longer than a webhook that is on its way needs after one retry. */
const GRACE = "2m";

/** One that began earlier and has not ended never will. */
const LONGEST_SCAN_MS = 24 * 60 * 60 * 1000;

const NO_KEY = "CLERK_SECRET_KEY is not set";

const scanRequest = z.object({ progress: scanProgress.optional() });

/**
 * @param deps Inngest, store, clock and the Clerk API.
 * @returns The function `scan-drift`.
 */
export function scanDrift(deps: FunctionDependencies): InngestFunction.Any {
  return deps.inngest.createFunction(
    {
      id: "scan-drift",
      name: "Scan for drift",
      triggers: [cron("0 */6 * * *"), { event: SCAN_REQUESTED }],
      concurrency: { limit: 1 },
      onFailure: async ({ error, event }) => {
        const { run_id, event: cause } = event.data;
        const { progress } = scanRequest.safeParse(cause.data).data ?? {};
        await deps.store.drift.fail(
          progress?.reportId ?? run_id,
          error.message,
          deps.clock.now(),
        );
      },
    },
    async ({ event, step, runId }) => {
      const request = scanRequest.safeParse(event.data).data;
      let progress: ScanProgress = request?.progress ??
        await step.run("begin", () => beginScan(deps, runId));
      for (let count = 0; progress.phase !== "done"; count++) {
        if (count === STEPS_A_RUN) {
          await step.sendEvent("go-on", {
            name: SCAN_REQUESTED,
            data: { progress },
          });
          return { reportId: progress.reportId, goesOn: true };
        }
        const { clerkApi } = deps;
        if (clerkApi === undefined) throw new NonRetriableError(NO_KEY);
        const isFirstLook = progress.phase === "confirm" &&
          progress.afterId === null;
        if (isFirstLook) await step.sleep("grace", GRACE);
        const current = progress;
        progress = await step.run(
          `${current.phase}-${count}`,
          () => advanceScan({ ...deps, clerkApi }, current),
        );
      }
      return { reportId: progress.reportId, checked: progress.checked };
    },
  );
}

/**
 * Opens a scan's report, and makes sure of the key before anything is compared.
 *
 * @param deps Store, clock, settings and the Clerk API.
 * @param runId Becomes the report's id.
 * @returns Where to begin.
 * @throws {NonRetriableError} when the key belongs to another instance.
 * @throws {ClerkApiError} when Clerk does not answer.
 */
export async function beginScan(
  deps: Pick<FunctionDependencies, "store" | "clock" | "clerkApi" | "config">,
  runId: string,
): Promise<ScanProgress> {
  const { store, clock, clerkApi } = deps;
  const now = clock.now();
  await store.ensureIndexes();
  const obstacle = await findObstacle({ store, clerkApi }, runId, now);
  await store.drift.begin(runId, now, obstacle);
  if (obstacle !== null || clerkApi === undefined) {
    return startOfScan(runId, "done");
  }
  await requireOwnKey({ ...deps, clerkApi });
  return startOfScan(runId);
}

/** Two scans at once would take each other's findings for gone. */
async function findObstacle(
  { store, clerkApi }: Pick<FunctionDependencies, "store" | "clerkApi">,
  runId: string,
  now: Date,
): Promise<string | null> {
  if (clerkApi === undefined) return NO_KEY;
  const running = await store.drift.findRunning(
    runId,
    new Date(now.getTime() - LONGEST_SCAN_MS),
  );
  return running === null ? null : "Another scan is running";
}
