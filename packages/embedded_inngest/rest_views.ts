/**
 * Rows in the shapes of Inngest's REST API.
 */
import type { Database } from "./database.ts";
import type { StoredEvent } from "./event_log.ts";
import { functionUuid, type RegisteredFunction } from "./function_registry.ts";
import type { InFlight } from "./in_flight.ts";
import type { Kernel } from "./kernel.ts";
import { MAX_STEPS } from "./run_limits.ts";
import { hasEnded, type RunRow, type RunStatus } from "./runs.ts";

const NO_UUID = "00000000-0000-0000-0000-000000000000"; // one account, one environment

/** @returns an event as `GET /v1/events` shows it */
export function showEvent(stored: StoredEvent): Record<string, unknown> {
  const { data, id, name, ts, user, v } = stored.event;
  return {
    internal_id: stored.id,
    account_id: NO_UUID,
    environment_id: NO_UUID,
    source: "",
    source_id: null,
    received_at: toIso(stored.receivedMs),
    id,
    name,
    data,
    user,
    ts,
    ...(v === undefined ? {} : { v }),
  };
}

/** @returns a run as `GET /v1/runs/<id>` shows it */
export function showRun(
  kernel: Kernel,
  inFlight: InFlight,
  run: RunRow,
): Record<string, unknown> {
  const status = statusOf(inFlight, run);
  return {
    run_id: run.id,
    run_started_at: toIso(run.started_at ?? run.queued_at),
    function_id: functionUuid(slugOf(kernel, run)),
    function_version: 1,
    environment_id: NO_UUID,
    event_id: eventIdOf(kernel.db, run),
    ...(run.is_batch ? { batch_id: run.id } : {}),
    ...(run.original_run_id === null
      ? {}
      : { original_run_id: run.original_run_id }),
    ...(run.cron === null ? {} : { cron: run.cron }),
    status: status === "Queued" ? "Running" : status, // v1 knows no queued runs
    ended_at: toIso(run.ended_at),
    ...(run.output === null ? {} : { output: JSON.parse(run.output) }),
  };
}

/** @returns a run as `GET /api/v2/runs` shows it */
export function showRunV2(
  kernel: Kernel,
  inFlight: InFlight,
  run: RunRow,
): Record<string, unknown> {
  const fn = kernel.registry.byId(run.function_id);
  const slug = slugOf(kernel, run);
  const startedMs = run.started_at ?? (hasEnded(run) ? run.queued_at : null);
  return {
    id: run.id,
    function: {
      id: slug.slice((fn?.appId.length ?? -1) + 1),
      name: fn?.name ?? slug,
    },
    app: { id: fn?.appId ?? "" },
    status: statusOf(inFlight, run).toUpperCase(),
    queuedAt: toIso(run.queued_at),
    ...(startedMs === null ? {} : { startedAt: toIso(startedMs) }),
    ...(run.ended_at === null ? {} : {
      endedAt: toIso(run.ended_at),
      durationMs: run.ended_at - (startedMs ?? run.ended_at),
    }),
    trigger: {
      eventIds: [eventIdOf(kernel.db, run)],
      isBatch: run.is_batch === 1,
      ...(run.cron === null ? {} : { cronSchedule: run.cron }),
    },
    ...(run.output === null ? {} : { output: JSON.parse(run.output) }),
  };
}

/** @returns a run's steps in the order in which they came up, each with its failed attempts */
export function showSteps(
  db: Database,
  run: RunRow,
): Record<string, unknown>[] {
  const steps = db.all<StepRow>(
    "SELECT * FROM steps WHERE run_seq=? ORDER BY coalesce(position, 1e9), queued_at LIMIT ?",
    run.seq,
    MAX_STEPS,
  );
  const attempts = db.all<AttemptRow>(
    "SELECT * FROM attempts WHERE run_seq=? ORDER BY id LIMIT ?",
    run.seq,
    MAX_STEPS,
  );
  const known = new Set(steps.map(({ hash }) => hash));
  const unsaved = [...new Set(attempts.map(({ step }) => step))]
    .filter((step) => step === null || !known.has(step))
    .map((step) => ({
      id: step,
      name: step === null ? "(function)" : "",
      status: "Failed",
    }));
  return [...steps.map(showStep), ...unsaved].map((step) => ({
    ...step,
    attempts: attempts.filter((attempt) => attempt.step === step.id).map(
      showAttempt,
    ),
  }));
}

/** @returns a function as `GET /v1/apps/<app>/functions` shows it */
export function showFunction(
  db: Database,
  fn: RegisteredFunction,
): Record<string, unknown> {
  const row = db.get<
    { config: string; created_at: number; archived_at: number | null }
  >(
    "SELECT config, created_at, archived_at FROM functions WHERE id=?",
    fn.id,
  );
  return {
    internal_id: fn.uuid,
    env_id: NO_UUID,
    app_id: functionUuid(fn.appId),
    id: fn.slug,
    name: fn.name,
    config: JSON.parse(row?.config ?? "null"),
    created_at: toIso(row?.created_at ?? 0),
    archived_at: toIso(row?.archived_at ?? null) ?? "0001-01-01T00:00:00Z",
  };
}

interface StepRow {
  readonly hash: string;
  readonly name: string;
  readonly op: string;
  readonly position: number | null;
  readonly memo: string | null;
  readonly queued_at: number;
  readonly ended_at: number | null;
}

interface AttemptRow {
  readonly step: string | null;
  readonly attempt: number;
  readonly started_at: number;
  readonly ended_at: number;
  readonly error: string;
}

function statusOf(inFlight: InFlight, run: RunRow): RunStatus {
  return run.status === "Queued" && inFlight.runs().has(run.seq)
    ? "Running"
    : run.status;
}

function showStep(
  step: StepRow,
): Record<string, unknown> & { id: string | null } {
  const memo: unknown = step.memo === null ? null : JSON.parse(step.memo);
  const isFailed = typeof memo === "object" && memo !== null && "error" in memo;
  return {
    id: step.hash,
    name: step.name,
    op: step.op,
    status: step.position === null
      ? "Running"
      : isFailed
      ? "Failed"
      : "Completed",
    queued_at: toIso(step.queued_at),
    ended_at: toIso(step.ended_at),
    output: memo,
  };
}

function showAttempt(attempt: AttemptRow): Record<string, unknown> {
  return {
    attempt: attempt.attempt,
    started_at: toIso(attempt.started_at),
    ended_at: toIso(attempt.ended_at),
    error: JSON.parse(attempt.error),
  };
}

function slugOf(kernel: Kernel, run: RunRow): string {
  return kernel.registry.byId(run.function_id)?.slug ?? "";
}

function eventIdOf(db: Database, run: RunRow): string {
  return db.get<{ id: string }>(
    "SELECT id FROM events WHERE seq=?",
    run.event_seq,
  )?.id ?? "";
}

function toIso(instantMs: number): string;
function toIso(instantMs: number | null): string | null;
function toIso(instantMs: number | null): string | null {
  return instantMs === null ? null : new Date(instantMs).toISOString();
}
