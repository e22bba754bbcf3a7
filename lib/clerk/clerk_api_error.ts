/**
 * The failure of a call to Clerk's Backend API, safe to log and to show.
 *
 * Its text is made of a status, a code and a trace id only: never of a body, a
 * message of Clerk's (which may quote input), a URL or the key.
 */

import { AppError } from "../errors.ts";

/** What is known of the failure. */
export interface ClerkApiErrorOptions {
  /** Why: Clerk's own code, or one of ours where Clerk gave none. */
  readonly code: string;
  /** Status that Clerk answered with; absent when there was no answer. */
  readonly clerkStatus?: number | undefined;
  /** Whether the same call may succeed later. */
  readonly retryable: boolean;
  /** Clerk's `clerk_trace_id`, for their support. */
  readonly traceId?: string | undefined;
  /** Clerk asked not to be called again before so many ms. */
  readonly retryAfterMs?: number | undefined;
  /** The failure below this one. */
  readonly cause?: unknown;
}

/** What whoever has to act on a 401 looks for. */
const WRONG_KEY = ", CLERK_SECRET_KEY is wrong or was revoked";

/** Clerk refused, failed, or could not be reached or understood. */
export class ClerkApiError extends AppError {
  override readonly name = "ClerkApiError";
  /** Status that Clerk answered with; undefined when there was no answer. */
  readonly clerkStatus: number | undefined;
  /** Clerk's trace id, when it gave one. */
  readonly traceId: string | undefined;
  /** How long Clerk wants to be left alone, when it said so. */
  readonly retryAfterMs: number | undefined;

  /**
   * @param task What could not be done, such as `list users`.
   * @param options Code, statuses, whether to retry, and the cause.
   */
  constructor(task: string, options: ClerkApiErrorOptions) {
    const { clerkStatus, code, traceId, retryable, cause } = options;
    const safeCode = keepSafe(code) ?? "unknown";
    const safeTraceId = keepSafe(traceId);
    const state = clerkStatus === undefined
      ? `Clerk does not answer (${safeCode})`
      : `Clerk answers ${clerkStatus} ${safeCode}`;
    const hint = clerkStatus === 401 ? WRONG_KEY : "";
    const trace = safeTraceId === undefined ? "" : `, trace ${safeTraceId}`;
    super(`Cannot ${task}: ${state}${hint}${trace}`, {
      code: `clerk-${safeCode.toLowerCase().replaceAll("_", "-")}`,
      // At our own edge it is the upstream that fails, whoever is to blame.
      status: retryable ? 503 : 502,
      retryable,
      cause,
    });
    this.clerkStatus = clerkStatus;
    this.traceId = safeTraceId;
    this.retryAfterMs = options.retryAfterMs;
  }
}

/**
 * Tells whether the instance does not have what was asked for, such as
 * organizations, which can be turned off.
 *
 * @param error Anything that was caught.
 * @returns True for Clerk's 403.
 */
export function isNotOffered(error: unknown): boolean {
  return error instanceof ClerkApiError && error.clerkStatus === 403;
}

/** Lets through what looks like an identifier, and nothing that could be text. */
function keepSafe(text: string | undefined): string | undefined {
  return text !== undefined && /^[\w-]{1,64}$/.test(text) ? text : undefined;
}
