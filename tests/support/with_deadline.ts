/** A bound for whatever a test waits for: what never comes fails, and does not hang. */

/** Enough for an engine on a machine with other work, ms. */
const PATIENCE_MS = 60_000;

/**
 * Waits, but not for ever.
 *
 * @param work What is waited for.
 * @param what Tells the same in words, for the error.
 * @param patienceMs How long at most; a minute by default.
 * @returns What came of it.
 * @throws {Error} after that time.
 */
export async function withDeadline<T>(
  work: Promise<T>,
  what: () => unknown,
  patienceMs = PATIENCE_MS,
): Promise<T> {
  const late = Promise.withResolvers<never>();
  const giveUp = () =>
    late.reject(new Error(`Cannot wait longer for ${what()}`));
  const timer = setTimeout(giveUp, patienceMs);
  try {
    return await Promise.race([work, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}
