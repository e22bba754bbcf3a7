/**
 * From a read of Clerk's API to a value of a known shape, or an error that says
 * which of the two failed.
 */

import type { z } from "zod";
import { ClerkApiError } from "./clerk_api_error.ts";
import type { ClerkRead, ClerkRequester } from "./clerk_request.ts";
import { isPossibleId } from "./possible_id.ts";

/** What every call takes. */
export interface CallOptions {
  /** Ends the call, and rejects with its reason. */
  readonly signal?: AbortSignal | undefined;
}

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

/**
 * Reads one object, which may be gone.
 *
 * @param requester Of which instance.
 * @param request What for; the path is made of folder and id.
 * @param place The list that it belongs to, and its id.
 * @param schema What the answer must look like.
 * @returns The parsed object; null when Clerk has none by that id (any more).
 * @throws {ClerkApiError} when Clerk refuses, fails or answers in another shape.
 */
export async function readOne<Value>(
  requester: ClerkRequester,
  request: Omit<ClerkRead, "path">,
  place: { readonly folder: string; readonly id: string },
  schema: z.ZodType<Value>,
): Promise<Value | null> {
  const { folder, id } = place;
  if (!isPossibleId(id)) return null;
  const read = { ...request, path: `${folder}/${id}` };
  const result = await readParsed(requester, read, schema);
  if (result.kind === "found") return result.value;
  if (isGone(result.error)) return null;
  throw result.error;
}

/**
 * Tells whether Clerk says that there is no such object.
 *
 * @param error A refusal.
 * @returns True for Clerk's own word only: any server, or a wrong address, may
 * answer 404.
 */
export function isGone({ clerkStatus, code }: ClerkApiError): boolean {
  return clerkStatus === 404 && code === "clerk-resource-not-found";
}

/**
 * Puts ids into a filter of a list.
 *
 * @param task In the words of an error.
 * @param name The filter.
 * @param ids Up to 100; what cannot be an id of Clerk's is left out.
 * @returns The query; undefined when no id is left to ask for.
 * @throws {RangeError} when there are more.
 */
export function filterByIds(
  task: string,
  name: string,
  ids: readonly string[],
): URLSearchParams | undefined {
  if (ids.length > MAX_IDS) {
    throw new RangeError(`Cannot ${task}: ${ids.length} are over ${MAX_IDS}`);
  }
  const possibleIds = ids.filter(isPossibleId);
  if (possibleIds.length === 0) return undefined;
  // Clerk's default limit of 10 would cut the answer without a word.
  const params = new URLSearchParams({ limit: String(MAX_IDS) });
  for (const id of possibleIds) params.append(name, id);
  return params;
}

const MAX_IDS = 100; // Clerk's maximum for a filter
