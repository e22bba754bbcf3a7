/**
 * Compares Clerk with MongoDB, every six hours and when somebody asks.
 *
 * It changes no user: reconcile-user does, which it asks for the kinds that
 * DRIFT_REPAIR names once a scan has confirmed them. A scan of more pages than Inngest
 * allows steps goes on in a run of its own.
 */
import { cron, type InngestFunction, NonRetriableError } from "inngest";
import { z } from "zod";
import {
  RECONCILE_REQUESTED,
  type reconcileRequest,
  SCAN_REQUESTED,
} from "../lib/requests.ts";
import { addDeadLetter } from "./dead_letter.ts";
import type { FunctionDependencies } from "./dependencies.ts";
import { requireOwnKey } from "./find_key_fault.ts";
import { retryAsClerkSays } from "./for_inngest.ts";
import { NO_KEY } from "./repair_drift.ts";
import {
  advanceScan,
  type ScanProgress,
  scanProgress,
  startOfScan,
} from "./drift_scan_steps.ts";

/** Inngest allows 1,000, and a scan has some besides its pages. */
const STEPS_A_RUN = 900;
/** One that began earlier and has not ended never will. */
const LONGEST_SCAN_MS = 24 * 60 * 60 * 1000;

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
      onFailure: async (failure) => {
        const { error, event } = failure;
        await addDeadLetter(deps, failure);
        const { run_id, event: cause } = event.data;
        const { progress } = scanRequest.safeParse(cause.data).data ?? {};
        const reportId = progress?.reportId ?? run_id;
        const now = deps.clock.now();
        await deps.store.drift.fail(reportId, error.message, now);
        tellEnd(deps, reportId);
      },
    },
    async ({ event, step, runId }) => {
      const request = scanRequest.safeParse(event.data).data;
      let progress: ScanProgress = request?.progress ??
        await step.run(
          "begin",
          () => retryAsClerkSays(() => beginScan(deps, runId)),
        );
      if (request?.progress === undefined) {
        const at = deps.clock.now().getTime();
        deps.feed.publish({
          kind: "scan-begun",
          reportId: progress.reportId,
          at,
        });
      }
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
          progress.after === null;
        if (isFirstLook) await step.sleep("grace", deps.config.driftGraceMs);
        const current = progress;
        progress = await step.run(
          `${current.phase}-${count}`,
          () =>
            retryAsClerkSays(() => advanceScan({ ...deps, clerkApi }, current)),
        );
      }
      const { reportId, counts } = progress;
      const due = await step.run("policy", () => {
        tellEnd(deps, reportId);
        return listDueRepairs(deps, reportId);
      });
      if (due.length > 0) await step.sendEvent("repair", due);
      return { reportId, counts };
    },
  );
}

function tellEnd(
  { feed, clock }: Pick<FunctionDependencies, "feed" | "clock">,
  reportId: string,
): void {
  feed.publish({ kind: "scan-ended", reportId, at: clock.now().getTime() });
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
  const counted = clerkApi.fork();
  await requireOwnKey({ ...deps, clerkApi: counted });
  return { ...startOfScan(runId), requests: counted.usage().requests };
}

/**
 * Says which repairs the policy asks for after a scan: of the kinds that
 * DRIFT_REPAIR names, what this very scan has confirmed.
 *
 * @param deps Store and settings.
 * @param reportId The scan.
 * @returns One event for each kind that was found; none unless the scan is done.
 */
export async function listDueRepairs(
  { store, config }: Pick<FunctionDependencies, "store" | "config">,
  reportId: string,
): Promise<RepairEvent[]> {
  const report = await store.drift.reports.findOne({ _id: reportId });
  if (report?.state !== "done") return [];
  return config.driftRepair
    .filter((kind) => report.totals[kind] > 0)
    .map((kind) => ({
      id: `${reportId}:repair:${kind}`,
      name: RECONCILE_REQUESTED,
      data: {
        filter: { kind, report_id: reportId },
        is_automatic: true,
        who: "DRIFT_REPAIR",
        why: `The scan confirmed ${report.totals[kind]} of kind ${kind}`,
      },
    }));
}

/** A repair that a policy asks for. */
export interface RepairEvent {
  readonly id: string;
  readonly name: string;
  readonly data: z.input<typeof reconcileRequest>;
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
