/**
 * One read of Clerk's Backend API, seen through: paced by the shared limiter,
 * timed, retried, and its body never trusted to be JSON.
 *
 * Retried are 429, 5xx, timeouts, lost connections and unreadable bodies, with
 * jittered exponential backoff and a bound; a refusal (other 4xx) is a value, for
 * the caller to understand. It knows nothing of users.
 *
 * Source: clerk/openapi-specs, bapi/2026-05-12, `ClerkErrors`.
 */

import { z } from "zod";
import type { Clock } from "../clock.ts";
import { ClerkApiError, type ClerkApiErrorOptions } from "./clerk_api_error.ts";
import type { RateLimiter } from "./rate_limiter.ts";
import { parseJson } from "../parse_json.ts";
import { parseRetryAfter } from "../retry_after.ts";
import type { Sleep } from "./sleep.ts";

/** The version whose documents this client was written by. */
export const CLERK_API_VERSION = "2026-05-12";

/** Everything a request needs from outside. */
export interface RequesterOptions {
  /** Origin, with or without `/v1`. */
  readonly apiUrl: string;
  readonly secretKey: string;
  readonly fetch: typeof fetch;
  readonly limiter: RateLimiter;
  readonly clock: Clock;
  readonly sleep: Sleep;
  /** A number in [0, 1), for jitter. */
  readonly random: () => number;
  /** For headers and body together, ms. */
  readonly timeoutMs: number;
  /** Tries of one read, the first included. */
  readonly maxAttempts: number;
  /** The longest pause, ms, that a read waits out instead of failing. */
  readonly maxPauseMs: number;
}

/** What to read. */
export interface ClerkRead {
  /** What it is for, in the words of an error: `list users`. */
  readonly task: string;
  /** Below `/v1`, such as `/users`. */
  readonly path: string;
  readonly params?: URLSearchParams | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** JSON, or Clerk's considered no. */
export type ClerkReadResult =
  | { readonly kind: "found"; readonly body: unknown }
  | { readonly kind: "refused"; readonly error: ClerkApiError };

/** How much a client has asked of Clerk since it was made. */
export interface ClerkApiUsage {
  /** Requests sent, retries included. */
  readonly requests: number;
  /** Of those, how many repeated a failed one. */
  readonly retries: number;
  /** Answers that were 429. */
  readonly rateLimited: number;
}

/** Reads from one instance and counts what it took. */
export interface ClerkRequester {
  /**
   * @throws {ClerkApiError} when all attempts have failed.
   * @throws The signal's reason, when it is aborted.
   */
  read(request: ClerkRead): Promise<ClerkReadResult>;
  usage(): ClerkApiUsage;
}

const BACKOFF_MIN_MS = 500;
const BACKOFF_MAX_MS = 30_000;
const RETRYABLE_CLIENT_ERRORS = [408, 425, 429];

const errorsBody = z.object({
  errors: z.array(z.object({ code: z.string() })).min(1),
  clerk_trace_id: z.string().optional(),
});

/**
 * Binds reading to an instance.
 *
 * @param options Address, key, pace and time.
 * @returns The requester.
 */
export function createClerkRequester(
  options: RequesterOptions,
): ClerkRequester {
  const { limiter, maxAttempts, maxPauseMs, random, sleep } = options;
  const usage = { requests: 0, retries: 0, rateLimited: 0 };

  async function read(request: ClerkRead): Promise<ClerkReadResult> {
    for (let attempt = 1;; attempt++) {
      await waitForTurn(request);
      usage.requests++;
      if (attempt > 1) usage.retries++;
      const result = await readOnce(options, request);
      if (result.kind === "found" || !result.error.retryable) return result;

      const { clerkStatus, retryAfterMs = 0 } = result.error;
      const waitMs = Math.max(retryAfterMs, backoffMs(attempt, random));
      const isRateLimited = clerkStatus === 429;
      if (isRateLimited) usage.rateLimited++;
      // Retry-After binds every call to the instance, not this one alone.
      if (isRateLimited || retryAfterMs > 0) limiter.pause(waitMs);
      if (attempt >= maxAttempts) throw result.error;
      if (!isRateLimited && retryAfterMs === 0) {
        await sleep(waitMs, request.signal);
      }
    }
  }

  async function waitForTurn({ task, signal }: ClerkRead): Promise<void> {
    const retryAfterMs = limiter.pausedForMs();
    if (retryAfterMs > maxPauseMs) {
      const code = "paused_by_retry_after";
      throw new ClerkApiError(task, { code, retryable: true, retryAfterMs });
    }
    await limiter.acquire(signal);
  }

  return { read, usage: () => ({ ...usage }) };
}

/** Half of the exponential wait for sure, the other half at random. */
function backoffMs(attempt: number, random: () => number): number {
  const fullMs = Math.min(BACKOFF_MAX_MS, BACKOFF_MIN_MS * 2 ** (attempt - 1));
  return Math.round(fullMs / 2 + random() * fullMs / 2);
}

async function readOnce(
  options: RequesterOptions,
  request: ClerkRead,
): Promise<ClerkReadResult> {
  const { task, signal } = request;
  const timeout = new AbortController();
  const timer = setTimeout(() => timeout.abort(), options.timeoutMs);
  try {
    const response = await send(
      options,
      request,
      signal === undefined
        ? timeout.signal
        : AbortSignal.any([signal, timeout.signal]),
    );
    const body = parseJson(await response.text());
    if (response.ok && body !== undefined) return { kind: "found", body };
    return refuse(task, explainAnswer(response, body, options.clock));
  } catch (cause) {
    signal?.throwIfAborted();
    const code = timeout.signal.aborted ? "timeout" : "unreachable";
    return refuse(task, { code, retryable: true, cause });
  } finally {
    clearTimeout(timer);
  }
}

function send(
  { apiUrl, fetch, secretKey }: RequesterOptions,
  { path, params }: ClerkRead,
  signal: AbortSignal,
): Promise<Response> {
  const origin = apiUrl.replace(/\/+$/, "").replace(/\/v1$/, "");
  // URLSearchParams writes a plus sign as %2B, which order_by depends on.
  const query = params?.size ? `?${params}` : "";
  return fetch(`${origin}/v1${path}${query}`, {
    headers: {
      authorization: `Bearer ${secretKey}`,
      "clerk-api-version": CLERK_API_VERSION,
      accept: "application/json",
    },
    redirect: "manual", // the key is for Clerk alone
    signal,
  });
}

function explainAnswer(
  { ok, status, headers }: Response,
  body: unknown,
  clock: Clock,
): ClerkApiErrorOptions {
  const known = errorsBody.safeParse(body);
  return {
    code: ok ? "unreadable_body" : known.data?.errors[0]?.code ?? "no_code",
    clerkStatus: status,
    retryable: ok || status >= 500 || RETRYABLE_CLIENT_ERRORS.includes(status),
    traceId: known.data?.clerk_trace_id ??
      headers.get("x-clerk-trace-id") ?? undefined,
    retryAfterMs: parseRetryAfter(
      headers.get("retry-after"),
      readServerTime(headers) ?? clock.now(),
    ),
  };
}

/** By Clerk's own clock a date in Retry-After is right even if ours is not. */
function readServerTime(headers: Headers): Date | undefined {
  const atMs = Date.parse(headers.get("date") ?? "");
  return Number.isNaN(atMs) ? undefined : new Date(atMs);
}

function refuse(task: string, options: ClerkApiErrorOptions): ClerkReadResult {
  return { kind: "refused", error: new ClerkApiError(task, options) };
}
