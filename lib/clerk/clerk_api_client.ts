/**
 * Reads users, organizations and memberships from Clerk's Backend API for scans
 * and repairs.
 *
 * A plain fetch client and not Clerk's SDK: that asks twice for every list, knows
 * no cursor, retries nothing, has no timeout and no abort signal. Nothing here
 * writes to Clerk, and nothing here knows MongoDB.
 *
 * Source: clerk/openapi-specs, bapi/2026-05-12.
 */

import { type Clock, systemClock } from "../clock.ts";
import {
  bindOrganizations,
  type OrganizationReader,
} from "./bind_organizations.ts";
import { bindUsers, type UserReader } from "./bind_users.ts";
import { clerkApiInstanceSchema } from "./clerk_api_schema.ts";
import {
  type ClerkApiUsage,
  type ClerkRequester,
  createClerkRequester,
} from "./clerk_request.ts";
import type { RateLimiter } from "./rate_limiter.ts";
import { type CallOptions, readParsed } from "./read_parsed.ts";
import { type Sleep, sleep } from "./sleep.ts";

/** The longest pause that a read waits out by itself, ms. */
export const MAX_PAUSE_MS = 120_000;

/** Which instance, at what pace, and how patiently. */
export interface ClerkApiClientOptions {
  /** Origin, with or without `/v1`, such as `https://api.clerk.com`. */
  readonly apiUrl: string;
  readonly secretKey: string;
  /** Shared by all clients of the instance. */
  readonly limiter: RateLimiter;
  /** For headers and body of one attempt together, ms. Default 30,000. */
  readonly timeoutMs?: number;
  /** Tries of one read, the first included. Default 8. */
  readonly maxAttempts?: number;
  /**
   * The longest Retry-After, ms, that a read waits out; before a longer one it
   * fails and says how long. Default {@linkcode MAX_PAUSE_MS}.
   */
  readonly maxPauseMs?: number;
  /** Default: the runtime's. */
  readonly fetch?: typeof fetch;
  /** Default: the machine's. */
  readonly clock?: Clock;
  /** Default: a timer. */
  readonly sleep?: Sleep;
  /** A number in [0, 1), for jitter. Default `Math.random`. */
  readonly random?: () => number;
}

/** How long a reader puts up with a Clerk that does not answer. */
export type ClerkApiPatience = Pick<
  ClerkApiClientOptions,
  "timeoutMs" | "maxAttempts" | "maxPauseMs"
>;

/** Clerk's Backend API, as far as Rollcall reads it. */
export interface ClerkApiClient extends UserReader, OrganizationReader {
  /** Names the instance, `ins_…`, that the key belongs to; null if not told. */
  getInstanceId(options?: CallOptions): Promise<string | null>;
  /** What this client has cost so far. */
  usage(): ClerkApiUsage;
  /**
   * The same client at the same pace, with a count of its own, and with another
   * patience if one is given.
   */
  fork(patience?: ClerkApiPatience): ClerkApiClient;
}

/**
 * Binds a client to an instance. Every method rejects with a ClerkApiError when
 * Clerk cannot be reached, understood or persuaded.
 *
 * @param options Address, key and pace.
 * @returns The client; it holds no connection of its own.
 * @throws {TypeError} when the key could not be sent in a header.
 */
export function createClerkApiClient(
  options: ClerkApiClientOptions,
): ClerkApiClient {
  if (!/^[\x21-\x7e]+$/.test(options.secretKey)) {
    throw new TypeError(
      "Cannot create Clerk client: the secret key is empty or has spaces in it",
    );
  }
  const requester = createClerkRequester({
    fetch,
    sleep,
    clock: systemClock,
    random: Math.random,
    timeoutMs: 30_000,
    maxAttempts: 8,
    maxPauseMs: MAX_PAUSE_MS,
    ...options,
  });
  return {
    getInstanceId: ({ signal } = {}) => readInstanceId(requester, signal),
    ...bindUsers(requester),
    ...bindOrganizations(requester),
    usage: () => requester.usage(),
    fork: (patience = {}) => createClerkApiClient({ ...options, ...patience }),
  };
}

async function readInstanceId(
  requester: ClerkRequester,
  signal: AbortSignal | undefined,
): Promise<string | null> {
  const request = { task: "read instance", path: "/instance", signal };
  const result = await readParsed(requester, request, clerkApiInstanceSchema);
  if (result.kind === "found") return result.value.id;
  const { clerkStatus } = result.error;
  if (clerkStatus === 403 || clerkStatus === 404) return null;
  throw result.error;
}
