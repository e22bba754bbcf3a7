/**
 * How many requests to apps in this process may be in flight.
 *
 * With nothing else to do, a wave of them goes through the event loop side by side: the SDK's code
 * is large, and one after the other they cost twice as much. But each turn of the loop then takes
 * milliseconds, and accepting an event takes several turns; so while events arrive, the waves are
 * half as large.
 */
import type { Clock } from "./clock.ts";

const ARRIVING_MS = 250; // how long after an event more are expected

/** Tells the dispatcher how much to begin. */
export class Pace {
  readonly #clock: Clock;
  #calmMs = 0;

  /** @param clock tells how long ago the last event arrived */
  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Notes that events are being accepted. */
  noteArrival(): void {
    this.#calmMs = this.#clock.now().getTime() + ARRIVING_MS;
  }

  /** When no more events are expected, in ms since the epoch. */
  get calmMs(): number {
    return this.#calmMs;
  }

  /**
   * @param most how many requests may be in flight at other times
   * @returns how many may be in flight now
   */
  limit(most: number): number {
    return this.#clock.now().getTime() < this.#calmMs
      ? Math.ceil(most / 2)
      : most;
  }
}
