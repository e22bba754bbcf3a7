/**
 * The time, as an argument: everything that needs an instant takes a Clock, so
 * that tests decide what time it is.
 */

/** Where instants come from. */
export interface Clock {
  /** The present instant. */
  now(): Date;
}

/** The machine's own clock. */
export const systemClock: Clock = { now: () => new Date() };
