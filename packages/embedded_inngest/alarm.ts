/**
 * One wake-up for many due times: the earliest of them.
 *
 * The call queue and the timer queue each keep thousands of due times in the database and a single
 * `Alarm` in memory. It remembers no more than the next instant; who wakes up asks the database.
 */
import type { Clock } from "./clock.ts";

/** Wakes its owner at the earliest of the instants it was told about. */
export class Alarm {
  readonly #clock: Clock;
  readonly #onRing: () => void;
  #timer: Disposable | undefined;
  #dueMs = Infinity;

  /**
   * @param clock where time comes from
   * @param onRing called when the earliest instant is reached; sets the next one itself
   */
  constructor(clock: Clock, onRing: () => void) {
    this.#clock = clock;
    this.#onRing = onRing;
  }

  /**
   * Makes sure that the alarm rings at `dueMs` or earlier.
   *
   * @param dueMs milliseconds since the epoch; Infinity changes nothing
   */
  ringBy(dueMs: number): void {
    if (dueMs >= this.#dueMs) return;
    this.#timer?.[Symbol.dispose]();
    this.#dueMs = dueMs;
    this.#timer = this.#clock.setTimer(new Date(dueMs), () => {
      this.#dueMs = Infinity;
      this.#timer = undefined;
      this.#onRing();
    });
  }

  /** Forgets the next instant, for an engine that closes. */
  cancel(): void {
    this.#timer?.[Symbol.dispose]();
    this.#timer = undefined;
    this.#dueMs = Infinity;
  }
}
