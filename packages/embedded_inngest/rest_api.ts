/**
 * The part of Inngest's REST API that operators and dashboards use.
 *
 * Paths, parameters and members are those of Inngest's server, v1 and v2. Beyond them
 * `GET /v1/runs/<id>` lists the run's steps and failed attempts.
 */
import { type ApiAnswer, type ApiRequest, refuse } from "./api_message.ts";
import { readEvent } from "./event_log.ts";
import { finishRun } from "./finish_run.ts";
import type { InFlight } from "./in_flight.ts";
import { type Kernel, nowOf } from "./kernel.ts";
import { findRun, listEvents, listRuns, runsOfEvent } from "./rest_queries.ts";
import {
  showEvent,
  showFunction,
  showRun,
  showRunV2,
  showSteps,
} from "./rest_views.ts";
import { startRun } from "./start_run.ts";

type Route = (parts: RouteParts) => ApiAnswer | Promise<ApiAnswer>;

interface RouteParts {
  readonly kernel: Kernel;
  readonly inFlight: InFlight;
  readonly query: URLSearchParams;
  /** What stood in place of the stars of the path. */
  readonly args: readonly string[];
}

const ROUTES:
  readonly (readonly [method: string, path: RegExp, route: Route])[] = [
    ["GET", /^\/v1\/events$/, getEvents],
    ["GET", /^\/v1\/events\/([^/]+)$/, getEvent],
    ["GET", /^\/v1\/events\/([^/]+)\/runs$/, getEventRuns],
    ["GET", /^\/v1\/runs\/([^/]+)$/, getRun],
    ["DELETE", /^\/v1\/runs\/([^/]+)$/, cancelRun],
    ["GET", /^\/v1\/apps\/([^/]+)\/functions$/, getFunctions],
    ["GET", /^\/api\/v2\/runs$/, getRunsV2],
    ["GET", /^\/api\/v2\/runs\/([^/]+)$/, getRunV2],
    ["POST", /^\/api\/v2\/runs\/([^/]+)\/rerun$/, rerun],
    ["POST", /^\/api\/v2\/runs\/([^/]+)\/cancel$/, cancelRun],
  ];

/**
 * Answers a request whose caller is known.
 *
 * @param kernel the engine's parts
 * @param inFlight tells which queued runs are being executed
 * @param request the request
 */
export async function answerRest(
  kernel: Kernel,
  inFlight: InFlight,
  request: ApiRequest,
): Promise<ApiAnswer> {
  const { pathname, searchParams: query } = request.url;
  for (const [method, path, route] of ROUTES) {
    const match = method === request.method ? path.exec(pathname) : null;
    if (!match) continue;
    const args = match.slice(1).map(decodeURIComponent);
    return await route({ kernel, inFlight, query, args });
  }
  return refuse(
    404,
    `Cannot find ${request.method} ${pathname}: no such route`,
  );
}

function getEvents({ kernel, query }: RouteParts): ApiAnswer {
  const events = listEvents(kernel.db, query);
  if (typeof events === "string") return refuse(400, events);
  return ok(kernel, events.map(showEvent));
}

function getEvent({ kernel, args: [id = ""] }: RouteParts): ApiAnswer {
  const row = kernel.db.get<{ seq: number }>(
    "SELECT seq FROM events WHERE id=?",
    id,
  );
  const stored = row && readEvent(kernel.db, row.seq);
  return stored
    ? ok(kernel, showEvent(stored))
    : refuse(404, "Event not found");
}

function getEventRuns(
  { kernel, inFlight, args: [id = ""] }: RouteParts,
): ApiAnswer {
  const runs = runsOfEvent(kernel.db, id);
  return ok(kernel, runs.map((run) => showRun(kernel, inFlight, run)));
}

function getRun({ kernel, inFlight, args: [id = ""] }: RouteParts): ApiAnswer {
  const run = findRun(kernel.db, id);
  if (!run) return refuse(404, "Run not found");
  return ok(kernel, {
    ...showRun(kernel, inFlight, run),
    steps: showSteps(kernel.db, run),
  });
}

async function cancelRun(
  { kernel, args: [id = ""] }: RouteParts,
): Promise<ApiAnswer> {
  const run = findRun(kernel.db, id);
  if (!run) return refuse(404, "Run not found");
  await kernel.db.write(() => finishRun(kernel, run, { status: "Cancelled" }));
  return ok(kernel, { id });
}

function getFunctions({ kernel, args: [appId = ""] }: RouteParts): ApiAnswer {
  const functions = kernel.registry.withArchived().filter((fn) =>
    fn.appId === appId
  );
  return {
    status: 200,
    body: functions.map((fn) => showFunction(kernel.db, fn)),
  };
}

function getRunsV2({ kernel, inFlight, query }: RouteParts): ApiAnswer {
  const page = listRuns(kernel, inFlight, query);
  if (typeof page === "string") return refuse(400, page);
  const { runs, ...rest } = page;
  const shown = runs.map((run) => showRunV2(kernel, inFlight, run));
  return {
    status: 200,
    body: { data: shown, metadata: metadata(kernel), page: rest },
  };
}

function getRunV2(
  { kernel, inFlight, args: [id = ""] }: RouteParts,
): ApiAnswer {
  const run = findRun(kernel.db, id);
  return run
    ? ok(kernel, showRunV2(kernel, inFlight, run))
    : refuse(404, "Run not found");
}

async function rerun(
  { kernel, args: [id = ""] }: RouteParts,
): Promise<ApiAnswer> {
  const run = findRun(kernel.db, id);
  const fn = run && kernel.registry.byId(run.function_id);
  if (!run || !fn) return refuse(404, "Run not found");
  if (fn.isArchived) {
    return refuse(409, "Cannot re-run: the app no longer has this function");
  }
  const runId = await kernel.db.write(() => {
    const stored = readEvent(kernel.db, run.event_seq);
    return stored && startRun(kernel, fn, stored, { original: run }).runId;
  });
  return runId
    ? ok(kernel, { runId })
    : refuse(410, "Cannot re-run: the event was pruned");
}

function ok(kernel: Kernel, data: unknown): ApiAnswer {
  return { status: 200, body: { data, metadata: metadata(kernel) } };
}

function metadata(kernel: Kernel): Record<string, unknown> {
  return { fetched_at: new Date(nowOf(kernel)).toISOString() };
}
