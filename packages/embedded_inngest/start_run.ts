/**
 * From an event and a function to a run in the queue, by the function's flow control.
 *
 * Order, as on the server: dedupe by event id, batch, rateLimit, create, cancelOn listeners,
 * throttle, queue. Throttle gives each run its own start time when it is created, or its batch is
 * complete.
 */
import { parseDueMs } from "./duration.ts";
import { hasStartedFor, readEvent, type StoredEvent } from "./event_log.ts";
import type { BatchRule, RateRule } from "./function_config.ts";
import type { RegisteredFunction } from "./function_registry.ts";
import { type Kernel, nowOf } from "./kernel.ts";
import { nextSlot } from "./rate.ts";
import { readRun, type RunRow } from "./runs.ts";
import { addWait } from "./waits.ts";

const YEAR_MS = 365 * 24 * 3_600_000; // Inngest's validity of a cancelOn without a timeout
const MAX_BATCH_CHARS = 10 * 1024 * 1024; // Inngest's byte cap of one batch

/** What became of an event for one function. */
export type StartOutcome = "started" | "batched" | "duplicate" | "rate-limited";

interface OpenBatch {
  readonly run_seq: number;
  /** How many it holds. */
  readonly events: number;
  /** Characters of their JSON. */
  readonly chars: number;
}

/** What is known about a start beyond the event. */
export interface StartOptions {
  /** The cron expression that fired. */
  readonly cron?: string;
  /**
   * The run that this one repeats, with all the events of a batch; such a start is not deduped,
   * batched or rate-limited.
   */
  readonly original?: RunRow;
}

/**
 * Starts a run of a function for an event, or adds the event to a batch; inside a write.
 *
 * @param kernel the engine's parts
 * @param fn the function
 * @param stored the event
 * @param options for cron ticks and re-runs
 * @returns what became of it, and the new run's id when there is one
 */
export function startRun(
  kernel: Kernel,
  fn: RegisteredFunction,
  stored: StoredEvent,
  options: StartOptions = {},
): { outcome: StartOutcome; runId?: string } {
  if (options.original === undefined) {
    if (hasStartedFor(kernel.db, fn.id, stored)) {
      return { outcome: "duplicate" };
    }
    if (fn.batch && isBatched(fn.batch, stored)) {
      addToBatch(kernel, fn, fn.batch, stored);
      return { outcome: "batched" };
    }
    if (fn.rateLimit && isOverRate(kernel, fn, fn.rateLimit, stored)) {
      return { outcome: "rate-limited" };
    }
  }
  const { runSeq, runId } = insertRun(kernel, fn, stored, options);
  listenForCancels(kernel, fn, stored, runSeq);
  if (fn.throttle && stored.tsMs > nowOf(kernel)) {
    // A slot taken now would hold back everything between now and then.
    kernel.timers.insert({ kind: "start", dueMs: stored.tsMs, runSeq });
  } else {
    const earliestMs = Math.max(nowOf(kernel), stored.tsMs);
    queueStart(kernel, fn, stored, { runSeq, earliestMs });
  }
  return { outcome: "started", runId };
}

/**
 * Starts a run that was created earlier: its batch is complete, or its event's time has come;
 * inside a write.
 *
 * @param kernel the engine's parts
 * @param runSeq the run
 */
export function startWaiting(kernel: Kernel, runSeq: number): void {
  const run = readRun(kernel.db, runSeq);
  const fn = run && kernel.registry.byId(run.function_id);
  const stored = run && readEvent(kernel.db, run.event_seq);
  if (!fn || !stored) return;
  kernel.db.run("DELETE FROM batches WHERE run_seq=?", runSeq);
  queueStart(kernel, fn, stored, { runSeq, earliestMs: nowOf(kernel) });
}

/** Queues the first call of a run, as early as throttle lets it start. */
function queueStart(
  kernel: Kernel,
  fn: RegisteredFunction,
  stored: StoredEvent,
  { runSeq, earliestMs }: { runSeq: number; earliestMs: number },
): void {
  const dueMs = startTime(kernel, fn, stored, earliestMs);
  kernel.calls.insert({ runSeq, functionId: fn.id, step: null, dueMs });
}

function isBatched(rule: BatchRule, stored: StoredEvent): boolean {
  return !rule.condition ||
    rule.condition.evaluate({ event: stored.event }) === true;
}

function addToBatch(
  kernel: Kernel,
  fn: RegisteredFunction,
  rule: BatchRule,
  stored: StoredEvent,
): void {
  const key = `${fn.id}:${
    rule.key ? evaluateKey(rule.key.evaluate({ event: stored.event })) : ""
  }`;
  const batch = growBatch(kernel, key, stored) ??
    openBatch(kernel, fn, { key, rule, stored });
  kernel.db.run(
    "INSERT INTO batch_events VALUES (?,?)",
    batch.run_seq,
    stored.seq,
  );
  if (batch.events < rule.maxSize && batch.chars < MAX_BATCH_CHARS) return;
  kernel.db.run("DELETE FROM timers WHERE run_seq=?", batch.run_seq);
  startWaiting(kernel, batch.run_seq);
}

