/**
 * The runs of our functions, as an operator looks at them and stops or repeats
 * them, through Inngest's REST API.
 */
import { z } from "zod";
import { APP_ID } from "./create_client.ts";
import { type AskInngest, InngestApiError } from "./inngest_api.ts";
import {
  eventSchema,
  type Run,
  type RunEvent,
  runSchema,
  type RunState,
  type RunStep,
  runWithSteps,
  traceSchema,
} from "./run_schema.ts";

/** Which runs, the newest first; null asks nothing. */
export interface RunQuery {
  /** Id of a function, without the app's. */
  readonly functionId: string | null;
  readonly state: RunState | null;
  /** `next` of the page before; null for the first. */
  readonly cursor: string | null;
  readonly limit: number;
}

/** Some runs and the way to the following ones. */
export interface RunPage {
  readonly rows: readonly Run[];
  readonly next: string | null;
}

/** One run with what started it and what it did. */
export interface RunDetail {
  readonly run: Run;
  /** Null when Inngest does not tell. */
  readonly steps: readonly RunStep[] | null;
  readonly event: RunEvent | null;
}

/** Runs; every method throws {InngestApiError} when Inngest does not answer. */
export interface RunsApi {
  list(query: RunQuery): Promise<RunPage>;
  /** Null when Inngest does not have it any more. */
  read(id: string): Promise<RunDetail | null>;
  /** The runs that the same event started, the given one among them. */
  readSiblings(id: string): Promise<readonly Run[]>;
  /** Ends a run after its present step; false when there is no such run. */
  cancel(id: string): Promise<boolean>;
  /** Runs a run's event again; the answer is the new run's id, or null. */
  rerun(id: string): Promise<string | null>;
}

const runPage = z.object({
  data: z.array(runSchema).nullish().transform((rows) => rows ?? []),
  page: z.object({
    cursor: z.string().nullish(),
    hasMore: z.boolean().nullish(),
  }),
});
const oneRun = z.object({ data: runSchema });
const eventRuns = z.object({
  data: z.array(z.object({ run_id: z.string() })).nullish(),
});
const newRun = z.object({ data: z.object({ runId: z.string() }) });

/** An event starts a handful of functions. */
const MAX_SIBLINGS = 12;

/**
 * Makes the API.
 *
 * @param ask Asks Inngest.
 * @returns The API.
 */
export function createRunsApi(ask: AskInngest): RunsApi {
  const readRun = async (id: string): Promise<Run | null> => {
    const answer = await ask({
      version: "v2",
      path: `/runs/${encodeURIComponent(id)}`,
      query: { includeOutput: "true" },
    });
    return answer === null ? null : parse(oneRun, answer).data;
  };
  const post = (id: string, action: string) =>
    ask({
      method: "POST",
      version: "v2",
      path: `/runs/${encodeURIComponent(id)}/${action}`,
    });
  return {
    list: (query) => listRuns(ask, query),
    async read(id) {
      const run = await readRun(id);
      if (run === null) return null;
      const [steps, event] = await Promise.all([
        readSteps(ask, id),
        readEvent(ask, run.eventIds[0]),
      ]);
      return { run, steps, event };
    },
    async readSiblings(id) {
      const run = await readRun(id);
      const ids = await readEventRunIds(ask, run?.eventIds[0]);
      const runs = await Promise.all(ids.slice(0, MAX_SIBLINGS).map(readRun));
      return runs.filter((sibling) => sibling !== null);
    },
    cancel: async (id) => await post(id, "cancel") !== null,
    async rerun(id) {
      const answer = await post(id, "rerun");
      return answer === null ? null : parse(newRun, answer).data.runId;
    },
  };
}

async function listRuns(ask: AskInngest, query: RunQuery): Promise<RunPage> {
  const { functionId, state, cursor, limit } = query;
  const answer = await ask({
    version: "v2",
    path: "/runs",
    query: {
      // Inngest takes a function's id only beside that of its app.
      appId: APP_ID,
      limit: String(limit),
      ...(functionId === null ? {} : { functionId }),
      ...(state === null ? {} : { status: state.toUpperCase() }),
      ...(cursor === null ? {} : { cursor }),
    },
  });
  if (answer === null) return { rows: [], next: null };
  const { data, page } = parse(runPage, answer);
  const next = page.hasMore ? page.cursor ?? null : null;
  return { rows: data, next };
}

async function readSteps(
  ask: AskInngest,
  id: string,
): Promise<readonly RunStep[] | null> {
  const path = `/runs/${encodeURIComponent(id)}`;
  const listed = runWithSteps.safeParse(await ask({ version: "v1", path }));
  if (listed.success) return listed.data.data.steps;
  const trace = await ask({ version: "v2", path: `${path}/trace` });
  return trace === null ? null : parse(traceSchema, trace);
}

/** Cron runs have none, and events are forgotten before runs are. */
async function readEvent(
  ask: AskInngest,
  eventId: string | undefined,
): Promise<RunEvent | null> {
  if (eventId === undefined) return null;
  const path = `/events/${encodeURIComponent(eventId)}`;
  return eventSchema.safeParse(await ask({ version: "v1", path })).data ?? null;
}

async function readEventRunIds(
  ask: AskInngest,
  eventId: string | undefined,
): Promise<readonly string[]> {
  if (eventId === undefined) return [];
  const path = `/events/${encodeURIComponent(eventId)}/runs`;
  const answer = await ask({ version: "v1", path });
  return answer === null
    ? []
    : (parse(eventRuns, answer).data ?? []).map(({ run_id }) => run_id);
}

function parse<S extends z.ZodType>(schema: S, answer: unknown): z.infer<S> {
  const { data, error } = schema.safeParse(answer);
  if (error) throw new InngestApiError("its answer has another shape", error);
  return data as z.infer<S>;
}
