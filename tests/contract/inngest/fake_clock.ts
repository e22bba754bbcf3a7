/**
 * A clock that stands still until a test moves it.
 *
 * Tests wait for the engine to set a timer, look at when it is due, and jump there; nobody sleeps.
 */
import type { Clock } from "../../../packages/embedded_inngest/mod.ts";

interface FakeTimer {
  readonly atMs: number;
  readonly callback: () => void;
}

/** A `Clock` driven by hand. */
export class FakeClock implements Clock {
  #nowMs: number;
  readonly #timers = new Set<FakeTimer>();
  #onTimer: (() => void)[] = [];

  /** @param start the first instant; far ahead, for the SDK dates events by the wall clock */
  constructor(start = new Date("2040-03-05T10:00:00Z")) {
    this.#nowMs = start.getTime();
  }

  now(): Date {
    return new Date(this.#nowMs);
  }

  setTimer(at: Date, callback: () => void): Disposable {
    const timer = { atMs: at.getTime(), callback };
    this.#timers.add(timer);
    for (const wake of this.#onTimer.splice(0)) wake();
    if (timer.atMs <= this.#nowMs) queueMicrotask(() => this.#fire(timer));
    return { [Symbol.dispose]: () => this.#timers.delete(timer) };
  }

  /** Waits until a timer is set within `withinMs` from now, and says in how many ms it is due. */
  async nextTimer(withinMs = Infinity): Promise<number> {
    for (;;) {
      const due = Math.min(...[...this.#timers].map(({ atMs }) => atMs)) -
        this.#nowMs;
      if (due > 0 && due <= withinMs && due < Infinity) return due;
      await new Promise<void>((resolve) => this.#onTimer.push(resolve));
    }
  }

  /** Waits until a timer is set that is due in exactly `ms` from now, among any others. */
  async timerIn(ms: number): Promise<void> {
    const atMs = this.#nowMs + ms;
    while (![...this.#timers].some((timer) => timer.atMs === atMs)) {
      await new Promise<void>((resolve) => this.#onTimer.push(resolve));
    }
  }

  /** Moves time forward and fires what becomes due, in order. */
  advance(ms: number): void {
    const targetMs = this.#nowMs + ms;
    for (;;) {
      const due = [...this.#timers].filter(({ atMs }) => atMs <= targetMs)
        .sort((a, b) => a.atMs - b.atMs)[0];
      if (!due) break;
      this.#nowMs = Math.max(this.#nowMs, due.atMs);
      this.#fire(due);
    }
    this.#nowMs = targetMs;
  }

  /** Waits for the next timer and moves to it. */
  async advanceToNext(withinMs = Infinity): Promise<number> {
    const ms = await this.nextTimer(withinMs);
    this.advance(ms);
    return ms;
  }

  #fire(timer: FakeTimer): void {
    if (this.#timers.delete(timer)) timer.callback();
  }
}
