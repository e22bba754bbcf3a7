/** Processes that die at chosen calls; a durable function runs the step again. */
import type { CallGuard } from "./stepped_db.ts";

/** The process died. */
export class Crash extends Error {}

/** Whether the call that was the last has happened. */
export type CrashSide = "before" | "after";

/** Guards calls, of any number of workers, and counts them. */
export interface CrashingGuard {
  readonly guard: CallGuard;
  /** How many calls there were. */
  readonly calls: number;
}

/**
 * Makes a guard that lets the caller die.
 *
 * @param crashes The number of a call, from 0, and the side.
 * @returns The guard; it throws a {@linkcode Crash} there.
 */
export function crashAt(
  ...crashes: readonly (readonly [number, CrashSide])[]
): CrashingGuard {
  const sides = new Map(crashes);
  const state = {
    calls: 0,
    guard: async <T>(call: () => Promise<T>): Promise<T> => {
      const side = sides.get(state.calls++);
      if (side === "before") throw new Crash();
      const answer = await call();
      if (side === "after") throw new Crash();
      return answer;
    },
  };
  return state;
}
