/**
 * The failure of a call to a service that follows from an event: Resend, Stripe
 * or Mailchimp. It says whether the same call may succeed later.
 *
 * Its text is made of a status and a code only: what a provider writes about a
 * failure may quote the address or the key that it was given.
 */
import { AppError } from "../errors.ts";

/** What is known of the failure. */
export interface ProviderErrorOptions {
  /** Who failed, as a person calls it: `Resend`. */
  readonly provider: string;
  /** What could not be done, such as `send an e-mail`. */
  readonly task: string;
  /** Status that it answered with; undefined when there was no answer. */
  readonly status?: number | undefined;
  /** Its own code, or one of ours where it gave none. */
  readonly code: string;
  /** Default: {@linkcode isWorthRetrying} of the status. */
  readonly retryable?: boolean | undefined;
  /** It asked not to be called again before so many ms. */
  readonly retryAfterMs?: number | undefined;
  readonly cause?: unknown;
}

/** Too slow, or in conflict with the same request before. */
const MAY_HAVE_WORKED = [408, 409];

/** A provider refused, failed, or could not be reached or understood. */
export class ProviderError extends AppError {
  override readonly name = "ProviderError";
  /** Status that the provider answered with; undefined without an answer. */
  readonly providerStatus: number | undefined;
  /** How long the provider wants to be left alone, when it said so, ms. */
  readonly retryAfterMs: number | undefined;
  /** Whether the request has surely had no effect. */
  readonly isRefusal: boolean;

  /** @param options Who failed at what, how, and whether to retry. */
  constructor(options: ProviderErrorOptions) {
    const { provider, task, status, cause } = options;
    const retryable = options.retryable ?? isWorthRetrying(status);
    const code = /^[\w-]{1,64}$/.test(options.code) ? options.code : "unknown";
    const state = status === undefined
      ? `${provider} does not answer (${code})`
      : `${provider} answers ${status} ${code}`;
    super(`Cannot ${task}: ${state}`, {
      code: `${provider}-${code}`.toLowerCase().replace(/[_ ]/g, "-"),
      // At our own edge it is the upstream that fails, whoever is to blame.
      status: retryable ? 503 : 502,
      retryable,
      cause,
    });
    this.providerStatus = status;
    this.retryAfterMs = options.retryAfterMs;
    this.isRefusal = status !== undefined && status >= 400 && status < 500 &&
      !MAY_HAVE_WORKED.includes(status);
  }
}

/**
 * Whether the same request may succeed later.
 *
 * @param status The answer's, or undefined when there was none.
 * @returns False for a refusal that will not change by itself.
 */
export function isWorthRetrying(status: number | undefined): boolean {
  return status === undefined || status >= 500 ||
    [408, 425, 429].includes(status);
}
