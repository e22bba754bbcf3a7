/**
 * When the next attempt is made.
 *
 * Inngest's documented table, each entry plus up to 30 random seconds.
 */

const SECOND_MS = 1_000;
const TABLE_MS = [15, 30, 60, 120, 300, 600, 1_200, 2_400, 3_600, 7_200]
  .map((seconds) => seconds * SECOND_MS);
const MAX_JITTER_MS = 30 * SECOND_MS;

/**
 * Chooses the delay after a failed attempt.
 *
 * @param attempt zero-based number of the attempt that failed
 * @param random a number in [0, 1)
 * @returns the delay in ms
 */
export function backoffMs(attempt: number, random: number): number {
  const index = Math.min(attempt, TABLE_MS.length - 1);
  return (TABLE_MS[index] ?? 0) + Math.floor(random * MAX_JITTER_MS);
}
