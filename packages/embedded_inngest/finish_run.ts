/**
 * The end of a run: its row, what it leaves in the queue, its lifecycle events, its invokers.
 *
 * All in one write, so an end that is stored has told everyone; Inngest's server can lose the
 * event. `inngest/function.finished` is only written when something listens for it.
 */
import { canonicalJson } from "./canonical_json.ts";
import { appendEvent, readEvent } from "./event_log.ts";
import { type Kernel, nowOf } from "./kernel.ts";
import type { SerialisedError } from "./reply.ts";
import { readRun, type RunRow } from "./runs.ts";
import { resumeStep } from "./steps.ts";

const SILENT_TRIGGERS = [
  "inngest/function.finished",
  "inngest/function.failed",
];
const MAX_LIFECYCLE_EVENTS = 100; // of a batch, in the lifecycle event's `events`

/** How a run ends. */
export type RunEnd =
  | { readonly status: "Completed"; readonly output: string }
  | {
    readonly status: "Failed";
    readonly error: SerialisedError;
    readonly label: string;
  }
  | { readonly status: "Cancelled" };

/** What the end of a run needs to know of it; none of it ever changes. */
export type EndingRun = Pick<
  RunRow,
  "seq" | "id" | "function_id" | "event_seq" | "is_batch"
>;

/**
 * Ends a run; inside a write. A run that has ended is left as it is.
 *
 * @param kernel the engine's parts
 * @param run the run
 * @param end its result, its error, or that it was cancelled
 * @param sentMs when the request was sent that ended it, ms since the epoch
 */
export function finishRun(
  kernel: Kernel,
  run: EndingRun,
  end: RunEnd,
  sentMs: number | null = null,
): void {
  const { changes } = kernel.db.run(
    `UPDATE runs SET status=?, output=?, ended_at=?, started_at=coalesce(started_at, ?),
     pending=NULL WHERE seq=? AND ended_at IS NULL`,
    end.status,
    outputOf(end),
    nowOf(kernel),
    sentMs,
    run.seq,
  );
  if (changes === 0) return;
  kernel.db.run("DELETE FROM calls WHERE run_seq=?", run.seq);
  kernel.db.run("DELETE FROM timers WHERE run_seq=?", run.seq);
  kernel.db.run("DELETE FROM waits WHERE run_seq=?", run.seq);
  if (run.is_batch) {
    kernel.db.run("DELETE FROM batches WHERE run_seq=?", run.seq);
  }
  resumeInvokers(kernel, run, end);
  emitLifecycleEvents(kernel, run, end);
}

/**
 * Cancels a run that is known by its number alone; inside a write.
 *
 * @param kernel the engine's parts
 * @param runSeq the run
 */
export function cancelRun(kernel: Kernel, runSeq: number): void {
  const run = readRun(kernel.db, runSeq);
  if (run) finishRun(kernel, run, { status: "Cancelled" });
}

function outputOf(end: RunEnd): string | null {
  switch (end.status) {
    case "Completed":
      return end.output;
    case "Failed":
      return JSON.stringify(end.error);
    case "Cancelled":
      return null;
  }
}

function resumeInvokers(
  kernel: Kernel,
  run: EndingRun,
  end: RunEnd,
): void {
  const invokers = kernel.db.all<
    { parent_run_seq: number; parent_step: string }
  >(
    run.is_batch
      ? `SELECT parent_run_seq, parent_step FROM batch_events JOIN invocations USING (event_seq)
         WHERE run_seq=?`
      : "SELECT parent_run_seq, parent_step FROM invocations WHERE event_seq=?",
    run.is_batch ? run.seq : run.event_seq,
  );
  for (const { parent_run_seq, parent_step } of invokers) {
    resumeStep(kernel, parent_run_seq, parent_step, invocationMemo(end));
  }
}

function invocationMemo(end: RunEnd): string {
  switch (end.status) {
    case "Completed":
      return canonicalJson({ data: JSON.parse(end.output) });
    case "Failed":
      return canonicalJson({ error: end.error });
    case "Cancelled": // the server hands the whole finished event over; an error can be caught
      return canonicalJson({
        error: { name: "Error", message: "The invoked run was cancelled" },
      });
  }
}

function emitLifecycleEvents(
  kernel: Kernel,
  run: EndingRun,
  end: RunEnd,
): void {
  const isSuccess = end.status === "Completed";
  if (isSuccess && !isListenedFor(kernel, "inngest/function.finished")) return;
  const trigger = readEvent(kernel.db, run.event_seq);
  if (!trigger || SILENT_TRIGGERS.includes(trigger.name)) return;
  const events = run.is_batch
    ? readBatchEvents(kernel, run.seq, MAX_LIFECYCLE_EVENTS).map(parseBody)
    : [trigger.event];
  const data = lifecycleBody(kernel, run, end, events);
  if (isListenedFor(kernel, "inngest/function.finished")) {
    appendOwnEvent(kernel, { name: "inngest/function.finished", data });
  }
  if (end.status === "Failed") {
    const name = "inngest/function.failed";
    appendOwnEvent(kernel, { name, key: run.id, data });
  }
  if (end.status === "Cancelled") {
    const name = "inngest/function.cancelled";
    appendOwnEvent(kernel, { name, key: run.id, data });
  }
}

function isListenedFor(kernel: Kernel, name: string): boolean {
  return kernel.registry.triggersOf(name).length > 0 ||
    kernel.db.get("SELECT 1 FROM waits WHERE event_name=? LIMIT 1", name) !==
      undefined;
}

function parseBody(body: string): unknown {
  return JSON.parse(body);
}

function lifecycleBody(
  kernel: Kernel,
  run: EndingRun,
  end: RunEnd,
  events: readonly unknown[],
): Record<string, unknown> {
  return {
    _inngest: { status: end.status },
    event: events[0] ?? null,
    events,
    function_id: kernel.registry.byId(run.function_id)?.slug ?? "",
    run_id: run.id,
    ...(end.status === "Completed" ? { result: JSON.parse(end.output) } : {}),
    ...(end.status === "Failed"
      ? { error: { error: end.label, ...end.error } }
      : {}),
  };
}

/**
 * Reads the events that a batch run was started with.
 *
 * @param kernel the engine's parts
 * @param runSeq the run
 * @param limit how many at most
 * @returns the events as JSON, in the order in which they came
 */
export function readBatchEvents(
  kernel: Kernel,
  runSeq: number,
  limit: number,
): string[] {
  return kernel.db.all<{ body: string }>(
    `SELECT body FROM batch_events JOIN events ON events.seq=event_seq
     WHERE run_seq=? ORDER BY event_seq LIMIT ?`,
    runSeq,
    limit,
  ).map(({ body }) => body);
}

/** An event of the engine's own. */
export interface OwnEvent {
  /** One of the `inngest/` names. */
  readonly name: string;
  /** The event's id; the internal one by default. */
  readonly key?: string;
  readonly data: unknown;
  readonly v?: string;
}

/**
 * Appends an event of the engine's own to the log; inside a write.
 *
 * @param kernel the engine's parts
 * @param own the event
 * @returns the event's place in the log
 */
export function appendOwnEvent(kernel: Kernel, own: OwnEvent): number {
  const { name, key, ...rest } = own;
  const ts = nowOf(kernel);
  const id = kernel.nextId();
  kernel.wakeFanOut();
  return appendEvent(kernel.db, {
    id,
    event_key: key ?? null,
    name,
    ts,
    received_at: ts,
    body: JSON.stringify({ ...rest, id: key ?? id, name, ts, user: {} }),
  });
}
