/**
 * Compares Clerk with MongoDB, every six hours and when somebody asks.
 *
 * It changes no user: reconcile-user does, which it asks for the kinds that
 * DRIFT_REPAIR names once a scan has confirmed them. A scan of more pages than Inngest
 * allows steps goes on in a run of its own.
 */
import {
  cron,
  type GetStepTools,
  type Inngest,
  type InngestFunction,
  NonRetriableError,
} from "inngest";
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

/** Inngest's id of the function. */
export const SCAN_DRIFT = "scan-drift";

/** Inngest allows 1,000, and a scan has some besides its pages. */
const STEPS_A_RUN = 900;
/** A scan that has not moved for longer, its grace period aside, has no run. */
const LONGEST_REST_MS = 60 * 60 * 1000;

const scanRequest = z.object({ progress: scanProgress.optional() });

/**
 * @param deps Inngest, store, clock and the Clerk API.
 * @returns The function `scan-drift`.
 */
export function scanDrift(deps: FunctionDependencies): InngestFunction.Any {
  return deps.inngest.createFunction(
    {
      id: SCAN_DRIFT,
      name: "Scan for drift",
      triggers: [cron("0 */6 * * *"), { event: SCAN_REQUESTED }],
      concurrency: { limit: 1 },
      onFailure: async (failure) => {
        await addDeadLetter(deps, failure);
        const { error, event } = failure;
        await endScan(deps, event.data, error.message);
      },
    },
    ({ event, step, runId }) => {
      const { progress } = scanRequest.safeParse(event.data).data ?? {};
      return runScan(deps, { step, runId, progress });
    },
  );
}

/**
 * Marks a scan as failed whose run has failed or was cancelled.
 *
 * @param deps Store, feed and clock.
 * @param run The run, and the event that it was for, in Inngest's words.
 * @param reason Why.
 */
export async function endScan(
  { store, feed, clock }: Pick<
    FunctionDependencies,
    "store" | "feed" | "clock"
  >,
  { run_id, event }: z.infer<typeof endedRun>,
  reason: string,
): Promise<void> {
  const { progress } = scanRequest.safeParse(event.data).data ?? {};
  const reportId = progress?.reportId ?? run_id;
  await store.drift.fail(reportId, reason, clock.now());
  tellEnd({ feed, clock }, reportId);
}

/** A run that has ended, as Inngest's own events tell of it. */
export const endedRun = z.object({
  run_id: z.string(),
  event: z.object({ data: z.unknown() }),
});

async function runScan(
  deps: FunctionDependencies,
  { step, runId, progress: given }: {
    readonly step: GetStepTools<Inngest.Any>;
    readonly runId: string;
    /** Where another run of the scan has got to. */
    readonly progress: ScanProgress | undefined;
  },
) {
  let progress: ScanProgress = given ??
    await step.run("begin", () => retryAsClerkSays(() => begin(deps, runId)));
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
    const isFirstLook = progress.phase === "confirm" && progress.after === null;
    if (isFirstLook) await step.sleep("grace", deps.config.driftGraceMs);
    const current = progress;
    progress = await step.run(
      `${current.phase}-${count}`,
      () => retryAsClerkSays(() => advanceScan({ ...deps, clerkApi }, current)),
    );
  }
  const { reportId, counts } = progress;
  const due = await step.run("policy", () => {
    tellEnd(deps, reportId);
    return listDueRepairs(deps, reportId);
  });
  if (due.length > 0) await step.sendEvent("repair", due);
  return { reportId, counts };
}

async function begin(
  deps: FunctionDependencies,
  runId: string,
): Promise<ScanProgress> {
  const progress = await beginScan(deps, runId);
  const at = deps.clock.now().getTime();
  deps.feed.publish({ kind: "scan-begun", reportId: runId, at });
  return progress;
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
  const { store, clock, clerkApi, config } = deps;
  const now = clock.now();
  await store.ensureIndexes();
  const restMs = LONGEST_REST_MS + config.driftGraceMs;
  await store.drift.abandon(new Date(now.getTime() - restMs), now);
  const obstacle = await findObstacle({ store, clerkApi }, runId);
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
): Promise<string | null> {
  if (clerkApi === undefined) return NO_KEY;
  const running = await store.drift.findRunning(runId);
  return running === null ? null : "Another scan is running";
}
