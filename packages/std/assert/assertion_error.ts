/**
 * The one error that every assertion of `@std/assert` throws.
 *
 * Deno's test runner tells a failed assertion from a crash by nothing but the
 * name, so the name is all this adds to `Error`.
 */

/** Says that an assertion did not hold; `Deno.test` prints its message. */
export class AssertionError extends Error {
  /**
   * Makes the error; nothing is thrown yet.
   *
   * @param message What was expected and what was seen.
   * @param options `cause`, as for `Error`.
   */
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "AssertionError";
  }
}

/**
 * The end of an assertion message, as `@std/assert` words it.
 *
 * @param msg The caller's own explanation, if any.
 * @returns `": msg"`, or a full stop.
 */
export function toMessageSuffix(msg: string | undefined): string {
  return msg ? `: ${msg}` : ".";
}
