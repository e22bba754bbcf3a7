/**
 * Retention: what has ended is forgotten by age, and sooner when the file grows past its limit.
 *
 * A sweep walks runs, events and rate buckets from the oldest on, a bounded number of rows in each
 * write, so that nothing else waits for it. Runs that have not ended and the events that started
 * them stay, however old. Pages that become free are used again; the file does not shrink.
 */
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

/** Looks at some rows after `cursor`; returns where to go on, or undefined at the end. */
type Piece = (
  kernel: Kernel,
  cursor: number | string,
  cutoffMs: number,
) => number | string | undefined;

const PIECES: readonly { readonly start: number | string; piece: Piece }[] = [
  { start: 0, piece: pruneRuns },
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
        cursor = await this.#kernel.db.write(() =>
          piece(this.#kernel, from, this.#cutoffMs())
        );
        await new Promise((resolve) => setImmediate(resolve));
      }
    }
  }

  #cutoffMs(): number {
    const nowMs = nowOf(this.#kernel);
    const { maxBytes, maxAgeMs } = this.#retention;
    return this.#kernel.db.usedBytes() > maxBytes ? nowMs : nowMs - maxAgeMs;
  }
}

function pruneRuns(
  { db }: Kernel,
  cursor: number | string,
  cutoffMs: number,
): number | undefined {
  const runs = db.all<
    { seq: number; queued_at: number; ended_at: number | null }
  >(
    "SELECT seq, queued_at, ended_at FROM runs WHERE seq>? ORDER BY seq LIMIT ?",
    cursor,
    ROWS_A_WRITE,
  );
  for (const { seq, queued_at, ended_at } of runs) {
    if (queued_at > cutoffMs) return undefined; // runs are in order of their queueing
    if (ended_at === null || ended_at > cutoffMs) continue;
    db.run("DELETE FROM steps WHERE run_seq=?", seq);
    db.run("DELETE FROM attempts WHERE run_seq=?", seq);
    db.run("DELETE FROM batch_events WHERE run_seq=?", seq);
    db.run("DELETE FROM runs WHERE seq=?", seq);
  }
  return runs.length < ROWS_A_WRITE ? undefined : runs.at(-1)?.seq;
}

function pruneEvents(
  { db }: Kernel,
  cursor: number | string,
  cutoffMs: number,
): number | undefined {
  const events = db.all<{ seq: number; received_at: number; isUsed: number }>(
    `SELECT seq, received_at,
       EXISTS (SELECT 1 FROM runs WHERE event_seq=events.seq) OR
       EXISTS (SELECT 1 FROM batch_events WHERE event_seq=events.seq) AS isUsed
     FROM events WHERE seq>? AND seq<=(SELECT value FROM marks WHERE name='fanned_seq')
     ORDER BY seq LIMIT ?`,
    cursor,
    ROWS_A_WRITE,
  );
  for (const { seq, received_at, isUsed } of events) {
    if (received_at > cutoffMs) return undefined; // the log is in order of arrival
    if (isUsed) continue;
    db.run("DELETE FROM invocations WHERE event_seq=?", seq);
    db.run("DELETE FROM events WHERE seq=?", seq);
  }
  return events.length < ROWS_A_WRITE ? undefined : events.at(-1)?.seq;
}

/** A bucket whose time has passed is as good as none. */
function pruneBuckets(
  kernel: Kernel,
  cursor: number | string,
): string | undefined {
  const buckets = kernel.db.all<{ key: string; arrival_at: number }>(
    "SELECT key, arrival_at FROM buckets WHERE key>? ORDER BY key LIMIT ?",
    cursor,
    ROWS_A_WRITE,
  );
  for (const { key, arrival_at } of buckets) {
    if (arrival_at > nowOf(kernel)) continue;
    kernel.db.run("DELETE FROM buckets WHERE key=?", key);
  }
  return buckets.length < ROWS_A_WRITE ? undefined : buckets.at(-1)?.key;
}
