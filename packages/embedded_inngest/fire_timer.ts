/**
 * What happens when a timer fires: a sleep or a wait ends, a run is cancelled, a cron ticks.
 */
import { canonicalJson } from "./canonical_json.ts";
import { parseCron } from "./cron.ts";
import { readEvent } from "./event_log.ts";
import { appendOwnEvent, cancelRun } from "./finish_run.ts";
import type { RegisteredFunction } from "./function_registry.ts";
import { type Kernel, nowOf } from "./kernel.ts";
import { readRun } from "./runs.ts";
import { startRun, startWaiting } from "./start_run.ts";
import { resumeStep } from "./steps.ts";
import type { Timer } from "./timer_queue.ts";

const LOOK_AGAIN_MS = 50;
const INVOKE_TIMEOUT = "Timed out waiting for invoked function to complete"; // the server's words

/**
 * Does what a timer was set for; inside the write that deletes it.
 *
 * @param kernel the engine's parts
 * @param timer the timer that is due
 */
export function fireTimer(kernel: Kernel, timer: Timer): void {
  const { kind, runSeq = 0, detail = "" } = timer;
  switch (kind) {
    case "start":
      startWaiting(kernel, runSeq);
      return;
    case "sleep":
      resumeStep(kernel, runSeq, detail, "null");
      return;
    case "wait":
      endWait(kernel, timer);
      return;
    case "invoke":
      resumeStep(kernel, runSeq, detail, invokeTimeoutMemo());
      return;
    case "start-timeout":
      if (readRun(kernel.db, runSeq)?.started_at !== null) return;
      cancelRun(kernel, runSeq);
      return;
    case "finish-timeout":
      cancelRun(kernel, runSeq);
      return;
    case "cron":
      tick(kernel, timer);
      return;
    default:
      kind satisfies never;
  }
}

/**
 * Sets the next tick of a function's cron triggers and forgets ticks of expressions it no longer
 * has; inside a write. A tick that is set already stays, so one missed while down still fires.
 *
 * @param kernel the engine's parts
 * @param fn the function as it is registered now
 */
export function scheduleCron(kernel: Kernel, fn: RegisteredFunction): void {
  const wanted = fn.isArchived ? [] : cronsOf(fn);
  const set = kernel.db.all<{ id: number; detail: string }>(
    "SELECT id, detail FROM timers WHERE kind='cron' AND function_id=?",
    fn.id,
  );
  for (const { id, detail } of set) {
    if (!wanted.some(({ cron }) => cron === detail)) {
      kernel.db.run("DELETE FROM timers WHERE id=?", id);
    }
  }
  for (const { cron, jitterMs } of wanted) {
    if (!set.some(({ detail }) => detail === cron)) {
      setTick(kernel, fn, cron, jitterMs);
    }
  }
}

/** An event that came in time may still be on its way through the log; then it is waited for. */
function endWait(kernel: Kernel, timer: Timer): void {
  const { runSeq = 0, detail = "" } = timer;
  const mayBeAnswered = kernel.db.get(
    `SELECT 1 FROM waits JOIN events ON name=event_name AND received_at<expires_at
     WHERE run_seq=? AND step=? AND seq>(SELECT value FROM marks WHERE name='fanned_seq') LIMIT 1`,
    runSeq,
    detail,
  ) !== undefined;
  if (mayBeAnswered) {
    kernel.timers.insert({ ...timer, dueMs: nowOf(kernel) + LOOK_AGAIN_MS });
    return;
  }
  kernel.db.run("DELETE FROM waits WHERE run_seq=? AND step=?", runSeq, detail);
  resumeStep(kernel, runSeq, detail, "null");
}

function tick(kernel: Kernel, timer: Timer): void {
  const fn = kernel.registry.byId(timer.functionId ?? 0);
  const trigger = fn && cronsOf(fn).find(({ cron }) => cron === timer.detail);
  if (!fn || fn.isArchived || !trigger) return;
  const { cron, jitterMs } = trigger;
  setTick(kernel, fn, cron, jitterMs);
  const scheduledAt = toSecond(timer.dueMs - jitterOf(fn, cron, jitterMs));
  const seq = appendOwnEvent(kernel, {
    name: "inngest/scheduled.timer",
    key: scheduledAt, // so that triggers which tick together start one run, as on the server
    data: { cron, scheduledAt, fireAt: toSecond(timer.dueMs) },
  });
  const stored = readEvent(kernel.db, seq);
  if (stored) startRun(kernel, fn, stored, { cron });
}

function toSecond(instantMs: number): string {
  return new Date(instantMs).toISOString().replace(/\.\d+Z$/, "Z");
}

function cronsOf(fn: RegisteredFunction): { cron: string; jitterMs: number }[] {
  return fn.triggers.flatMap((trigger) =>
    trigger.kind === "cron" ? [trigger] : []
  );
}

function setTick(
  kernel: Kernel,
  fn: RegisteredFunction,
  cron: string,
  jitterMs: number,
): void {
  const nextMs = parseCron(cron).nextTick(nowOf(kernel));
  if (nextMs === Infinity) return;
  const dueMs = nextMs + jitterOf(fn, cron, jitterMs);
  kernel.timers.insert({
    kind: "cron",
    dueMs,
    functionId: fn.id,
    detail: cron,
  });
}

/** The same for every tick of a function, so that functions spread and ticks stay even. */
function jitterOf(
  fn: RegisteredFunction,
  cron: string,
  jitterMs: number,
): number {
  if (jitterMs === 0) return 0;
  let hash = 0;
  for (const char of fn.slug + cron) {
    hash = (hash * 31 + char.charCodeAt(0)) >>> 0;
  }
  return hash % Math.ceil(jitterMs);
}

function invokeTimeoutMemo(): string {
  const name = "InngestInvokeTimeoutError";
  return canonicalJson({
    error: {
      error: `${name}: ${INVOKE_TIMEOUT}`,
      message: INVOKE_TIMEOUT,
      name,
    },
  });
}
