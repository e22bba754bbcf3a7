/**
 * From an SDK's answer to the run's next state, in one write.
 *
 * The call that was answered is removed, or moved to its next attempt, in the write that saves
 * what it brought. An answer for a run that has ended meanwhile, or for a call that is gone,
 * changes nothing.
 */
import { applyOperation, type OperationState } from "./apply_operation.ts";
import { backoffMs } from "./backoff.ts";
import { canonicalJson } from "./canonical_json.ts";
import { type EndingRun, finishRun } from "./finish_run.ts";
import { type Kernel, nowOf } from "./kernel.ts";
import {
  failedAttempt,
  type Operation,
  type Reply,
  type SerialisedError,
} from "./reply.ts";
import { hasEnded, readRun, type RunRow } from "./runs.ts";
import { continueRun, readPending, writePending } from "./steps.ts";

/** A call that was made. */
export interface MadeCall {
  readonly id: number;
  readonly runSeq: number;
  readonly functionId: number;
  /** Hash of the planned step, or null for a discovery call. */
  readonly step: string | null;
  readonly attempt: number;
  readonly maxAttempts: number;
  /** How many completed steps the request told of. */
  readonly stepsSent: number;
  /** When the request was sent, ms since the epoch. */
  readonly sentMs: number;
}

const ASKED_FIRST = ["WaitForEvent"]; // so that an event sent by a sibling is caught

/**
 * Writes what an answer brings.
 *
 * @param kernel the engine's parts
 * @param run the run as it was when the call was made
 * @param call the call that was answered
 * @param reply the answer
 * @throws {Error} when the disk refuses; the call is then still in the queue
 */
export async function applyReply(
  kernel: Kernel,
  run: EndingRun,
  call: MadeCall,
  reply: Reply,
): Promise<void> {
  const output = resultOf(reply);
  if (output === undefined) {
    await kernel.db.write(() => applyToRun(kernel, call, reply));
    return;
  }
  const end = { status: "Completed", output } as const;
  await kernel.db.writeBehind(() => finishRun(kernel, run, end, call.sentMs));
}

/** @returns the run's result as JSON, when that is all there is in the answer */
function resultOf(reply: Reply): string | undefined {
  if (reply.kind === "result") return reply.output;
  if (reply.kind !== "operations") return undefined;
  const [only, ...others] = reply.operations;
  return only?.op === "RunComplete" && others.length === 0
    ? canonicalJson(only.data)
    : undefined;
}

function applyToRun(kernel: Kernel, call: MadeCall, reply: Reply): void {
  const run = readRun(kernel.db, call.runSeq);
  if (!run || hasEnded(run) || !isOpen(kernel, call)) return;
  markStarted(kernel, run, call, reply);
  switch (reply.kind) {
    case "error":
      applyError(kernel, run, call, reply);
      return;
    case "operations":
      applyOperations(kernel, run, call, reply);
      return;
    case "stale": // but it is the current one: the SDK was told wrong, or tells us wrong
      applyError(
        kernel,
        run,
        call,
        failed("the app took its request for stale"),
      );
      return;
    case "result":
      return; // written by applyReply()
    default:
      reply satisfies never;
  }
}

/** @returns false when this answer was written by an earlier try */
function isOpen({ db }: Kernel, call: MadeCall): boolean {
  return db.get(
    "SELECT 1 FROM calls WHERE id=? AND attempt=?",
    call.id,
    call.attempt,
  ) !== undefined;
}

function markStarted(
  kernel: Kernel,
  run: RunRow,
  call: MadeCall,
  reply: Reply,
): void {
  const version = "version" in reply && run.version === -1
    ? reply.version
    : run.version;
  if (run.started_at !== null && version === run.version) return;
  kernel.db.run(
    "UPDATE runs SET started_at=coalesce(started_at, ?), version=?, status='Running' WHERE seq=?",
    call.sentMs,
    version,
    run.seq,
  );
}

