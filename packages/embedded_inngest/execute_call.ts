/**
 * One request to an app: built from the run's state, sent, and its answer written.
 *
 * The body is put together from canonical pieces (keys in order), because the canonical form is
 * what gets signed. `fn_id` and `qi_id` are sent, so the SDK saves its steps through the
 * checkpoint API while it runs and a function of serial steps is a single request.
 */
import type { AppDriver } from "./app_driver.ts";
import { applyReply, type MadeCall } from "./apply_reply.ts";
import { canonicalJson } from "./canonical_json.ts";
import { finishRun, readBatchEvents } from "./finish_run.ts";
import type { RegisteredFunction } from "./function_registry.ts";
import { MAX_BATCH_EVENTS } from "./function_schema.ts";
import type { InFlight } from "./in_flight.ts";
import { type Kernel, nowOf } from "./kernel.ts";
import { failedAttempt, parseReply, type Reply } from "./reply.ts";
import { type PendingOperations, readPending } from "./steps.ts";
import { findPassedLimit, MAX_STEPS } from "./run_limits.ts";
import type { RunRow } from "./runs.ts";
import { signText } from "./signature.ts";
import { untilWritten } from "./until_written.ts";

/** A call with its run, as read when it is taken. */
export interface DueCall extends RunRow {
  readonly call_id: number;
  readonly step: string | null;
  readonly attempt: number;
  readonly due_at: number;
  /** The event that started the run, as JSON. */
  readonly event_body: string;
}

/** A step of the run, as far as a request tells of it. */
interface KnownStep {
  readonly hash: string;
  readonly memo: string | null;
  readonly position: number | null;
}

/** What a request needs beyond the call. */
export interface CallContext {
  readonly fn: RegisteredFunction;
  readonly driver: AppDriver;
  readonly signingKey: string;
  readonly inFlight: InFlight;
}

/**
 * Reads a call that was taken.
 *
 * @param kernel the engine's parts
 * @param callId the call
 * @returns the call with its run, or undefined when it is gone or not due (any more)
 */
export function readDueCall(
  kernel: Kernel,
  callId: number,
): DueCall | undefined {
  const call = kernel.db.get<DueCall>(
    `SELECT runs.*, calls.id AS call_id, step, attempt, due_at, body AS event_body FROM calls
     JOIN runs ON runs.seq=calls.run_seq JOIN events ON events.seq=runs.event_seq
     WHERE calls.id=?`,
    callId,
  );
  return call && call.due_at <= nowOf(kernel) ? call : undefined;
}

/**
 * Makes a request and writes what it brings.
 *
 * @param kernel the engine's parts
 * @param due the call
 * @param context the function, how to reach it, and the key
 * @throws {Error} when the state cannot be read, or the engine closes before the disk takes the
 * outcome; the call is then still in the queue
 */
export async function executeCall(
  kernel: Kernel,
  due: DueCall,
  context: CallContext,
): Promise<void> {
  const steps = readSteps(kernel, due.seq);
  const refusal = context.fn.isArchived
    ? removedFunction(context.fn)
    : checkLimits(steps);
  if (refusal !== undefined) {
    const error = { name: "Error", message: refusal };
    const end = { status: "Failed", error, label: refusal } as const;
    await untilWritten(
      kernel,
      () => kernel.db.write(() => finishRun(kernel, due, end)),
    );
    return;
  }
  await untilWritten(kernel, () => announceStart(kernel, due, context.fn));
  const call: MadeCall = {
    id: due.call_id,
    runSeq: due.seq,
    functionId: due.function_id,
    step: due.step,
    attempt: due.attempt,
    maxAttempts: context.fn.maxAttempts,
    stepsSent: steps.filter(({ position }) => position !== null).length,
    sentMs: nowOf(kernel),
  };
  const reply = await request(kernel, due, steps, context);
  await untilWritten(kernel, () => applyReply(kernel, due, call, reply));
}

function removedFunction(fn: RegisteredFunction): string {
  return `Cannot run function "${fn.slug}": the app no longer has it`;
}

