/**
 * The answers to `GET /users` and `GET /users/count`, on live data: what a page
 * holds depends on the moment it is asked for, as at Clerk.
 *
 * It checks a request as Clerk's rules have it; the finding is in user_walk.ts.
 *
 * Source: clerk/openapi-specs, bapi/2026-05-12, GetUserList and GetUsersCount.
 */

import {
  cursorUnprocessable,
  notFound,
  paramInvalid,
} from "./clerk_http_error.ts";
import type { ClerkInstance } from "./clerk_instance.ts";
import type { ClerkUser } from "./clerk_user.ts";
import {
  type PageBounds,
  readOrderBy,
  readPageBounds,
} from "./query_params.ts";
import type { OrderKey } from "./time_order.ts";
import { parseUserFilter, type UserFilter } from "./user_filter.ts";
import {
  countMatching,
  USER_ORDER_FIELDS,
  type UserOrder,
  walkUsers,
} from "./user_walk.ts";

/** Answers that Clerk's documents leave open, or that an older API gives. */
export interface ListBehaviour {
  /** What a cursor naming a deleted user gets. Default `not-found`. */
  readonly deletedCursor?: "not-found" | "unprocessable" | "continue";
  /**
   * How `starting_after` itself is taken: as published in August 2026, or as a
   * parameter the API does not know and refuses or ignores. Default `supported`.
   */
  readonly cursorSupport?: "supported" | "refused" | "ignored";
  /** Whether a created_at bound itself matches. Default `exclusive`. */
  readonly timeBounds?: "exclusive" | "inclusive";
}

/**
 * Finds one page of users.
 *
 * @param instance Whose users.
 * @param params The query of the request.
 * @param behaviour The undocumented choices.
 * @returns The users as they are now, in order.
 * @throws {ClerkHttpError} 404 or 422, as the API would answer.
 */
export function listUsers(
  instance: ClerkInstance,
  params: URLSearchParams,
  behaviour: ListBehaviour,
): ClerkUser[] {
  const { limit, offset } = readPageBounds(params);
  const order = readOrderBy(params, USER_ORDER_FIELDS);
  const filter = parseFilter(instance, params, behaviour);
  const cursor = readCursor(
    instance,
    params,
    { limit, offset },
    order,
    behaviour,
  );
  const found: ClerkUser[] = [];
  for (
    const user of walkUsers(instance.users, filter, order, { cursor, offset })
  ) {
    found.push(instance.render(user));
    if (found.length === limit) break;
  }
  return found;
}

/**
 * Counts the users that pass the filters of a query.
 *
 * @throws {ClerkHttpError} 422, as the API would answer.
 */
export function countUsers(
  instance: ClerkInstance,
  params: URLSearchParams,
  behaviour: ListBehaviour,
): number {
  const filter = parseFilter(instance, params, behaviour);
  return countMatching(instance.users, filter);
}

function parseFilter(
  { organizations }: ClerkInstance,
  params: URLSearchParams,
  behaviour: ListBehaviour,
): UserFilter {
  return parseUserFilter(params, {
    areBoundsInclusive: behaviour.timeBounds === "inclusive",
    isMember: (userId, organizationId) =>
      organizations.listMemberships({ userId, organizationId }).length > 0,
  });
}

/** Follows the published rules for `starting_after`. */
function readCursor(
  { users }: ClerkInstance,
  params: URLSearchParams,
  bounds: PageBounds,
  order: UserOrder,
  { cursorSupport, deletedCursor = "not-found" }: ListBehaviour,
): OrderKey | undefined {
  const id = params.get("starting_after");
  if (id === null || cursorSupport === "ignored") return undefined;
  const isRefused = cursorSupport === "refused";
  if (isRefused || bounds.offset > 0 || order.field !== "created_at") {
    throw paramInvalid("starting_after", id);
  }
  const place = users.locate(id);
  const isGone = users.get(id) === undefined;
  if (isGone && deletedCursor === "unprocessable") throw cursorUnprocessable();
  if (place === undefined || (isGone && deletedCursor === "not-found")) {
    throw notFound(`No user was found with id ${id}`);
  }
  return place;
}
