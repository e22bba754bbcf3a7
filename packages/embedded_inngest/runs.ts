/**
 * A run's row, as the operations on it read it.
 */
import type { Database } from "./database.ts";

/** How a run stands, in the words of Inngest's API. */
export const RUN_STATUSES = [
  "Queued",
  "Running",
  "Completed",
  "Failed",
  "Cancelled",
] as const;

/** One of them. */
export type RunStatus = typeof RUN_STATUSES[number];

/** A run as it is stored; times are ms since the epoch. */
export interface RunRow {
  readonly seq: number;
  readonly id: string;
  readonly function_id: number;
  readonly event_seq: number;
  readonly status: RunStatus;
  readonly queued_at: number;
  readonly started_at: number | null;
  readonly ended_at: number | null;
  readonly output: string | null;
  readonly version: number;
  readonly pending: string | null;
  readonly lanes: string | null;
  readonly cron: string | null;
  readonly original_run_id: string | null;
  readonly is_batch: number;
}

/**
 * Reads one run.
 *
 * @param db the engine's file
 * @param seq its number
 */
export function readRun(db: Database, seq: number): RunRow | undefined {
  return db.get<RunRow>("SELECT * FROM runs WHERE seq=?", seq);
}

/**
 * Tells whether a run is over.
 *
 * @param run the run
 */
export function hasEnded(run: Pick<RunRow, "status">): boolean {
  return run.status !== "Queued" && run.status !== "Running";
}
