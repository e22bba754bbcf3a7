/**
 * The error base of the application: what a border needs to answer well.
 *
 * Expected outcomes are values, not errors (see lib/sync); an AppError is what
 * the caller cannot go on with. Only errors that somebody catches by class get
 * a class of their own, beside the code that throws them.
 */

/** What a caller may know of a failure besides its text. */
export interface AppErrorOptions {
  /** Stable identifier in kebab-case, for logs and problem documents. */
  readonly code: string;
  /** HTTP status that fits when the failure reaches the edge. */
  readonly status: number;
  /** Whether the same call may succeed later without a change of input. */
  readonly retryable: boolean;
  /** The failure below this one. */
  readonly cause?: unknown;
}

/** A failure with a stable code, an HTTP status and a word on retrying. */
export class AppError extends Error {
  override readonly name: string = "AppError";
  /** Stable identifier in kebab-case. */
  readonly code: string;
  /** HTTP status for the edge. */
  readonly status: number;
  /** Whether the same call may succeed later. */
  readonly retryable: boolean;

  /**
   * @param message What could not be done, then the state, without a secret.
   * @param options Code, status, whether to retry, and the cause.
   */
  constructor(message: string, options: AppErrorOptions) {
    super(message, { cause: options.cause });
    this.code = options.code;
    this.status = options.status;
    this.retryable = options.retryable;
  }
}
