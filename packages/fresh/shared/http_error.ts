/**
 * The error that stands for an HTTP status. Runs on the server and in the
 * browser; where it is answered, see app.ts.
 */

/** The statuses that an {@linkcode HttpError} may have. */
export type ErrorStatus =
  | 400
  | 401
  | 402
  | 403
  | 404
  | 405
  | 406
  | 407
  | 408
  | 409
  | 410
  | 411
  | 412
  | 413
  | 414
  | 415
  | 416
  | 417
  | 418
  | 421
  | 422
  | 423
  | 424
  | 425
  | 426
  | 428
  | 429
  | 431
  | 451
  | 500
  | 501
  | 502
  | 503
  | 504
  | 505
  | 506
  | 507
  | 508
  | 510
  | 511;

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
