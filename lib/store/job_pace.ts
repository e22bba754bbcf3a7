/**
 * How fast a job goes and when it will be done, for the terminal and the
 * dashboard alike. Pauses do not count as work.
 */
import type { JobDocument } from "./jobs.ts";

/** A job in numbers; null is what nobody can know yet. */
export interface JobPace {
  /** Part that is done, 0 to 1. */
  readonly fraction: number | null;
  /** Things done in a second of work, on average. */
  readonly perSecond: number | null;
  /** Until it is done at this pace, ms; only of a running job. */
  readonly remainingMs: number | null;
}

/** A longer silence was no work: the process was down or waited for a retry. */
const LONGEST_PORTION_MS = 5 * 60_000;

/** A running job that has not moved for so long may have lost its run. */
const STALLED_MS = 3 * 60_000;

/**
 * Measures a job.
 *
 * @param job The job, as it is stored.
 * @returns Its pace.
 */
export function measureJob(
  { state, total, done, worked_ms }: Pick<
    JobDocument,
    "state" | "total" | "done" | "worked_ms"
  >,
): JobPace {
  const perSecond = worked_ms > 0 && done > 0 ? done * 1000 / worked_ms : null;
  // What is listed grows while it is walked: a count can be passed.
  const fraction = state === "done"
    ? 1
    : total > 0
    ? Math.min(1, done / total)
    : null;
  const isMeasured = state === "running" && total > 0 && perSecond !== null;
  return {
    fraction,
    perSecond,
    remainingMs: isMeasured
      ? Math.max(0, total - done) * 1000 / perSecond
      : null,
  };
}

/**
 * The time that a portion took, to be counted as work.
 *
 * @param job The job before the portion.
 * @param now After it.
 * @returns The time since the job last moved, ms, with a bound.
 */
export function workedSince(
  { updated_at }: Pick<JobDocument, "updated_at">,
  now: Date,
): number {
  const elapsedMs = now.getTime() - updated_at.getTime();
  return Math.max(0, Math.min(elapsedMs, LONGEST_PORTION_MS));
}

/**
 * Whether a running job seems to have nobody who works on it.
 *
 * @param job The job.
 * @param now The present.
 * @returns True after three minutes without progress; a long retry looks the same.
 */
export function isStalled(
  { state, updated_at }: Pick<JobDocument, "state" | "updated_at">,
  now: Date,
): boolean {
  return state === "running" &&
    now.getTime() - updated_at.getTime() > STALLED_MS;
}

/**
 * Says a span of time in the two units that matter.
 *
 * @param ms The span.
 * @returns Such as `45 s`, `3 min 20 s` or `2 h 5 min`.
 */
export function formatSpan(ms: number): string {
  const seconds = Math.ceil(ms / 1000);
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  return minutes < 60
    ? `${minutes} min ${seconds % 60} s`
    : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/**
 * Says in a line how far a job is.
 *
 * @param job The job.
 * @param noun What is counted, such as `users`.
 * @returns Such as `500 of 2,000 users, 25 %, 250 a second, 6 s left`.
 */
export function describeJob(
  job: Pick<JobDocument, "state" | "total" | "done" | "worked_ms">,
  noun: string,
): string {
  const { fraction, perSecond, remainingMs } = measureJob(job);
  return [
    job.total > 0
      ? `${formatCount(job.done)} of ${formatCount(job.total)} ${noun}`
      : `${formatCount(job.done)} ${noun}`,
    ...(fraction === null ? [] : [`${Math.floor(fraction * 100)} %`]),
    ...(perSecond === null ? [] : [`${formatCount(perSecond)} a second`]),
    ...(remainingMs === null ? [] : [`${formatSpan(remainingMs)} left`]),
  ].join(", ");
}

/**
 * Says what became of the things that a job has done.
 *
 * @param job The job.
 * @returns Such as `490 added, 10 unchanged`; empty for a job that does not tell.
 */
export function describeCounts(
  { counts }: Pick<JobDocument, "counts">,
): string {
  return Object.entries(counts)
    .map(([name, count]) => `${formatCount(count)} ${name}`)
    .join(", ");
}

/** @returns A whole number with separators. */
export function formatCount(count: number): string {
  return Math.round(count).toLocaleString("en");
}
