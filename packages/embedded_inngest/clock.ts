/**
 * The engine's view of time, so that sleeps, back-off and cron can be driven by hand in tests.
 *
 * Everything in this package that waits does it through `Clock.setTimer`. It does not decide when
 * anything is due: due times live in the database, and a timer only says when to look again.
 */

/** A source of instants and wake-ups; a test replaces it to advance time by hand. */
export interface Clock {
  /**
   * Reads the time.
   *
   * @returns the current instant
   */
  now(): Date;
  /**
   * Calls `callback` once, when `now()` has reached `at` (soon, if it already has).
   *
   * @param at the instant to wake at
   * @param callback what to run then
   * @returns a handle whose disposal cancels the timer
   */
  setTimer(at: Date, callback: () => void): Disposable;
}

const MAX_TIMEOUT_MS = 2 ** 31 - 1; // setTimeout keeps its delay in a signed 32-bit integer

/** The wall clock and `setTimeout`; what the engine runs on unless a test says otherwise. */
export const systemClock: Clock = {
  now: () => new Date(),
  setTimer(at: Date, callback: () => void): Disposable {
    let handle = arm();
    return { [Symbol.dispose]: () => clearTimeout(handle) };

    function arm(): ReturnType<typeof setTimeout> {
      const delayMs = Math.max(0, at.getTime() - Date.now());
      if (delayMs <= MAX_TIMEOUT_MS) return setTimeout(callback, delayMs);
      return setTimeout(() => handle = arm(), MAX_TIMEOUT_MS);
    }
  },
};
