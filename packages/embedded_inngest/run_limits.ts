/**
 * Inngest's limits of one run: how many steps, how large an output, how large a state.
 *
 * They are checked where a state grows, in a checkpoint, and before it is sent, in a request. The
 * depth of values is this engine's own limit, far below what would overflow the stack of whoever
 * walks through them: the engine, the SDK or the app.
 */

/** Steps of one run, planned ones included. */
export const MAX_STEPS = 1_000;

/** Characters of one step's output as JSON, and of the whole answer to a request. */
export const MAX_OUTPUT_CHARS = 4 * 1024 * 1024;

/** Levels of lists and objects in an event or an output. */
export const MAX_DEPTH = 500;

const MAX_STATE_CHARS = 32 * 1024 * 1024;

/**
 * Tells what is wrong with the size of a run.
 *
 * @param steps how many steps it has
 * @param chars characters of their outputs as JSON
 * @returns the limit that is passed, or undefined
 */
export function findPassedLimit(
  steps: number,
  chars: number,
): string | undefined {
  if (steps > MAX_STEPS) return `over ${MAX_STEPS} steps`;
  return chars > MAX_STATE_CHARS
    ? "its state is larger than 32 MiB"
    : undefined;
}

/**
 * Tells whether a value is nested more than `MAX_DEPTH` deep.
 *
 * @param value a value that came from JSON
 * @param levels how many more levels it may have
 */
export function isTooDeep(value: unknown, levels = MAX_DEPTH): boolean {
  if (typeof value !== "object" || value === null) return false;
  if (levels === 0) return true;
  for (const member of Object.values(value)) {
    if (isTooDeep(member, levels - 1)) return true;
  }
  return false;
}
