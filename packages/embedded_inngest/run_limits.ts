/**
 * Inngest's limits of one run: how many steps, how large an output, how large a state.
 *
 * They are checked where a state grows, in a checkpoint, and before it is sent, in a request.
 */

/** Steps of one run, planned ones included. */
export const MAX_STEPS = 1_000;

/** Characters of one step's output as JSON, and of the whole answer to a request. */
export const MAX_OUTPUT_CHARS = 4 * 1024 * 1024;

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