function applyError(
  kernel: Kernel,
  run: RunRow,
  call: MadeCall,
  reply: Extract<Reply, { kind: "error" }>,
): void {
  recordFailure(kernel, call, reply.error);
  if (reply.isFinal || isLastAttempt(call)) {
    const { error, label } = reply;
    finishRun(kernel, run, { status: "Failed", error, label });
  } else {
    retry(kernel, call, reply.retryAtMs);
  }
}

function applyOperations(
  kernel: Kernel,
  run: RunRow,
  call: MadeCall,
  reply: Extract<Reply, { kind: "operations" }>,
): void {
  const isFinal = reply.isFinal || isLastAttempt(call);
  const ordered = reply.operations.toSorted((a, b) => rank(a) - rank(b));
  const results: { operation: Operation; state: OperationState }[] = [];
  for (const operation of ordered) {
    if (operation.op === "StepError" || operation.op === "StepFailed") {
      recordFailure(kernel, call, operation.error, operation.id);
    }
    const state = applyOperation(kernel, run, operation, isFinal);
    if (state === "ended") return;
    results.push({ operation, state });
  }
  if (results.some(({ state }) => state === "retry")) {
    retry(kernel, call, reply.retryAtMs);
    return;
  }
  const idsIn = (wanted: OperationState) =>
    results.filter(({ state }) => state === wanted).map(({ operation }) =>
      operation.id
    );
  const open = idsIn("open");
  const completed = [
    ...idsIn("completed"),
    ...idsIn("known").filter((id) => isNews(kernel, call, id)),
  ];
  if (
    open.length === 0 && completed.length === 0 && !isAwaited(kernel, run, call)
  ) {
    applyError(kernel, run, call, failed("the app reported nothing new"));
    return;
  }
  kernel.calls.remove(call.id);
  if (open.length > 0 && results.length > 1) {
    const isRace = results.some(({ operation }) =>
      operation.opts.parallelMode === "race"
    );
    writePending(kernel, run.seq, { ids: open, isRace });
  } else if (completed.length > 0) {
    continueRun(kernel, run, completed);
  }
}

/** A step that was saved while the request was open: the app was not told, and reports it again. */
function isNews({ db }: Kernel, call: MadeCall, hash: string): boolean {
  return db.get(
    "SELECT 1 FROM steps WHERE run_seq=? AND hash=? AND position>=?",
    call.runSeq,
    hash,
    call.stepsSent,
  ) !== undefined;
}

function rank(operation: Operation): number {
  return ASKED_FIRST.includes(operation.op) ? 0 : 1;
}

function isLastAttempt(call: MadeCall): boolean {
  return call.attempt + 1 >= call.maxAttempts;
}

/** Something else will call the run again: an open parallel operation, or another call. */
function isAwaited(kernel: Kernel, run: RunRow, call: MadeCall): boolean {
  return readPending(run) !== undefined || kernel.db.get(
        "SELECT 1 FROM calls WHERE run_seq=? AND id<>? LIMIT 1",
        run.seq,
        call.id,
      ) !== undefined;
}

function failed(reason: string): Extract<Reply, { kind: "error" }> {
  return failedAttempt(`Cannot go on with the run: ${reason}`);
}

function retry(
  kernel: Kernel,
  call: MadeCall,
  retryAtMs: number | undefined,
): void {
  const delayMs = kernel.retryIntervalMs ??
    backoffMs(call.attempt, Math.random());
  kernel.calls.reschedule(
    call,
    call.attempt + 1,
    retryAtMs ?? nowOf(kernel) + delayMs,
  );
}

function recordFailure(
  kernel: Kernel,
  call: MadeCall,
  error: SerialisedError,
  step: string | null = call.step,
): void {
  kernel.db.run(
    `INSERT INTO attempts (run_seq, step, attempt, started_at, ended_at, error)
     VALUES (?,?,?,?,?,?)`,
    call.runSeq,
    step,
    call.attempt,
    call.sentMs,
    nowOf(kernel),
    JSON.stringify(error),
  );
}