function readSteps(kernel: Kernel, runSeq: number): KnownStep[] {
  return kernel.db.all<KnownStep>(
    "SELECT hash, memo, position FROM steps WHERE run_seq=? ORDER BY position LIMIT ?",
    runSeq,
    MAX_STEPS + 1,
  );
}

function checkLimits(steps: readonly KnownStep[]): string | undefined {
  const chars = steps.reduce((sum, { memo }) => sum + (memo?.length ?? 0), 0);
  const limit = findPassedLimit(steps.length, chars);
  return limit && `Cannot go on with the run: ${limit}`;
}

/** Timeouts count from the first request, so it is written down before the request is made. */
async function announceStart(
  kernel: Kernel,
  due: DueCall,
  fn: RegisteredFunction,
): Promise<void> {
  if (due.started_at !== null) return;
  if (fn.startTimeoutMs === undefined && fn.finishTimeoutMs === undefined) {
    return;
  }
  const nowMs = nowOf(kernel);
  await kernel.db.write(() => {
    kernel.db.run(
      "UPDATE runs SET started_at=?, status='Running' WHERE seq=?",
      nowMs,
      due.seq,
    );
    if (fn.finishTimeoutMs === undefined) return;
    const dueMs = nowMs + fn.finishTimeoutMs;
    kernel.timers.insert({ kind: "finish-timeout", dueMs, runSeq: due.seq });
  });
}

async function request(
  kernel: Kernel,
  due: DueCall,
  steps: readonly KnownStep[],
  context: CallContext,
): Promise<Reply> {
  const { fn, driver, signingKey, inFlight } = context;
  const dispatchId = inFlight.begin({ runSeq: due.seq, runId: due.id });
  try {
    const events = due.is_batch
      ? readBatchEvents(kernel, due.seq, MAX_BATCH_EVENTS)
      : [due.event_body];
    const body = buildBody(due, fn, { events, steps, dispatchId });
    const response = await driver.send(stepUrl(driver, fn, due.step), {
      method: "POST",
      headers: {
        "content-type": "application/json",
        "x-inngest-signature": signText(body, signingKey),
        "x-inngest-server-kind": "cloud",
        "x-run-id": due.id,
        "x-request-id": dispatchId,
        "x-inngest-job-id": dispatchId,
        ...(due.version === -1
          ? {} // the SDK decides, and parses the body for less without the header
          : { "x-inngest-req-version": String(due.version) }),
      },
      body,
    });
    return parseReply(response, signingKey, nowOf(kernel));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return failedAttempt(`Cannot call the app: ${reason}`);
  } finally {
    inFlight.end(dispatchId);
  }
}

function stepUrl(
  driver: AppDriver,
  fn: RegisteredFunction,
  step: string | null,
): string {
  const separator = driver.serveUrl.includes("?") ? "&" : "?";
  const fnId = encodeURIComponent(fn.slug);
  return `${driver.serveUrl}${separator}fnId=${fnId}&stepId=${step ?? "step"}`;
}

function buildBody(
  due: DueCall,
  fn: RegisteredFunction,
  parts: {
    readonly events: readonly string[];
    readonly steps: readonly KnownStep[];
    readonly dispatchId: string;
  },
): string {
  const events = parts.events.map((body) => canonicalJson(JSON.parse(body)));
  const steps = parts.steps.filter(({ position }) => position !== null);
  const stack = steps.map(({ hash }) => hash);
  const context = canonicalJson({
    attempt: due.attempt,
    disable_immediate_execution: hasOpen(readPending(due)),
    env: "local",
    fn_id: fn.uuid,
    max_attempts: fn.maxAttempts,
    qi_id: parts.dispatchId,
    run_id: due.id,
    stack: { current: stack.length, stack },
    step_id: due.step ?? "step",
    use_api: false,
  });
  const memos = steps.toSorted((a, b) => a.hash < b.hash ? -1 : 1)
    .map(({ hash, memo }) => `${JSON.stringify(hash)}:${memo}`);
  return `{"ctx":${context},"event":${events[0]},"events":[${
    events.join(",")
  }],` +
    `"steps":{${memos.join(",")}},"use_api":false,"version":${due.version}}`;
}

function hasOpen(pending: PendingOperations | undefined): boolean {
  return (pending?.ids.length ?? 0) > 0;
}
