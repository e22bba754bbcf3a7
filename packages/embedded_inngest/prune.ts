/**
 * Retention: what has ended is forgotten by age, and sooner when the file grows past its limit.
 *
 * A sweep walks events with their runs, and rate buckets, from the oldest on, a bounded number of
 * rows in each write, so that nothing else waits for it. Runs that have not ended and the events that started
 * them stay, however old. Pages that become free are used again; the file does not shrink.
 */
import type { Database } from "./database.ts";
import { type Kernel, nowOf } from "./kernel.ts";

const DAY_MS = 24 * 3_600_000;
const ROWS_A_WRITE = 200;

/** What is kept of the past. */
export interface Retention {
  /** Age in ms at which ended runs, and events without runs, go; 7 days by default. */
  readonly maxAgeMs?: number;
  /** Bytes of rows from which on the oldest go at any age; 2 GiB by default. */
  readonly maxBytes?: number;
  /** Time between two sweeps in ms; 5 minutes by default. */
  readonly intervalMs?: number;
}

const DEFAULT_RETENTION = {
  maxAgeMs: 7 * DAY_MS, // well past the 24 hours in which an event's id counts
  maxBytes: 2 ** 31,
  intervalMs: 5 * 60_000,
};

/** What may go now. */
interface Sweep {
  readonly db: Database;
  /** ms since the epoch. */
  readonly nowMs: number;
  /** Tells whether what came to an end at that moment, in ms since the epoch, may go. */
  readonly isPast: (endedMs: number) => boolean;
}

/** Looks at some rows after `cursor`; returns where to go on, or undefined at the end. */
type Piece = (
  sweep: Sweep,
  cursor: number | string,
) => number | string | undefined;

const PIECES: readonly { readonly start: number | string; piece: Piece }[] = [
  { start: 0, piece: pruneEvents },
  { start: "", piece: pruneBuckets },
];

/** Sweeps at start and then at intervals, until closed. */
export class Pruner {
  readonly #kernel: Kernel;
  readonly #retention: Required<Retention>;
  #timer: Disposable | undefined;
  #isClosed = false;
  #sweep: Promise<void> = Promise.resolve();

  /** @param kernel the engine's parts @param retention what differs from the defaults */
  constructor(kernel: Kernel, retention: Retention = {}) {
    this.#kernel = kernel;
    this.#retention = { ...DEFAULT_RETENTION, ...retention };
  }

  /** Begins a sweep; the next one follows an interval after its end. */
  start(): void {
    this.#sweep = this.#sweepAll().catch(() => {}) // the disk refused: next time
      .then(() => this.#sleep());
  }

  /** Prunes nothing more; resolves when the piece under way is done. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#timer?.[Symbol.dispose]();
    await this.#sweep;
  }

  #sleep(): void {
    if (this.#isClosed) return;
    const at = new Date(nowOf(this.#kernel) + this.#retention.intervalMs);
    this.#timer = this.#kernel.clock.setTimer(at, () => this.start());
  }

  async #sweepAll(): Promise<void> {
    for (const { start, piece } of PIECES) {
      let cursor: number | string | undefined = start;
      while (cursor !== undefined && !this.#isClosed) {
        const from: number | string = cursor;
        cursor = await this.#kernel.db.write(() => piece(this.#aSweep(), from));
        await new Promise((resolve) => setImmediate(resolve));
      }
    }
  }

  /** The file's size is asked for each row, so that no more goes than has to. */
  #aSweep(): Sweep {
    const { db } = this.#kernel;
    const { maxBytes, maxAgeMs } = this.#retention;
    const nowMs = nowOf(this.#kernel);
    const isPast = (endedMs: number) =>
      endedMs <= nowMs - maxAgeMs ||
      (endedMs <= nowMs && db.usedBytes() > maxBytes);
    return { db, nowMs, isPast };
  }
}

/** An event goes after its runs, which go when they have ended. */
function pruneEvents(
  { db, isPast }: Sweep,
  cursor: number | string,
): number | undefined {
  const events = db.all<{ seq: number; received_at: number }>(
    `SELECT seq, received_at FROM events
     WHERE seq>? AND seq<=(SELECT value FROM marks WHERE name='fanned_seq') ORDER BY seq LIMIT ?`,
    cursor,
    ROWS_A_WRITE,
  );
  let deleted = 0;
  for (const { seq, received_at } of events) {
    if (!isPast(received_at)) return undefined; // the log is in order of arrival
    const runs = db.all<{ seq: number; ended_at: number | null }>(
      `SELECT seq, ended_at FROM runs WHERE event_seq=?1 UNION SELECT seq, ended_at FROM batch_events
       JOIN runs ON seq=run_seq WHERE batch_events.event_seq=?1`,
      seq,
    );
    const past = runs.filter(({ ended_at }) =>
      ended_at !== null && isPast(ended_at)
    );
    for (const run of past) deleted += deleteRun(db, run.seq);
    if (past.length === runs.length) {
      db.run("DELETE FROM invocations WHERE event_seq=?", seq);
      deleted += db.run("DELETE FROM events WHERE seq=?", seq).changes;
    }
    if (deleted >= ROWS_A_WRITE) return seq;
  }
  return events.length < ROWS_A_WRITE ? undefined : events.at(-1)?.seq;
}

/** @returns how many rows it had */
function deleteRun(db: Database, runSeq: number): number {
  return [
    "DELETE FROM steps WHERE run_seq=?",
    "DELETE FROM attempts WHERE run_seq=?",
    "DELETE FROM batch_events WHERE run_seq=?",
    "DELETE FROM runs WHERE seq=?",
  ].reduce((sum, sql) => sum + db.run(sql, runSeq).changes, 0);
}

/** A bucket whose time has passed is as good as none. */
function pruneBuckets(
  { db, nowMs }: Sweep,
  cursor: number | string,
): string | undefined {
  const buckets = db.all<{ key: string; arrival_at: number }>(
    "SELECT key, arrival_at FROM buckets WHERE key>? ORDER BY key LIMIT ?",
    cursor,
    ROWS_A_WRITE,
  );
  for (const { key, arrival_at } of buckets) {
    if (arrival_at > nowMs) continue;
    db.run("DELETE FROM buckets WHERE key=?", key);
  }
  return buckets.length < ROWS_A_WRITE ? undefined : buckets.at(-1)?.key;
}
