/**
 * The queue of requests to apps: rows on disk, and of each function the next few in memory.
 *
 * A call that is due stands in its function's window, ordered by due time and id. A call of a run
 * that goes on is due since that run was queued, so older runs go first. A window holds a bounded
 * prefix of what is due; the rest stays on disk until the window is empty. A call keeps its row
 * until its outcome is written, so a crash repeats it and nothing else.
 */
import { Alarm } from "./alarm.ts";
import type { Clock } from "./clock.ts";
import type { Database } from "./database.ts";

const WINDOW_SIZE = 128;

/** A request to make: a discovery call, or a call for one planned step. */
export interface NewCall {
  readonly runSeq: number;
  readonly functionId: number;
  /** Hash of the planned step, or null for a discovery call. */
  readonly step: string | null;
  /** ms since the epoch; may be in the past, which puts the call before younger ones. */
  readonly dueMs: number;
}

interface Entry {
  readonly id: number;
  readonly dueMs: number;
}

interface Window {
  entries: Entry[];
  /** Whether `entries` is everything on disk that is due and not held. */
  isComplete: boolean;
  /** Earliest due time that is still ahead. */
  nextDueMs: number;
}

/** Hands out due calls, function by function. */
export class CallQueue {
  readonly #db: Database;
  readonly #clock: Clock;
  readonly #onReady: () => void;
  readonly #windows = new Map<number, Window>();
  /** Taken calls, each with when it is due again if that was decided while it was held. */
  readonly #held = new Map<number, number | undefined>();
  readonly #alarm: Alarm;

  /**
   * @param db holds the calls
   * @param clock tells what is due
   * @param onReady called when a call may have become due
   */
  constructor(db: Database, clock: Clock, onReady: () => void) {
    this.#db = db;
    this.#clock = clock;
    this.#onReady = onReady;
    this.#alarm = new Alarm(clock, () => this.#wake());
  }

