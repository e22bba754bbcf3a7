/**
 * What the engine does for each operation that an SDK reports (`op` in a 206 answer).
 *
 * A step that is known already is not planned again: the SDK reports every open parallel operation
 * on each discovery call. Operations that this engine lacks end their run with an error that says so.
 */
import { canonicalJson } from "./canonical_json.ts";
import { parseDueMs } from "./duration.ts";
import { newestSeq, readEvent } from "./event_log.ts";
import { appendOwnEvent, finishRun } from "./finish_run.ts";
import { IS_NOT_IMPLEMENTED } from "./gaps.ts";
import { isRecord } from "./inbound_event.ts";
import { type Kernel, nowOf } from "./kernel.ts";
import type { Operation } from "./reply.ts";
import type { RunRow } from "./runs.ts";
import { startRun } from "./start_run.ts";
import { completeStep, planStep } from "./steps.ts";
import { addWait } from "./waits.ts";

const DAY_MS = 24 * 3_600_000;
const MAX_WAIT_MS = 366 * DAY_MS; // Inngest's limit of sleeps and waits
const INVOKE_TIMEOUT_MS = 365 * DAY_MS; // Inngest's default, also for what the SDK cannot read

/** How an operation left its step. */
export type OperationState =
  /** The step's value is saved. */
  | "completed"
  /** The step will be completed later. */
  | "open"
  /** The step was completed earlier; nothing was done. */
  | "known"
  /** The step's attempt failed and another is due. */
  | "retry"
  /** The run has ended. */
  | "ended"
  /** The operation names no step. */
  | "none";

/**
 * Does what one operation asks for; inside a write.
 *
 * @param kernel the engine's parts
 * @param run the run as it was read in this write
 * @param operation the operation
 * @param isLastAttempt whether a step's error is final
 * @returns what became of the operation's step
 */
export function applyOperation(
  kernel: Kernel,
  run: RunRow,
  operation: Operation,
  isLastAttempt: boolean,
): OperationState {
  switch (operation.op) {
    case "StepRun":
    case "Step":
      return saveStep(kernel, run, operation, { data: operation.data });
    case "StepFailed":
      return saveStep(kernel, run, operation, { error: operation.error });
    case "StepError":
      return isLastAttempt
        ? saveStep(kernel, run, operation, { error: operation.error })
        : "retry";
    case "StepPlanned":
      return planned(
        kernel,
        run,
        operation,
        () => queueStep(kernel, run, operation),
      );
    case "Sleep":
      return planned(
        kernel,
        run,
        operation,
        () => sleep(kernel, run, operation),
      );
    case "WaitForEvent":
      return planned(
        kernel,
        run,
        operation,
        () => waitForEvent(kernel, run, operation),
      );
    case "InvokeFunction":
      return planned(
        kernel,
        run,
        operation,
        () => invoke(kernel, run, operation),
      );
    case "RunComplete":
      finishRun(kernel, run, {
        status: "Completed",
        output: canonicalJson(operation.data),
      });
      return "ended";
    case "None":
    case "DiscoveryRequest":
      return "none";
    default:
      return failRun(
        kernel,
        run,
        `Cannot do operation "${operation.op}": it ${IS_NOT_IMPLEMENTED}`,
      );
  }
}

function saveStep(
  kernel: Kernel,
  run: RunRow,
  operation: Operation,
  memo: { data: unknown } | { error: unknown },
): OperationState {
  const isNew = completeStep(
    kernel,
    run.seq,
    nameOf(operation),
    canonicalJson(memo),
  );
  return isNew ? "completed" : "known";
}

function planned(
  kernel: Kernel,
  run: RunRow,
  operation: Operation,
  begin: () => OperationState,
): OperationState {
  if (planStep(kernel, run.seq, nameOf(operation))) return begin();
  const step = kernel.db.get<{ position: number | null }>(
    "SELECT position FROM steps WHERE run_seq=? AND hash=?",
    run.seq,
    operation.id,
  );
  return step?.position === null ? "open" : "known";
}

function nameOf(
  operation: Operation,
): { hash: string; name: string; op: string } {
  const isSend = operation.opts.type === "step.sendEvent";
  return {
    hash: operation.id,
    name: operation.displayName,
    op: isSend ? "SendEvent" : operation.op,
  };
}

