/**
 * From a read of Clerk's API to a value of a known shape, or an error that says
 * which of the two failed.
 */

import type { z } from "zod";
import { ClerkApiError } from "./clerk_api_error.ts";
import type { ClerkRead, ClerkRequester } from "./clerk_request.ts";

/** A value, or Clerk's considered no (a 4xx that no retry will change). */
export type ParsedRead<Value> =
  | { readonly kind: "found"; readonly value: Value }
  | { readonly kind: "refused"; readonly error: ClerkApiError };

/**
 * Reads and parses; the caller understands a refusal.
 *
 * @param requester Of which instance.
 * @param request What to read.
 * @param schema What the answer must look like.
 * @returns The parsed answer or the refusal.
 * @throws {ClerkApiError} when no attempt got an answer of that shape.
 */
export async function readParsed<Value>(
  requester: ClerkRequester,
  request: ClerkRead,
  schema: z.ZodType<Value>,
): Promise<ParsedRead<Value>> {
  const result = await requester.read(request);
  if (result.kind === "refused") return result;
  const parsed = schema.safeParse(result.body);
  if (parsed.success) return { kind: "found", value: parsed.data };
  // The issues of zod quote paths only, but a cause is logged whole: leave it out.
  throw new ClerkApiError(request.task, {
    code: "unexpected_shape",
    clerkStatus: 200,
    retryable: false,
  });
}

/**
 * Reads and parses where a refusal is a failure like any other.
 *
 * @returns The parsed answer.
 * @throws {ClerkApiError} when Clerk refuses, fails or answers in another shape.
 */
export async function readRequired<Value>(
  requester: ClerkRequester,
  request: ClerkRead,
  schema: z.ZodType<Value>,
): Promise<Value> {
  const result = await readParsed(requester, request, schema);
  if (result.kind === "refused") throw result.error;
  return result.value;
}
