/**
 * The users' part of the client: single reads, counts and the walk over all.
 *
 * Source: clerk/openapi-specs, bapi/2026-05-12, `GetUserList`, `GetUser`,
 * `GetUsersCount`.
 */
import {
  type ClerkApiUser,
  clerkApiUserSchema,
  clerkApiUsersSchema,
  totalCountSchema,
} from "./clerk_api_schema.ts";
import type { ClerkRequester } from "./clerk_request.ts";
import {
  listUsers,
  type ListUsersOptions,
  type UserPage,
} from "./list_users.ts";
import {
  type CallOptions,
  filterByIds,
  readOne,
  readRequired,
} from "./read_parsed.ts";

/** The user that Clerk changed last. */
export interface NewestChange {
  readonly userId: string;
  readonly updatedAt: Date;
}

/** What can be read of users; every method rejects with a ClerkApiError. */
export interface UserReader {
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
}

/**
 * Binds reading users to an instance.
 *
 * @param requester Of which instance.
 * @returns The methods.
 */
export function bindUsers(requester: ClerkRequester): UserReader {
  return {
    getUser: (id, { signal } = {}) =>
      readOne(
        requester,
        { task: "read user", signal },
        { folder: "/users", id },
        clerkApiUserSchema,
      ),
    async countUsers({ signal } = {}) {
      const request = { task: "count users", path: "/users/count", signal };
      const found = await readRequired(requester, request, totalCountSchema);
      return found.total_count;
    },
    listUsers: (options) => listUsers(requester, options),
    async listUsersByIds(ids, { signal } = {}) {
      const task = "read users by id";
      const params = filterByIds(task, "user_id", ids);
      if (params === undefined) return [];
      const request = { task, path: "/users", params, signal };
      return await readRequired(requester, request, clerkApiUsersSchema);
    },
    getNewestChange: ({ signal } = {}) => readNewest(requester, signal),
  };
}

async function readNewest(
  requester: ClerkRequester,
  signal: AbortSignal | undefined,
): Promise<NewestChange | null> {
  const params = new URLSearchParams({ order_by: "-updated_at", limit: "1" });
  const task = "read the newest change";
  const request = { task, path: "/users", params, signal };
  const [user] = await readRequired(requester, request, clerkApiUsersSchema);
  return user === undefined
    ? null
    : { userId: user.id, updatedAt: new Date(user.updated_at) };
}
