/**
 * What the REST API reads: pages of events and runs, newest first.
 *
 * A cursor is the id of the last item of the page before; it stays valid while items arrive.
 */
import type { Database } from "./database.ts";
import { newestSeq, readEvent, type StoredEvent } from "./event_log.ts";
import type { RegisteredFunction } from "./function_registry.ts";
import type { InFlight } from "./in_flight.ts";
import type { Kernel } from "./kernel.ts";
import { readRun, RUN_STATUSES, type RunRow } from "./runs.ts";

const DEFAULT_LIMIT = 20; // Inngest's
const MAX_LIMIT = 100;

/** A page of runs. */
export interface RunPage {
  readonly runs: readonly RunRow[];
  readonly hasMore: boolean;
  readonly limit: number;
  /** Id to send as `cursor` for the next page. */
  readonly cursor?: string;
}

/**
 * Lists events; those of the engine's own only when asked for by name.
 *
 * @param db the engine's file
 * @param query `limit`, `cursor`, `name`, `received_after`, `received_before`
 * @returns the events, or what is wrong with the query
 */
export function listEvents(
  db: Database,
  query: URLSearchParams,
): StoredEvent[] | string {
  const before = readCursor(db, "events", query);
  const oldestMs = readInstant(query, "received_after", 0);
  const newestMs = readInstant(
    query,
    "received_before",
    Number.MAX_SAFE_INTEGER,
  );
  if (before === undefined) return "Invalid cursor query parameter";
  if (oldestMs === undefined) return "Invalid received_after query parameter";
  if (newestMs === undefined) return "Invalid received_before query parameter";
  const name = query.get("name");
  const condition = name
    ? "name=?3"
    : "name NOT LIKE 'inngest/%' AND ?3 IS NULL";
  const rows = db.all<{ seq: number }>(
    `SELECT seq FROM events WHERE ${condition} AND seq>=?1 AND seq<?2 ORDER BY seq DESC LIMIT ?4`,
    findPlace(db, oldestMs),
    Math.min(before, findPlace(db, newestMs + 1)),
    name || null,
    readLimit(query),
  );
  return rows.flatMap(({ seq }) => readEvent(db, seq) ?? []);
}

/** The log is in order of arrival: a moment is a place in it, found by halves. */
function findPlace(db: Database, instantMs: number): number {
  let low = 0;
  let high = newestSeq(db) + 1;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    const next = db.get<{ seq: number; received_at: number }>(
      "SELECT seq, received_at FROM events WHERE seq>=? ORDER BY seq LIMIT 1",
      middle,
    );
    if (next && next.received_at < instantMs) low = next.seq + 1;
    else high = middle;
  }
  return low;
}

/**
 * Lists the runs that an event started, in batches too.
 *
 * @param db the engine's file
 * @param eventId the internal ULID
 */
export function runsOfEvent(db: Database, eventId: string): RunRow[] {
  return db.all<RunRow>(
    `SELECT runs.* FROM runs JOIN events ON events.seq=runs.event_seq WHERE events.id=?1
     UNION SELECT runs.* FROM events JOIN batch_events ON batch_events.event_seq=events.seq
     JOIN runs ON runs.seq=batch_events.run_seq WHERE events.id=?1 ORDER BY seq`,
    eventId,
  );
}

/**
 * Finds a run by its ULID.
 *
 * @param db the engine's file
 * @param id the ULID
 */
export function findRun(db: Database, id: string): RunRow | undefined {
  return db.get<RunRow>("SELECT * FROM runs WHERE id=?", id);
}

/**
 * Lists runs. Each function's runs of each status are read from the index, newest first, so that a
 * rare status is found at once among any number of runs.
 *
 * @param kernel the engine's parts
 * @param inFlight tells which queued runs are shown, and found, as running
 * @param query `limit`, `cursor`, and any number of `status`, `functionId`, `appId`
 * @returns a page, or what is wrong with the query
 */
export function listRuns(
  kernel: Kernel,
  inFlight: InFlight,
  query: URLSearchParams,
): RunPage | string {
  const before = readCursor(kernel.db, "runs", query);
  if (before === undefined) return "Invalid cursor query parameter";
  const limit = readLimit(query);
  const seqs = findRuns(kernel, inFlight, { query, before, limit: limit + 1 });
  const runs = seqs.slice(0, limit).flatMap((seq) =>
    readRun(kernel.db, seq) ?? []
  );
  const cursor = runs.at(-1)?.id;
  return {
    runs,
    hasMore: seqs.length > limit,
    limit,
    ...(cursor ? { cursor } : {}),
  };
}

/** A queued run counts as running while a request of it is in flight, as it is shown. */
function findRuns(
  { db, registry }: Kernel,
  inFlight: InFlight,
  { query, before, limit }: {
    query: URLSearchParams;
    before: number;
    limit: number;
  },
): number[] {
  const functions = registry.withArchived().filter((fn) => isWanted(query, fn))
    .map(({ id }) => id);
  const wanted = readAll(query, "status").map((status) =>
    status.toLowerCase().replace(/^function_run_status_/, "")
  );
  const [isQueued, isRunning] = ["queued", "running"].map((status) =>
    isAmong(wanted, status)
  );
  const called = inFlight.runs();
  const statuses = RUN_STATUSES.filter((status) =>
    isAmong(wanted, status.toLowerCase())
  );
  const found = functions.flatMap((id) =>
    statuses.flatMap((status) =>
      db.all<{ seq: number }>(
        "SELECT seq FROM runs WHERE function_id=? AND status=? AND seq<? ORDER BY seq DESC LIMIT ?",
        id,
        status,
        before,
        limit + called.size,
      ).map(({ seq }) => seq)
    )
  ).filter((seq) => !(isQueued && !isRunning && called.has(seq)));
  if (isRunning && !isQueued) {
    for (const seq of called) {
      const run = seq < before ? readRun(db, seq) : undefined;
      const isHidden = run?.status === "Queued" &&
        functions.includes(run.function_id);
      if (isHidden) found.push(seq);
    }
  }
  return found.sort((a, b) => b - a).slice(0, limit);
}

function isWanted(query: URLSearchParams, fn: RegisteredFunction): boolean {
  const ids = readAll(query, "functionId", "function_id");
  return isAmong(readAll(query, "appId", "app_id"), fn.appId) &&
    (isAmong(ids, fn.slug) ||
      isAmong(ids, fn.slug.slice(fn.appId.length + 1)));
}

function readCursor(
  db: Database,
  table: "events" | "runs",
  query: URLSearchParams,
): number | undefined {
  const cursor = query.get("cursor");
  if (!cursor) return Number.MAX_SAFE_INTEGER;
  return db.get<{ seq: number }>(`SELECT seq FROM ${table} WHERE id=?`, cursor)
    ?.seq;
}

function readLimit(query: URLSearchParams): number {
  const limit = Math.trunc(Number(query.get("limit"))) || DEFAULT_LIMIT;
  return Math.min(MAX_LIMIT, Math.max(1, limit));
}

function readInstant(
  query: URLSearchParams,
  name: string,
  absent: number,
): number | undefined {
  const text = query.get(name);
  if (!text) return absent;
  const instantMs = Date.parse(text);
  return Number.isNaN(instantMs) ? undefined : instantMs;
}

function readAll(query: URLSearchParams, ...names: string[]): string[] {
  return names.flatMap((name) => query.getAll(name)).flatMap((value) =>
    value.split(",")
  );
}

function isAmong(wanted: readonly string[], value: string): boolean {
  return wanted.length === 0 || wanted.includes(value);
}
