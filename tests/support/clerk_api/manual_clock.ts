/**
 * A clock that stands still until a test moves it, and a sleep that moves it at
 * once: waiting takes no time, and how long somebody waited can be read off.
 */

import type { Clock } from "../../../lib/clock.ts";

/** Time as a test wants it. */
export class ManualClock implements Clock {
  #nowMs: number;
  /** Every wait so far, in ms. */
  readonly waitsMs: number[] = [];

  /** @param nowMs Unix ms to begin with; default 2026-06-01. */
  constructor(nowMs: number = Date.UTC(2026, 5, 1)) {
    this.#nowMs = nowMs;
  }

  now(): Date {
    return new Date(this.#nowMs);
  }

  /** Moves the clock, backwards too. */
  advance(ms: number): void {
    this.#nowMs += ms;
  }

  /** Stands in for a timer: the time is over as soon as it is awaited. */
  readonly sleep = (ms: number, signal?: AbortSignal): Promise<void> => {
    if (signal?.aborted) return Promise.reject(signal.reason);
    this.waitsMs.push(ms);
    this.advance(ms);
    return Promise.resolve();
  };
}
