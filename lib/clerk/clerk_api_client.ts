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

import type { z } from "zod";
import { type Clock, systemClock } from "../clock.ts";
import type { ClerkApiError } from "./clerk_api_error.ts";
import {
  clerkApiInstanceSchema,
  type ClerkApiMembership,
  clerkApiMembershipSchema,
  type ClerkApiOrganization,
  clerkApiOrganizationSchema,
  type ClerkApiUser,
  clerkApiUserSchema,
  clerkApiUsersSchema,
  totalCountSchema,
} from "./clerk_api_schema.ts";
import {
  type ClerkApiUsage,
  type ClerkRead,
  type ClerkRequester,
  createClerkRequester,
} from "./clerk_request.ts";
import { listByOffset } from "./list_by_offset.ts";
import {
  listUsers,
  type ListUsersOptions,
  type UserPage,
} from "./list_users.ts";
import type { RateLimiter } from "./rate_limiter.ts";
import { isPossibleId } from "./possible_id.ts";
import { readParsed, readRequired } from "./read_parsed.ts";
import { type Sleep, sleep } from "./sleep.ts";

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
   * fails and says how long. Default 120,000.
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

/** What every call takes. */
export interface CallOptions {
  /** Ends the call, and rejects with its reason. */
  readonly signal?: AbortSignal | undefined;
}

/** How to walk a list that pages by offset. */
export interface ListOptions extends CallOptions {
  /** Items in a page, 1 to 500. Default 500. */
  readonly pageSize?: number | undefined;
}

/** The user that Clerk changed last. */
export interface NewestChange {
  readonly userId: string;
  readonly updatedAt: Date;
}

/** Clerk's Backend API, as far as Rollcall reads it. */
export interface ClerkApiClient {
  /** Names the instance, `ins_…`, that the key belongs to; null if not told. */
  getInstanceId(options?: CallOptions): Promise<string | null>;
  /** Reads one user; null when Clerk has none by that id (any more). */
  getUser(id: string, options?: CallOptions): Promise<ClerkApiUser | null>;
  /** Counts all users; never quite in step with a list read beside it. */
  countUsers(options?: CallOptions): Promise<number>;
  /** Walks all users, oldest first. */
  listUsers(options?: ListUsersOptions): AsyncIterable<UserPage>;
  /** Reads up to 100 users at once; those Clerk does not have are left out. */
  listUsersByIds(
    ids: readonly string[],
    options?: CallOptions,
  ): Promise<ClerkApiUser[]>;
  /** Tells which user Clerk changed last; null when it has none. */
  getNewestChange(options?: CallOptions): Promise<NewestChange | null>;
  /** Reads one organization; null when Clerk has none by that id (any more). */
  getOrganization(
    id: string,
    options?: CallOptions,
  ): Promise<ClerkApiOrganization | null>;
  /** Walks all organizations, oldest first. */
  listOrganizations(
    options?: ListOptions,
  ): AsyncIterable<ClerkApiOrganization[]>;
  /** Walks all memberships of one organization, or of the whole instance. */
  listMemberships(
    options?: ListOptions & { readonly organizationId?: string | undefined },
  ): AsyncIterable<ClerkApiMembership[]>;
  /** What this client has cost so far. */
  usage(): ClerkApiUsage;
}

const MAX_IDS = 100; // Clerk's maximum for a filter

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
    maxPauseMs: 120_000,
    ...options,
  });
  return {
    getInstanceId: ({ signal } = {}) => readInstanceId(requester, signal),
    ...bindUsers(requester),
    ...bindOrganizations(requester),
    usage: () => requester.usage(),
  };
}

function bindUsers(requester: ClerkRequester) {
  return {
    getUser: (id: string, { signal }: CallOptions = {}) =>
      readOne(
        requester,
        { task: "read user", signal },
        { folder: "/users", id },
        clerkApiUserSchema,
      ),
    async countUsers({ signal }: CallOptions = {}) {
      const request = { task: "count users", path: "/users/count", signal };
      const found = await readRequired(requester, request, totalCountSchema);
      return found.total_count;
    },
    listUsers: (options?: ListUsersOptions) => listUsers(requester, options),
    listUsersByIds: (
      ids: readonly string[],
      { signal }: CallOptions = {},
    ) => listUsersByIds(requester, ids, signal),
    async getNewestChange({ signal }: CallOptions = {}) {
      const params = new URLSearchParams({
        order_by: "-updated_at",
        limit: "1",
      });
      const task = "read the newest change";
      const request = { task, path: "/users", params, signal };
      const [user] = await readRequired(
        requester,
        request,
        clerkApiUsersSchema,
      );
      return user === undefined
        ? null
        : { userId: user.id, updatedAt: new Date(user.updated_at) };
    },
  };
}

function bindOrganizations(requester: ClerkRequester) {
  return {
    getOrganization: (id: string, { signal }: CallOptions = {}) =>
      readOne(
        requester,
        { task: "read organization", signal },
        { folder: "/organizations", id },
        clerkApiOrganizationSchema,
      ),
    listOrganizations: (options: ListOptions = {}) =>
      listByOffset(requester, {
        ...options,
        task: "list organizations",
        path: "/organizations",
        itemSchema: clerkApiOrganizationSchema,
      }),
    listMemberships(
      { organizationId, ...options }:
        & ListOptions
        & { readonly organizationId?: string | undefined } = {},
    ) {
      return listByOffset(requester, {
        ...options,
        task: "list memberships",
        path: organizationId === undefined
          ? "/organization_memberships"
          : `/organizations/${encodeURIComponent(organizationId)}/memberships`,
        itemSchema: clerkApiMembershipSchema,
      });
    },
  };
}

/** Reads what may be gone. */
async function readOne<Value>(
  requester: ClerkRequester,
  request: Omit<ClerkRead, "path">,
  path: { readonly folder: string; readonly id: string },
  schema: z.ZodType<Value>,
): Promise<Value | null> {
  const { folder, id } = path;
  if (!isPossibleId(id)) return null;
  const read = { ...request, path: `${folder}/${id}` };
  const result = await readParsed(requester, read, schema);
  if (result.kind === "found") return result.value;
  if (isGone(result.error)) return null;
  throw result.error;
}

/** Clerk's own word for it: any server, or a wrong address, may answer 404. */
function isGone({ clerkStatus, code }: ClerkApiError): boolean {
  return clerkStatus === 404 && code === "clerk-resource-not-found";
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

async function listUsersByIds(
  requester: ClerkRequester,
  ids: readonly string[],
  signal: AbortSignal | undefined,
): Promise<ClerkApiUser[]> {
  const task = "read users by id";
  if (ids.length > MAX_IDS) {
    throw new RangeError(`Cannot ${task}: ${ids.length} are over ${MAX_IDS}`);
  }
  const possibleIds = ids.filter(isPossibleId);
  if (possibleIds.length === 0) return [];
  // Clerk's default limit of 10 would cut the answer without a word.
  const params = new URLSearchParams({ limit: String(MAX_IDS) });
  for (const id of possibleIds) params.append("user_id", id);
  const request = { task, path: "/users", params, signal };
  return await readRequired(requester, request, clerkApiUsersSchema);
}