function growBatch(
  { db }: Kernel,
  key: string,
  stored: StoredEvent,
): OpenBatch | undefined {
  return db.get<OpenBatch>(
    "UPDATE batches SET events=events+1, chars=chars+? WHERE key=? RETURNING *",
    stored.body.length,
    key,
  );
}

/** A batch is a run that a timer starts, or the event that fills it. */
function openBatch(
  kernel: Kernel,
  fn: RegisteredFunction,
  { key, rule, stored }: { key: string; rule: BatchRule; stored: StoredEvent },
): OpenBatch {
  const { runSeq } = insertRun(kernel, fn, stored, {}, true);
  const dueMs = nowOf(kernel) + rule.timeoutMs;
  kernel.timers.insert({ kind: "start", dueMs, runSeq });
  const chars = stored.body.length;
  kernel.db.run("INSERT INTO batches VALUES (?,?,1,?)", runSeq, key, chars);
  return { run_seq: runSeq, events: 1, chars };
}

function isOverRate(
  kernel: Kernel,
  fn: RegisteredFunction,
  rule: RateRule,
  stored: StoredEvent,
): boolean {
  const value = rule.key?.evaluate({ event: stored.event });
  if (rule.key && value === false) return false;
  const nowMs = nowOf(kernel);
  const slot = nextSlot(
    kernel.db,
    `rate:${fn.id}:${evaluateKey(value)}`,
    rule,
    nowMs,
  );
  if (slot.atMs > nowMs) return true;
  slot.take();
  return false;
}

function insertRun(
  kernel: Kernel,
  fn: RegisteredFunction,
  stored: StoredEvent,
  { cron, original }: StartOptions,
  isBatch = original?.is_batch === 1,
): { runSeq: number; runId: string } {
  const nowMs = nowOf(kernel);
  const runId = kernel.nextId();
  const { id: runSeq } = kernel.db.run(
    `INSERT INTO runs (id, function_id, event_seq, status, queued_at, lanes, cron, original_run_id,
     is_batch) VALUES (?,?,?,'Queued',?,?,?,?,?)`,
    runId,
    fn.id,
    stored.seq,
    nowMs,
    evaluateLanes(fn, stored),
    cron ?? original?.cron ?? null,
    original?.id ?? null,
    isBatch ? 1 : 0,
  );
  if (original) copyBatch(kernel, original.seq, runSeq);
  if (fn.startTimeoutMs !== undefined && !isBatch) {
    const dueMs = nowMs + fn.startTimeoutMs;
    kernel.timers.insert({ kind: "start-timeout", dueMs, runSeq });
  }
  return { runSeq, runId };
}

function copyBatch(kernel: Kernel, fromSeq: number, toSeq: number): void {
  kernel.db.run(
    "INSERT INTO batch_events SELECT ?, event_seq FROM batch_events WHERE run_seq=?",
    toSeq,
    fromSeq,
  );
}

/** The keyed limits of a run as `[lane, limit]` pairs; a limit without a key needs no row. */
function evaluateLanes(
  fn: RegisteredFunction,
  stored: StoredEvent,
): string | null {
  const lanes = fn.concurrency.flatMap(({ key, scope, limit }, index) => {
    if (!key) return [];
    const value = evaluateKey(key.evaluate({ event: stored.event }));
    return [[
      scope === "fn" ? `fn:${fn.id}:${index}:${value}` : `${scope}:${value}`,
      limit,
    ]];
  });
  return lanes.length > 0 ? JSON.stringify(lanes) : null;
}

function listenForCancels(
  kernel: Kernel,
  fn: RegisteredFunction,
  stored: StoredEvent,
  runSeq: number,
): void {
  const nowMs = nowOf(kernel);
  for (const rule of fn.cancels) {
    const expiresMs = rule.timeout && parseDueMs(rule.timeout, nowMs);
    addWait(kernel, stored, {
      runSeq,
      step: null,
      eventName: rule.event,
      condition: rule.expression,
      afterSeq: stored.seq,
      expiresMs: expiresMs || nowMs + YEAR_MS,
    });
  }
}

function startTime(
  kernel: Kernel,
  fn: RegisteredFunction,
  stored: StoredEvent,
  earliestMs: number,
): number {
  if (!fn.throttle) return earliestMs;
  const value = evaluateKey(fn.throttle.key?.evaluate({ event: stored.event }));
  const slot = nextSlot(
    kernel.db,
    `throttle:${fn.id}:${value}`,
    fn.throttle,
    earliestMs,
  );
  slot.take();
  return slot.atMs;
}

/** Keys partition by text, so values that are no text are written as JSON. */
function evaluateKey(value: unknown): string {
  if (typeof value === "string") return value;
  return JSON.stringify(
    value,
    (_, member) => typeof member === "bigint" ? `${member}` : member,
  ) ??
    "";
}
