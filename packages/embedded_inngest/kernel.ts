/**
 * The parts of an engine that its operations share.
 *
 * Operations (start a run, finish one, apply a reply …) are functions of a `Kernel` in files of
 * their own; those that change rows are called inside `db.write()`.
 */
import type { CallQueue } from "./call_queue.ts";
import type { Clock } from "./clock.ts";
import type { Database } from "./database.ts";
import type { FunctionRegistry } from "./function_registry.ts";
import type { Pace } from "./pace.ts";
import type { TimerQueue } from "./timer_queue.ts";

/** What every operation of the engine works with. */
export interface Kernel {
  readonly db: Database;
  readonly clock: Clock;
  readonly registry: FunctionRegistry;
  readonly calls: CallQueue;
  readonly timers: TimerQueue;
  readonly pace: Pace;
  /** Asks for the fan-out of the events that were written. */
  readonly wakeFanOut: () => void;
  /** @returns the next ULID, for runs and for events of the engine's own. */
  readonly nextId: () => string;
  /** Aborted when the engine begins to close. */
  readonly closing: AbortSignal;
  /** A fixed delay between attempts in ms, instead of the documented table. */
  readonly retryIntervalMs: number | undefined;
}

/**
 * Reads the clock of a kernel.
 *
 * @param kernel the engine's parts
 * @returns ms since the epoch
 */
export function nowOf(kernel: Pick<Kernel, "clock">): number {
  return kernel.clock.now().getTime();
}
