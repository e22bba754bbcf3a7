/**
 * Runs as Inngest's REST API shows them, brought into one form.
 *
 * `GET /runs` and `GET /runs/<id>` of v2 tell a run. Its steps come from
 * `GET /v1/runs/<id>` where that lists them, else from `GET /runs/<id>/trace`.
 */
import { z } from "zod";

/** Where a run or a step of it stands. */
export const RUN_STATES = [
  "queued",
  "running",
  "completed",
  "failed",
  "cancelled",
] as const;

/** Where a run stands. */
export type RunState = typeof RUN_STATES[number];

const instant = z.string().transform((text) => new Date(text));
const optionalInstant = instant.nullish().transform((at) => at ?? null);

/** `COMPLETED` and `FUNCTION_RUN_STATUS_COMPLETED` are one. */
const runState = z.string().transform((text) => {
  const name = text.toLowerCase().replace(/^function_run_status_/, "");
  return RUN_STATES.find((state) => state === name) ?? "queued";
});

/** A run of v2. */
export const runSchema = z.object({
  id: z.string(),
  function: z.object({ id: z.string(), name: z.string() }),
  status: runState,
  queuedAt: instant,
  startedAt: optionalInstant,
  endedAt: optionalInstant,
  trigger: z.object({
    eventIds: z.array(z.string()).nullish().transform((ids) => ids ?? []),
    isBatch: z.boolean().optional(),
    cronSchedule: z.string().nullish(),
  }).optional(),
  output: z.unknown().optional(),
}).transform(({ function: fn, trigger, status, ...run }) => ({
  ...run,
  state: status,
  functionId: fn.id,
  functionName: fn.name,
  /** Inngest's own ids of the events that started it. */
  eventIds: trigger?.eventIds ?? [],
  isBatch: trigger?.isBatch ?? false,
  cron: trigger?.cronSchedule ?? null,
}));

/** A run. */
export type Run = z.infer<typeof runSchema>;

/** One attempt of a step that failed. */
export interface FailedAttempt {
  readonly startedAt: Date;
  readonly endedAt: Date;
  readonly error: string;
}

/** A step of a run. */
export interface RunStep {
  readonly id: string;
  readonly name: string;
  /** Such as `StepRun`, or null. */
  readonly op: string | null;
  readonly state: string;
  readonly queuedAt: Date | null;
  readonly endedAt: Date | null;
  readonly failedAttempts: readonly FailedAttempt[];
  readonly output: unknown;
}

const errorText = z.union([
  z.object({ message: z.string() }).transform(({ message }) => message),
  z.unknown().transform((error) => JSON.stringify(error)),
]);

const listedStep = z.object({
  id: z.string().nullable(),
  name: z.string(),
  op: z.string().nullish(),
  status: z.string(),
  queued_at: optionalInstant,
  ended_at: optionalInstant,
  output: z.unknown().optional(),
  attempts: z.array(
    z.object({ started_at: instant, ended_at: instant, error: errorText }),
  ),
}).transform((step): RunStep => ({
  id: step.id ?? "",
  name: step.name,
  op: step.op ?? null,
  state: step.status.toLowerCase(),
  // What is stored of a failed step begins with its end.
  queuedAt: earliest(step.queued_at, step.attempts[0]?.started_at ?? null),
  endedAt: step.ended_at,
  output: step.output,
  failedAttempts: step.attempts.map(({ started_at, ended_at, error }) => ({
    startedAt: started_at,
    endedAt: ended_at,
    error,
  })),
}));

function earliest(a: Date | null, b: Date | null): Date | null {
  if (a === null || b === null) return a ?? b;
  return a < b ? a : b;
}

/** A run of v1 that lists its steps. */
export const runWithSteps = z.object({
  data: z.object({ steps: z.array(listedStep) }),
});

const span = z.object({
  id: z.string(),
  name: z.string(),
  status: z.string(),
  stepOp: z.string().nullish(),
  queuedAt: instant,
  startedAt: optionalInstant,
  endedAt: optionalInstant,
  output: z.unknown().optional(),
});

/** A trace of v2: its steps are the spans directly below the root. */
export const traceSchema = z.object({
  data: z.object({
    rootSpan: z.object({
      children: z.array(span.extend({ children: z.array(span).nullish() }))
        .nullish(),
    }),
  }),
}).transform(({ data }) => (data.rootSpan.children ?? []).map(toStep));

/** Attempts of a step are spans below it. */
function toStep(
  step: z.infer<typeof span> & {
    children?: z.infer<typeof span>[] | null | undefined;
  },
): RunStep {
  const failed = (step.children ?? []).filter(({ status, endedAt }) =>
    /failed$/i.test(status) && endedAt !== null
  );
  return {
    id: step.id,
    name: step.name,
    op: step.stepOp ?? null,
    state: step.status.toLowerCase().replace(/^trace_span_status_/, ""),
    queuedAt: step.startedAt ?? step.queuedAt,
    endedAt: step.endedAt,
    output: step.output,
    failedAttempts: failed.map(({ startedAt, queuedAt, endedAt, output }) => ({
      startedAt: startedAt ?? queuedAt,
      endedAt: endedAt ?? queuedAt,
      error: JSON.stringify(output ?? "failed"),
    })),
  };
}

/** An event of v1: enough to find its record. */
export const eventSchema = z.object({
  data: z.object({
    id: z.string().nullish(),
    name: z.string(),
    data: z.looseObject({
      id: z.unknown().optional(),
      _webhook: z.object({ id: z.string() }).optional().catch(undefined),
      _replay: z.object({ event_id: z.string() }).optional().catch(undefined),
    }).nullish(),
  }),
}).transform(({ data: { id, name, data } }) => ({
  name,
  /** Key of its record, as the functions find it. */
  recordId: data?._webhook?.id ?? data?._replay?.event_id ?? id ?? null,
  subject: typeof data?.id === "string" ? data.id : null,
}));

/** What started a run. */
export type RunEvent = z.infer<typeof eventSchema>;
