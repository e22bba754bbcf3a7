/**
 * A failure of somebody whom a function asks, in the words that decide whether
 * and when Inngest tries again: a refusal is final, and who asked to be left
 * alone for a while is.
 */
import { NonRetriableError, RetryAfterError } from "inngest";
import { MAX_PAUSE_MS } from "../lib/clerk/clerk_api_client.ts";
import { ClerkApiError } from "../lib/clerk/clerk_api_error.ts";
import type { AppError } from "../lib/errors.ts";

/** A failure, and how long whoever failed wants to be left alone, ms. */
type Failure = AppError & { readonly retryAfterMs?: number | undefined };

/**
 * Puts a failure into Inngest's words.
 *
 * @param error What a function cannot go on with.
 * @returns The error to throw; the same one where Inngest's own pauses are right.
 */
export function forInngest(error: Failure): Error {
  const { message, retryable, retryAfterMs } = error;
  if (!retryable) return new NonRetriableError(message, { cause: error });
  if (retryAfterMs === undefined) return error;
  return new RetryAfterError(message, retryAfterMs, { cause: error });
}

/**
 * Does the work of a step that asks Clerk; when Clerk fails it, Clerk's answer
 * decides about another attempt: a wrong key ends a run at once and is not tried
 * for half an hour.
 *
 * @param work What the step does.
 * @returns What the work returns.
 * @throws {NonRetriableError} when Clerk refuses.
 * @throws {RetryAfterError} when Clerk asks for a pause of minutes.
 */
export async function retryAsClerkSays<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw error instanceof ClerkApiError && isUpToClerk(error)
      ? forInngest(error)
      : error;
  }
}

/** Shorter pauses the client has waited out: Inngest's own would be cut short. */
function isUpToClerk({ retryable, retryAfterMs = 0 }: ClerkApiError): boolean {
  return !retryable || retryAfterMs > MAX_PAUSE_MS;
}
