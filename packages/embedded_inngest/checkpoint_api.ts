/**
 * `POST /v1/checkpoint/<run>/async`: steps that the SDK has executed inside one request.
 *
 * Answered once they are on disk; only then does the user's code go on. 409 tells the SDK that its
 * execution is stale (the run was cancelled, or another request took over) and makes it stop. Any
 * other refusal makes it hand the steps back in its answer instead.
 */
import { type ApiAnswer, type ApiRequest, refuse } from "./api_message.ts";
import { canonicalJson } from "./canonical_json.ts";
import { isRecord } from "./inbound_event.ts";
import type { InFlight } from "./in_flight.ts";
import type { Kernel } from "./kernel.ts";
import { type Operation, parseOperation } from "./reply.ts";
import { findPassedLimit, isTooDeep, MAX_OUTPUT_CHARS } from "./run_limits.ts";
import { completeStep } from "./steps.ts";

const SAVABLE = ["StepRun", "Step"];

/**
 * Saves the steps of a checkpoint.
 *
 * @param kernel the engine's parts
 * @param inFlight tells whether the request that reports them is still the current one
 * @param runId the run's ULID, from the path
 * @param request the POST
 */
export async function receiveCheckpoint(
  kernel: Kernel,
  inFlight: InFlight,
  runId: string,
  request: ApiRequest,
): Promise<ApiAnswer> {
  const checkpoint = readCheckpoint(request.body);
  if (!checkpoint) {
    return refuse(400, "Cannot save checkpoint: its body is malformed");
  }
  const dispatch = inFlight.find(checkpoint.dispatchId);
  if (dispatch?.runId !== runId) return stale();
  const steps = checkpoint.operations.map((operation) => ({
    name: {
      hash: operation.id,
      name: operation.displayName,
      op: stepOp(operation),
    },
    memo: canonicalJson({ data: operation.data }),
  }));
  if (steps.some(({ memo }) => memo.length > MAX_OUTPUT_CHARS)) {
    return refuse(
      400,
      "Cannot save checkpoint: an output is larger than 4 MiB",
    );
  }
  return await kernel.db.write(() => {
    const run = kernel.db.get<{ steps: number; chars: number }>(
      `SELECT count(hash) AS steps, coalesce(sum(octet_length(memo)), 0) AS chars
       FROM runs LEFT JOIN steps ON run_seq=seq WHERE seq=? AND runs.ended_at IS NULL GROUP BY seq`,
      dispatch.runSeq,
    );
    if (!run) return stale();
    const chars = steps.reduce((sum, { memo }) => sum + memo.length, run.chars);
    const limit = findPassedLimit(run.steps + steps.length, chars);
    if (limit) return refuse(400, `Cannot save checkpoint: ${limit}`);
    for (const { name, memo } of steps) {
      completeStep(kernel, dispatch.runSeq, name, memo);
    }
    return { status: 200, body: { data: { steps: steps.length } } };
  });
}

function stale(): ApiAnswer {
  return refuse(409, "Cannot save checkpoint: this execution is stale");
}

function stepOp(operation: Operation): string {
  return operation.opts.type === "step.sendEvent" ? "SendEvent" : operation.op;
}

function readCheckpoint(
  body: string,
): { dispatchId: string; operations: Operation[] } | undefined {
  let parsed: unknown;
  try {
    parsed = JSON.parse(body);
  } catch {
    return undefined; // answered as malformed
  }
  if (!isRecord(parsed) || typeof parsed.qi_id !== "string") return undefined;
  if (!Array.isArray(parsed.steps) || isTooDeep(parsed.steps)) return undefined;
  const operations = parsed.steps.flatMap((step) => parseOperation(step) ?? []);
  if (operations.length < parsed.steps.length) return undefined;
  if (operations.some(({ op }) => !SAVABLE.includes(op))) return undefined;
  return { dispatchId: parsed.qi_id, operations };
}
