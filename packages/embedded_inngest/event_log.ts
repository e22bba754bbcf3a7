/**
 * Reading and appending the log of events.
 *
 * An event is read with its body as text, and parsed when an expression or a key asks for it.
 */
import type { Database } from "./database.ts";
import type { EngineEvent } from "./inbound_event.ts";

const DEDUPE_MS = 24 * 3_600_000; // Inngest dedupes an event id for 24 hours

interface EventRow {
  readonly seq: number;
  readonly id: string;
  readonly event_key: string | null;
  readonly name: string;
  readonly ts: number;
  readonly received_at: number;
  readonly body: string;
}

/** An event of the log; its body is parsed at most once. */
export class StoredEvent {
  readonly seq: number;
  /** The internal ULID. */
  readonly id: string;
  /** The caller's own id. */
  readonly key: string | null;
  readonly name: string;
  readonly tsMs: number;
  readonly receivedMs: number;
  /** The event as JSON. */
  readonly body: string;
  #parsed: EngineEvent | undefined;

  /** @param row the event's columns */
  constructor(row: EventRow) {
    this.seq = row.seq;
    this.id = row.id;
    this.key = row.event_key;
    this.name = row.name;
    this.tsMs = row.ts;
    this.receivedMs = row.received_at;
    this.body = row.body;
  }

  /** The event as functions and expressions see it. */
  get event(): EngineEvent {
    return this.#parsed ??= JSON.parse(this.body) as EngineEvent;
  }
}

/**
 * Appends an event; inside a write. One whose internal id is there already is left as it is.
 *
 * @param db the engine's file
 * @param event its columns, without the place in the log
 * @returns its place in the log; 0 when it was there already
 */
export function appendEvent(
  db: Database,
  event: Omit<EventRow, "seq">,
): number {
  const { changes, id } = db.run(
    `INSERT INTO events (id, event_key, name, ts, received_at, body) VALUES (?,?,?,?,?,?)
     ON CONFLICT (id) DO NOTHING`,
    event.id,
    event.event_key,
    event.name,
    event.ts,
    event.received_at,
    event.body,
  );
  return changes > 0 ? id : 0;
}

/**
 * Reads one event.
 *
 * @param db the engine's file
 * @param seq its place in the log
 */
export function readEvent(db: Database, seq: number): StoredEvent | undefined {
  const row = db.get<EventRow>("SELECT * FROM events WHERE seq=?", seq);
  return row && new StoredEvent(row);
}

/**
 * Tells where the log ends.
 *
 * @param db the engine's file
 * @returns the place of the newest event, 0 when there is none
 */
export function newestSeq(db: Database): number {
  const sql = "SELECT coalesce(max(seq),0) AS seq FROM events";
  return db.get<{ seq: number }>(sql)?.seq ?? 0;
}

/**
 * Reads the log from a place on.
 *
 * @param db the engine's file
 * @param afterSeq the place before the first one wanted
 * @param limit how many at most
 */
export function readEventsAfter(
  db: Database,
  afterSeq: number,
  limit: number,
): StoredEvent[] {
  return db.all<EventRow>(
    "SELECT * FROM events WHERE seq>? ORDER BY seq LIMIT ?",
    afterSeq,
    limit,
  )
    .map((row) => new StoredEvent(row));
}

/**
 * Tells whether an earlier event with the same caller's id gave this function a run.
 *
 * @param db the engine's file
 * @param functionId the function
 * @param stored the event that would start it
 */
export function hasStartedFor(
  db: Database,
  functionId: number,
  stored: StoredEvent,
): boolean {
  if (stored.key === null) return false;
  return db.get(
    `SELECT 1 FROM events WHERE event_key=? AND seq<? AND received_at>? AND (
       EXISTS (SELECT 1 FROM runs WHERE event_seq=events.seq AND function_id=?4) OR
       EXISTS (SELECT 1 FROM batch_events JOIN runs ON runs.seq=run_seq
               WHERE batch_events.event_seq=events.seq AND function_id=?4))
     LIMIT 1`,
    stored.key,
    stored.seq,
    stored.receivedMs - DEDUPE_MS,
    functionId,
  ) !== undefined;
}
