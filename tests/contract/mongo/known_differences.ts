/**
 * The contract tests on which SecantusDB differs from MongoDB, and how.
 *
 * Where the two disagree, the contract follows MongoDB's documentation.
 */

/** Name of the test → what SecantusDB does instead. */
export const KNOWN_DIFFERENCES: ReadonlyMap<string, string> = new Map([]);
