/**
 * Clerk's rate limit as a fixed window: so many requests in ten seconds, after
 * which everything is refused until the window is over.
 *
 * One counter for each endpoint, as Clerk words it ("all subsequent requests to
 * that specific endpoint"). It answers nothing itself.
 *
 * Source: clerk-docs, system limits: 1000 (production) or 100 (development)
 * requests in 10 s.
 */

import { type Clock, systemClock } from "../../../lib/clock.ts";

const WINDOW_MS = 10_000;

/** Counts requests by endpoint. */
export class RateWindow {
  readonly #limit: number;
  readonly #clock: Clock;
  readonly #counts = new Map<string, { count: number; sinceMs: number }>();

  /**
   * @param limit Requests let through in one window.
   * @param clock Whose time it goes by.
   */
  constructor(limit: number, clock: Clock = systemClock) {
    this.#limit = limit;
    this.#clock = clock;
  }

  /**
   * Counts one request.
   *
   * @param endpoint Which counter.
   * @returns 0 when it may pass, else the whole seconds until it may.
   */
  take(endpoint: string): number {
    const nowMs = this.#clock.now().getTime();
    const known = this.#counts.get(endpoint);
    const isOpen = known !== undefined && nowMs - known.sinceMs < WINDOW_MS;
    const window = isOpen ? known : { count: 0, sinceMs: nowMs };
    this.#counts.set(endpoint, window);
    window.count++;
    if (window.count <= this.#limit) return 0;
    return Math.max(1, Math.ceil((window.sinceMs + WINDOW_MS - nowMs) / 1000));
  }
}

/** Whether a key is a production instance's; all others are development's. */
export function isProduction(secretKey: string): boolean {
  return secretKey.startsWith("sk_live_");
}

/**
 * Clerk's own limit for the kind of instance that a key belongs to.
 *
 * @param secretKey Of which instance.
 * @returns Requests in ten seconds.
 */
export function limitForKey(secretKey: string): number {
  return isProduction(secretKey) ? 1000 : 100;
}
