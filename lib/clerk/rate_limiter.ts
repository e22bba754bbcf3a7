/**
 * A token bucket that all calls to one Clerk instance share, so that Rollcall
 * takes only its share of a limit it has in common with the application itself.
 *
 * In no ten seconds does it let through more than that share. It holds no queue:
 * a caller reserves its token at once and waits for it, so order is arrival.
 *
 * Source: clerk-docs, system limits: 1000 (production) or 100 (development)
 * requests in 10 s for an instance, whichever key is used.
 */

import { type Clock, systemClock } from "../clock.ts";
import { type Sleep, sleep as sleepByTimer } from "./sleep.ts";

const WINDOW_MS = 10_000;
const PRODUCTION_LIMIT = 1000;
const DEVELOPMENT_LIMIT = 100;
const DEFAULT_SHARE = 0.2;

/** Lets calls through at a bounded rate. */
export interface RateLimiter {
  /**
   * Waits for this call's turn.
   *
   * @throws The signal's reason, when it is aborted before; the turn is given
   * back.
   */
  acquire(signal?: AbortSignal): Promise<void>;
  /** Lets nobody through for so many ms from now, or longer if already so. */
  pause(ms: number): void;
  /** How long the present pause still lasts, in ms; 0 when there is none. */
  pausedForMs(): number;
}

/** How fast, and by which time. */
export interface RateLimiterOptions {
  /** Calls in ten seconds, at least 2. */
  readonly callsPerWindow: number;
  /** Default: the machine's. */
  readonly clock?: Clock;
  /** Default: a timer. */
  readonly sleep?: Sleep;
}

/**
 * Makes the limiter for the instance that a key belongs to.
 *
 * @param options `share` is the part of Clerk's limit to take, above 0 and up to
 * 1, default 0.2; a key other than `sk_live_…` counts as development.
 * @returns A limiter, to be shared by all clients of that instance.
 * @throws {RangeError} when the share is out of bounds.
 */
export function createClerkRateLimiter(
  options:
    & Omit<RateLimiterOptions, "callsPerWindow">
    & { readonly secretKey: string; readonly share?: number },
): RateLimiter {
  const { secretKey, share = DEFAULT_SHARE, ...rest } = options;
  if (!(share > 0 && share <= 1)) {
    throw new RangeError(`Cannot limit calls to Clerk: share is ${share}`);
  }
  const limit = secretKey.startsWith("sk_live_")
    ? PRODUCTION_LIMIT
    : DEVELOPMENT_LIMIT;
  const callsPerWindow = Math.max(2, Math.floor(limit * share));
  return createRateLimiter({ ...rest, callsPerWindow });
}

/**
 * Makes a token bucket.
 *
 * A tenth of the window's calls may come at once, the rest comes evenly, so that
 * burst and refill together stay within the window. A pause stops the bucket too:
 * whoever waited during one goes on at the usual pace, not all at once.
 *
 * @param options Rate and time.
 * @returns A limiter that starts full.
 * @throws {RangeError} when fewer than 2 calls are allowed in a window.
 */
export function createRateLimiter(options: RateLimiterOptions): RateLimiter {
  const { callsPerWindow, clock = systemClock, sleep = sleepByTimer } = options;
  if (!(callsPerWindow >= 2)) {
    throw new RangeError(
      `Cannot limit calls: ${callsPerWindow} in ten seconds are too few`,
    );
  }
  const burst = Math.max(1, Math.floor(callsPerWindow / 10));
  const refillPerMs = (callsPerWindow - burst) / WINDOW_MS;
  const nowMs = () => clock.now().getTime();
  let pause = { sinceMs: 0, forMs: 0 };
  let pausesMs = 0; // all of them together

  function pausedForMs(): number {
    const elapsedMs = nowMs() - pause.sinceMs;
    // A clock set back must not make a pause longer than it was.
    return Math.max(0, Math.min(pause.forMs, pause.forMs - elapsedMs));
  }

  /** Time as tokens come in: it stands still during a pause. */
  const paceMs = () => nowMs() - pausesMs + pausedForMs();
  let tokens = burst; // below zero: that many calls are waiting
  let countedAtMs = paceMs();

  function refill(): void {
    const elapsedMs = Math.max(0, paceMs() - countedAtMs);
    tokens = Math.min(burst, tokens + elapsedMs * refillPerMs);
    countedAtMs = paceMs();
  }

  /** A pause that begins meanwhile moves all who wait, and keeps them apart. */
  async function wait(forMs: number, signal?: AbortSignal): Promise<void> {
    let leftMs = forMs;
    while (leftMs > 0) {
      const seenMs = pausesMs;
      await sleep(leftMs, signal);
      leftMs = pausesMs - seenMs;
    }
  }

  return {
    pausedForMs,
    pause(ms) {
      const moreMs = ms - pausedForMs();
      if (!(moreMs > 0)) return;
      pausesMs += moreMs;
      pause = { sinceMs: nowMs(), forMs: ms };
    },
    async acquire(signal) {
      signal?.throwIfAborted();
      refill();
      tokens--;
      try {
        await wait(
          Math.max(0, -tokens / refillPerMs) + pausedForMs(),
          signal,
        );
      } catch (reason) {
        tokens++;
        throw reason;
      }
    },
  };
}
