/**
 * How many requests to apps in this process may be in flight.
 *
 * With nothing else to do, a wave of them goes through the event loop side by side: the SDK's code
 * is large, and one after the other they cost twice as much. But each turn of the loop then takes
 * milliseconds, and accepting an event takes several turns. So while events flood in from outside,
 * faster than runs could end anyway, one is in flight: whoever sends is answered first, and the
 * runs come after. What functions send themselves is no flood.
 */
import type { Clock } from "./clock.ts";

const WINDOW_MS = 250;
const FLOOD_EVENTS = 200; // in a window: 800 a second, more than one thread can run

/** Tells the dispatcher how much to begin. */
export class Pace {
  readonly #clock: Clock;
  #windowEndMs = 0;
  #arrived = 0;
  #calmMs = 0;

  /** @param clock tells how fast events arrive */
  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /**
   * Notes that events were sent from outside.
   *
   * @param count how many at once
   */
  noteArrival(count: number): void {
    const nowMs = this.#clock.now().getTime();
    if (nowMs >= this.#windowEndMs) {
      this.#windowEndMs = nowMs + WINDOW_MS;
      this.#arrived = 0;
    }
    this.#arrived += count;
    if (this.#arrived >= FLOOD_EVENTS) this.#calmMs = nowMs + WINDOW_MS;
  }

  /** When the flood is over if nothing more arrives, in ms since the epoch. */
  get calmMs(): number {
    return this.#calmMs;
  }

  /**
   * @param most how many requests may be in flight at other times
   * @returns how many may be in flight now
   */
  limit(most: number): number {
    return this.#clock.now().getTime() < this.#calmMs ? 1 : most;
  }
}
