/**
 * Everything that happens at a time without a request: rows on disk, one alarm in memory.
 *
 * A timer that fires is deleted in the transaction that does what it is for, so it neither gets
 * lost in a crash nor happens twice. Those missed while the engine was down fire at start.
 */
import { Alarm } from "./alarm.ts";
import type { Clock } from "./clock.ts";
import type { Database } from "./database.ts";

const MAX_TIMERS_A_WRITE = 100;

/** Why a timer was set. */
export type TimerKind =
  | "start"
  | "sleep"
  | "wait"
  | "invoke"
  | "start-timeout"
  | "finish-timeout"
  | "cron";

/** A timer as it is set and as it fires. */
export interface Timer {
  readonly kind: TimerKind;
  /** ms since the epoch. */
  readonly dueMs: number;
  readonly runSeq?: number;
  readonly functionId?: number;
  /** The step's hash, or the cron expression. */
  readonly detail?: string;
}

interface TimerRow {
  readonly id: number;
  readonly due_at: number;
  readonly kind: TimerKind;
  readonly run_seq: number | null;
  readonly function_id: number | null;
  readonly detail: string | null;
}

/** Sets timers and fires them inside writes. */
export class TimerQueue {
  readonly #db: Database;
  readonly #clock: Clock;
  readonly #onFire: (timer: Timer) => void;
  readonly #alarm: Alarm;
  #isFiring = false;
  #isClosed = false;

  /**
   * @param db holds the timers
   * @param clock tells what is due
   * @param onFire does what a timer is for; runs inside the write that deletes it
   */
  constructor(db: Database, clock: Clock, onFire: (timer: Timer) => void) {
    this.#db = db;
    this.#clock = clock;
    this.#onFire = onFire;
    this.#alarm = new Alarm(clock, () => this.fire());
  }

  /**
   * Sets a timer; inside a write.
   *
   * @param timer when, why and for what
   */
  insert(timer: Timer): void {
    this.#db.run(
      "INSERT INTO timers (due_at, kind, run_seq, function_id, detail) VALUES (?,?,?,?,?)",
      timer.dueMs,
      timer.kind,
      timer.runSeq ?? null,
      timer.functionId ?? null,
      timer.detail ?? null,
    );
    this.#db.afterCommit(() => this.#alarm.ringBy(timer.dueMs));
  }

  /** Fires what is due and sets the alarm for the next; call it once at start. */
  fire(): void {
    if (this.#isFiring || this.#isClosed) return;
    this.#isFiring = true;
    this.#db.write(() => this.#fireDue()).then(
      () => this.#afterFiring(0),
      () => this.#afterFiring(1_000), // the disk refused: the timers are still there
    );
  }

  /** Stops firing. */
  close(): void {
    this.#isClosed = true;
    this.#alarm.cancel();
  }

  #fireDue(): void {
    const due = this.#db.all<TimerRow>(
      "SELECT * FROM timers WHERE due_at<=? ORDER BY due_at, id LIMIT ?",
      this.#clock.now().getTime(),
      MAX_TIMERS_A_WRITE,
    );
    for (const row of due) {
      const { changes } = this.#db.run("DELETE FROM timers WHERE id=?", row.id);
      if (changes > 0) this.#onFire(toTimer(row)); // an earlier one may have ended its run
    }
  }

  #afterFiring(pauseMs: number): void {
    this.#isFiring = false;
    if (this.#isClosed) return;
    const next = this.#db.get<{ due_at: number | null }>(
      "SELECT min(due_at) AS due_at FROM timers",
    );
    const earliestMs = this.#clock.now().getTime() + pauseMs;
    if (next?.due_at != null) {
      this.#alarm.ringBy(Math.max(next.due_at, earliestMs));
    }
  }
}

function toTimer(row: TimerRow): Timer {
  return {
    kind: row.kind,
    dueMs: row.due_at,
    ...(row.run_seq === null ? {} : { runSeq: row.run_seq }),
    ...(row.function_id === null ? {} : { functionId: row.function_id }),
    ...(row.detail === null ? {} : { detail: row.detail }),
  };
}
