/** A bound for whatever a test waits for: what never comes fails, and does not hang. */

/** No wait of a test is longer, ms. */
const PATIENCE_MS = 60_000;

/**
 * Waits, but not for ever.
 *
 * @param work What is waited for.
 * @param what The same in words, for the error.
 * @returns What came of it.
 * @throws {Error} after a minute.
 */
export async function withDeadline<T>(
  work: Promise<T>,
  what: string,
): Promise<T> {
  const late = Promise.withResolvers<never>();
  const giveUp = () => late.reject(new Error(`Cannot wait longer: ${what}`));
  const timer = setTimeout(giveUp, PATIENCE_MS);
  try {
    return await Promise.race([work, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}
