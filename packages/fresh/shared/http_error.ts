/**
 * The error that stands for an HTTP status. Runs on the server and in the
 * browser; where it is answered, see create_handler.ts.
 */
import type {
  ClientErrorStatusCode,
  ServerErrorStatusCode,
} from "hono/utils/http-status";

/** The statuses that an {@linkcode HttpError} may have. */
export type ErrorStatus = ClientErrorStatusCode | ServerErrorStatusCode;

/**
 * Thrown to answer a request with an error status. An error page gets it as
 * `ctx.error`; without one the message is the body.
 */
export class HttpError extends Error {
  /** The status of the answer. */
  status: ErrorStatus;

  /**
   * Makes the error; throwing it is the caller's part.
   *
   * @param status The status of the answer.
   * @param message Shown to the user; the status text by default.
   * @param options `cause`, as for `Error`.
   */
  constructor(status: ErrorStatus, message?: string, options?: ErrorOptions) {
    super(message, options);
    this.name = this.constructor.name;
    this.status = status;
  }
}