function queueStep(
  kernel: Kernel,
  run: RunRow,
  operation: Operation,
): OperationState {
  const { seq: runSeq, function_id: functionId, queued_at: dueMs } = run;
  kernel.calls.insert({ runSeq, functionId, step: operation.id, dueMs });
  return "open";
}

function sleep(
  kernel: Kernel,
  run: RunRow,
  operation: Operation,
): OperationState {
  const { duration } = operation.opts;
  const dueMs = readDueMs(
    kernel,
    typeof duration === "string" ? duration : operation.name,
  );
  if (typeof dueMs === "string") {
    return failRun(kernel, run, `Cannot sleep: ${dueMs}`);
  }
  kernel.timers.insert({
    kind: "sleep",
    dueMs,
    runSeq: run.seq,
    detail: operation.id,
  });
  return "open";
}

function waitForEvent(
  kernel: Kernel,
  run: RunRow,
  operation: Operation,
): OperationState {
  const { event, timeout, if: condition } = operation.opts;
  const dueMs = readDueMs(kernel, typeof timeout === "string" ? timeout : "");
  if (typeof dueMs === "string") {
    return failRun(kernel, run, `Cannot wait for event: ${dueMs}`);
  }
  const trigger = readEvent(kernel.db, run.event_seq);
  if (!trigger) return failRun(kernel, run, "Cannot find the run's event");
  try {
    addWait(kernel, trigger, {
      runSeq: run.seq,
      step: operation.id,
      eventName: typeof event === "string" ? event : operation.name,
      condition: typeof condition === "string" ? condition : undefined,
      afterSeq: newestSeq(kernel.db), // no look-back, as on the server
      expiresMs: dueMs,
    });
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return failRun(kernel, run, error.message, "InvalidExpression");
  }
  kernel.timers.insert({
    kind: "wait",
    dueMs,
    runSeq: run.seq,
    detail: operation.id,
  });
  return "open";
}

function invoke(
  kernel: Kernel,
  run: RunRow,
  operation: Operation,
): OperationState {
  const { function_id: slug, payload, timeout } = operation.opts;
  const target = typeof slug === "string"
    ? kernel.registry.bySlug(slug)
    : undefined;
  const fail = (message: string) =>
    saveStep(kernel, run, operation, { error: { name: "Error", message } });
  if (!target || target.isArchived) {
    return fail(`could not find function with ID: ${slug}`);
  }
  const dueMs = typeof timeout === "string" && timeout !== ""
    ? readDueMs(kernel, timeout)
    : nowOf(kernel) + INVOKE_TIMEOUT_MS;
  if (typeof dueMs === "string") {
    return failRun(kernel, run, `Cannot invoke: ${dueMs}`);
  }
  const { data, v } = isRecord(payload) ? payload : {};
  const eventSeq = appendOwnEvent(kernel, {
    name: "inngest/function.invoked",
    data: {
      ...(isRecord(data) ? data : {}),
      _inngest: {
        correlation_id: `${run.id}.${operation.id}`,
        fn_id: target.slug,
        expire: dueMs,
      },
    },
    ...(typeof v === "string" ? { v } : {}),
  });
  kernel.db.run(
    "INSERT INTO invocations VALUES (?,?,?)",
    eventSeq,
    run.seq,
    operation.id,
  );
  const stored = readEvent(kernel.db, eventSeq);
  const outcome = stored && startRun(kernel, target, stored).outcome;
  if (outcome === "rate-limited") {
    return fail("invoked function is rate limited");
  }
  kernel.timers.insert({
    kind: "invoke",
    dueMs,
    runSeq: run.seq,
    detail: operation.id,
  });
  return "open";
}

/** @returns ms since the epoch, or what is wrong with the text */
function readDueMs(kernel: Kernel, text: string): number | string {
  const nowMs = nowOf(kernel);
  const dueMs = parseDueMs(text, nowMs);
  if (dueMs === undefined) return `"${text}" is neither a duration nor a date`;
  return dueMs - nowMs > MAX_WAIT_MS
    ? `"${text}" is more than 366 days`
    : dueMs;
}

function failRun(
  kernel: Kernel,
  run: RunRow,
  message: string,
  name = "Error",
): OperationState {
  finishRun(kernel, run, {
    status: "Failed",
    error: { name, message },
    label: name,
  });
  return "ended";
}
