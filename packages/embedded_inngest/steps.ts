/**
 * The memoised steps of a run, and when a run is called again.
 *
 * A step is saved once: a second report of it changes nothing. `position` is the order in which
 * steps were completed, the `stack` of a request, which decides races.
 */
import { type Kernel, nowOf } from "./kernel.ts";
import { hasEnded, readRun, type RunRow } from "./runs.ts";

/** The parallel operations that a run's next discovery call waits for. */
export interface PendingOperations {
  readonly ids: readonly string[];
  /** With `parallelMode: "race"` every completion asks for a discovery call. */
  readonly isRace: boolean;
}

/** What identifies a step, beside its run. */
export interface StepName {
  /** The SDK's hash. */
  readonly hash: string;
  /** What the user called it. */
  readonly name: string;
  readonly op: string;
}

/**
 * Notes that a step was planned, sleeps or waits; inside a write.
 *
 * @param kernel the engine's parts
 * @param runSeq the run
 * @param step the step
 * @returns false when it was known already
 */
export function planStep(
  kernel: Kernel,
  runSeq: number,
  step: StepName,
): boolean {
  const { changes } = kernel.db.run(
    "INSERT OR IGNORE INTO steps (run_seq, hash, name, op, queued_at) VALUES (?,?,?,?,?)",
    runSeq,
    step.hash,
    step.name,
    step.op,
    nowOf(kernel),
  );
  return changes > 0;
}

/**
 * Saves what a step came to; inside a write.
 *
 * @param kernel the engine's parts
 * @param runSeq the run
 * @param step the step
 * @param memo canonical JSON: the value of `steps[hash]` in later requests
 * @returns false when the step was complete already
 */
export function completeStep(
  kernel: Kernel,
  runSeq: number,
  step: StepName,
  memo: string,
): boolean {
  const nowMs = nowOf(kernel);
  const { changes } = kernel.db.run(
    `INSERT INTO steps (run_seq, hash, name, op, position, memo, queued_at, ended_at)
     VALUES (?1,?2,?3,?4,(SELECT coalesce(max(position),-1)+1 FROM steps WHERE run_seq=?1),?5,?6,?6)
     ON CONFLICT (run_seq, hash) DO UPDATE SET memo=excluded.memo, position=excluded.position,
     ended_at=excluded.ended_at WHERE position IS NULL`,
    runSeq,
    step.hash,
    step.name,
    step.op,
    memo,
    nowMs,
  );
  return changes > 0;
}

/**
 * Completes a step that happened outside a request (a sleep, a wait, an invoked run) and goes on
 * with its run; inside a write.
 *
 * @param kernel the engine's parts
 * @param runSeq the run
 * @param hash the step, which was planned before
 * @param memo canonical JSON
 */
export function resumeStep(
  kernel: Kernel,
  runSeq: number,
  hash: string,
  memo: string,
): void {
  const run = readRun(kernel.db, runSeq);
  if (!run || hasEnded(run)) return;
  const isNew = completeStep(kernel, runSeq, { hash, name: "", op: "" }, memo);
  if (isNew) continueRun(kernel, run, [hash]);
}

/**
 * Takes completed steps off what a run waits for and calls it again if that was the last of them;
 * inside a write.
 *
 * @param kernel the engine's parts
 * @param run the run as it is stored now
 * @param completed hashes of the steps
 */
export function continueRun(
  kernel: Kernel,
  run: RunRow,
  completed: readonly string[],
): void {
  const pending = readPending(run);
  if (pending) {
    const ids = pending.ids.filter((id) => !completed.includes(id));
    writePending(kernel, run.seq, { ...pending, ids });
    if (ids.length > 0 && !pending.isRace && run.version !== 1) return;
  }
  requestDiscovery(kernel, run);
}

/**
 * Makes sure that a discovery call is ahead which sees the current steps; inside a write.
 *
 * @param kernel the engine's parts
 * @param run the run
 */
function requestDiscovery(kernel: Kernel, run: RunRow): void {
  const queued = kernel.db.all<{ id: number }>(
    "SELECT id FROM calls WHERE run_seq=? AND step IS NULL",
    run.seq,
  );
  if (queued.some(({ id }) => !kernel.calls.isHeld(id))) return;
  kernel.calls.insert({
    runSeq: run.seq,
    functionId: run.function_id,
    step: null,
    dueMs: run.queued_at,
  });
}

/**
 * Reads which operations a run's next discovery call waits for.
 *
 * @param run the run
 * @returns them, or undefined when there are none
 */
export function readPending(run: RunRow): PendingOperations | undefined {
  return run.pending === null
    ? undefined
    : JSON.parse(run.pending) as PendingOperations;
}

/**
 * Replaces what a run's next discovery call waits for; inside a write.
 *
 * @param kernel the engine's parts
 * @param runSeq the run
 * @param pending the operations; none at all clears it
 */
export function writePending(
  kernel: Kernel,
  runSeq: number,
  pending: PendingOperations,
): void {
  const text = pending.ids.length > 0 ? JSON.stringify(pending) : null;
  kernel.db.run("UPDATE runs SET pending=? WHERE seq=?", text, runSeq);
}
