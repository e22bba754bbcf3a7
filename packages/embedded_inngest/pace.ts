/**
 * How many requests to apps in this process may be in flight.
 *
 * With nothing else to do, a wave of them goes through the event loop side by side: the SDK's code
 * is large, and one after the other they cost half as much again. But each turn of the loop then
 * takes milliseconds, and accepting an event takes several turns; so while events arrive, the waves
 * are half as large.
 */

const ARRIVING_MS = 250; // how long after an event more are expected

/** Tells the dispatcher how much to begin. */
export class Pace {
  readonly #nowMs: () => number;
  #arrivedMs = -Infinity;

  /** @param nowMs a clock in ms that only goes forward; real time, whatever the engine's clock is */
  constructor(nowMs: () => number = () => performance.now()) {
    this.#nowMs = nowMs;
  }

  /** Notes that events are being accepted. */
  noteArrival(): void {
    this.#arrivedMs = this.#nowMs();
  }

  /**
   * @param most how many requests may be in flight at other times
   * @returns how many may be in flight now
   */
  limit(most: number): number {
    return this.#nowMs() - this.#arrivedMs > ARRIVING_MS
      ? most
      : Math.ceil(most / 2); // a quarter halves the wait once more, and doubles the cost of a run
  }
}