  /** Calls that stood in line for a lane when the engine stopped become due again. */
  async recover(): Promise<void> {
    await this.#db.write(() =>
      this.#db.run("UPDATE calls SET parked=NULL WHERE parked IS NOT NULL")
    );
  }

  /**
   * Adds a call with its attempts still ahead; inside a write.
   *
   * @param call what to request and when
   * @returns the call's id
   */
  insert(call: NewCall): number {
    const { id } = this.#db.run(
      "INSERT INTO calls (run_seq, function_id, step, attempt, due_at) VALUES (?,?,?,0,?)",
      call.runSeq,
      call.functionId,
      call.step,
      call.dueMs,
    );
    this.#offerAfterCommit(call.functionId, { id, dueMs: call.dueMs });
    return id;
  }

  /**
   * Moves a call to another time, for a retry or because its batch is full; inside a write.
   *
   * @param call the call and its function
   * @param attempt zero-based number of the attempt to make then
   * @param dueMs ms since the epoch
   */
  reschedule(
    call: { id: number; functionId: number },
    attempt: number,
    dueMs: number,
  ): void {
    this.#db.run(
      "UPDATE calls SET attempt=?, due_at=? WHERE id=?",
      attempt,
      dueMs,
      call.id,
    );
    this.#offerAfterCommit(call.functionId, { id: call.id, dueMs });
  }

  /** Removes a call whose outcome is being written; inside a write. */
  remove(id: number): void {
    this.#db.run("DELETE FROM calls WHERE id=?", id);
  }

  /**
   * Takes the next due call of a function; it is held until `release()`.
   *
   * @param functionId whose call
   * @returns the call's id, or undefined when none is due
   */
  take(functionId: number): number | undefined {
    const window = this.#window(functionId);
    if (window.entries.length === 0 && !window.isComplete) {
      this.#refill(functionId, window);
    }
    for (
      let next = window.entries.shift();
      next;
      next = window.entries.shift()
    ) {
      if (this.#held.has(next.id)) continue;
      this.#held.set(next.id, undefined);
      return next.id;
    }
    return undefined;
  }

  /** @returns whether the call was taken and its outcome is not written yet */
  isHeld(id: number): boolean {
    return this.#held.has(id);
  }

  /**
   * Lets a held call go; call it once its outcome is committed.
   *
   * @param functionId whose call
   * @param id the call
   * @param dueMs when it is due again although no outcome was written, ms since the epoch
   */
  release(functionId: number, id: number, dueMs?: number): void {
    const againMs = dueMs ?? this.#held.get(id);
    this.#held.delete(id);
    if (againMs !== undefined) this.#offer(functionId, { id, dueMs: againMs });
  }

  /**
   * Puts a held call in line for a concurrency lane that is full.
   *
   * @param id the call
   * @param lane the lane's name
   */
  async park(id: number, lane: string): Promise<void> {
    await this.#db.write(() => {
      if (!this.#held.has(id)) return; // parked by an earlier try
      this.#db.run("UPDATE calls SET parked=? WHERE id=?", lane, id);
      this.#db.afterCommit(() => this.#held.delete(id)); // before a later unpark() offers it
    });
  }

  /**
   * Lets the oldest call in line for a lane be due again.
   *
   * @param lane the lane that has room
   */
  async unpark(lane: string): Promise<void> {
    await this.#db.write(() => {
      const next = this.#db.get<
        { id: number; function_id: number; due_at: number }
      >(
        "SELECT id, function_id, due_at FROM calls WHERE parked=? ORDER BY due_at, id LIMIT 1",
        lane,
      );
      if (!next) return;
      this.#db.run("UPDATE calls SET parked=NULL WHERE id=?", next.id);
      this.#offerAfterCommit(next.function_id, {
        id: next.id,
        dueMs: next.due_at,
      });
    });
  }

  /** @returns the lanes in which some call stands in line */
  parkedLanes(): string[] {
    return this.#db.all<{ parked: string }>(
      "SELECT DISTINCT parked FROM calls WHERE parked IS NOT NULL",
    ).map(({ parked }) => parked);
  }

  /** Stops waking up. */
  close(): void {
    this.#alarm.cancel();
  }

  #window(functionId: number): Window {
    let window = this.#windows.get(functionId);
    if (!window) {
      window = { entries: [], isComplete: false, nextDueMs: Infinity };
      this.#windows.set(functionId, window);
    }
    return window;
  }

  #offerAfterCommit(functionId: number, entry: Entry): void {
    this.#db.afterCommit(() => this.#offer(functionId, entry));
  }

  #offer(functionId: number, entry: Entry): void {
    if (this.#held.has(entry.id)) {
      this.#held.set(entry.id, entry.dueMs); // release() offers it
      return;
    }
    const window = this.#window(functionId);
    if (entry.dueMs > this.#clock.now().getTime()) {
      window.nextDueMs = Math.min(window.nextDueMs, entry.dueMs);
      this.#alarm.ringBy(entry.dueMs);
      return;
    }
    this.#place(window, entry);
    this.#onReady();
  }

  #place(window: Window, entry: Entry): void {
    const { entries } = window;
    let index = entries.length;
    while (index > 0 && comesBefore(entry, entries[index - 1])) index--;
    if (index === entries.length && !window.isComplete) return; // it is on disk, behind the window
    if (entries[index - 1]?.id === entry.id) return;
    entries.splice(index, 0, entry);
    if (entries.length > WINDOW_SIZE) {
      entries.pop();
      window.isComplete = false;
    }
  }

  #refill(functionId: number, window: Window): void {
    const nowMs = this.#clock.now().getTime();
    const limit = WINDOW_SIZE + this.#held.size;
    const rows = this.#db.all<{ id: number; due_at: number }>(
      `SELECT id, due_at FROM calls WHERE function_id=? AND parked IS NULL AND due_at<=?
       ORDER BY due_at, id LIMIT ?`,
      functionId,
      nowMs,
      limit,
    );
    window.isComplete = rows.length < limit;
    window.entries = rows.filter(({ id }) => !this.#held.has(id))
      .map(({ id, due_at }) => ({ id, dueMs: due_at }));
    const next = this.#db.get<{ due_at: number | null }>(
      "SELECT min(due_at) AS due_at FROM calls WHERE function_id=? AND parked IS NULL AND due_at>?",
      functionId,
      nowMs,
    );
    window.nextDueMs = next?.due_at ?? Infinity;
    this.#alarm.ringBy(window.nextDueMs);
  }

  /** What became due lies somewhere on disk; the windows concerned are read anew. */
  #wake(): void {
    const nowMs = this.#clock.now().getTime();
    for (const [functionId, window] of this.#windows) {
      if (window.nextDueMs <= nowMs) this.#refill(functionId, window);
      this.#alarm.ringBy(window.nextDueMs);
    }
    this.#onReady();
  }
}

function comesBefore(a: Entry, b: Entry | undefined): boolean {
  return b !== undefined &&
    (a.dueMs < b.dueMs || (a.dueMs === b.dueMs && a.id < b.id));
}
