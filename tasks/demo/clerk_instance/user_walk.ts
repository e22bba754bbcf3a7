/**
 * Walks the users that a query asks for, in the order it asks for.
 *
 * By created_at or updated_at a walk starts anywhere in a million users in
 * O(log n) and makes only what is taken from it; any other order makes and sorts
 * all that match. It parses nothing and applies no limit.
 */

import type { ClerkUser } from "./clerk_user.ts";
import type { SortOrder } from "./query_params.ts";
import type { OrderKey, TimeOrder } from "./time_order.ts";
import type { UserFilter } from "./user_filter.ts";
import type { UserStore } from "./user_store.ts";

/** The fields that Clerk sorts users by. */
export const USER_ORDER_FIELDS = [
  "created_at",
  "updated_at",
  "email_address",
  "web3wallet",
  "first_name",
  "last_name",
  "phone_number",
  "username",
  "last_active_at",
  "last_sign_in_at",
] as const;

/** One of those fields and a direction. */
export type UserOrder = SortOrder<typeof USER_ORDER_FIELDS[number]>;

/** Where to begin, beyond the beginning. */
export interface WalkStart {
  /** Begin after this place; for created_at orders only. */
  readonly cursor?: OrderKey | undefined;
  /** Leave out so many first. */
  readonly offset?: number;
}

/**
 * Gives the matching users one by one, as stored.
 *
 * @param users The population.
 * @param filter Who matches.
 * @param order In which order.
 * @param start From where on.
 * @returns A walk, to be taken in one go: it does not survive a change.
 */
export function walkUsers(
  users: UserStore,
  filter: UserFilter,
  order: UserOrder,
  { cursor, offset = 0 }: WalkStart = {},
): Iterable<ClerkUser> {
  const isInTime = order.field === "created_at" || order.field === "updated_at";
  if (filter.ids === undefined && isInTime) {
    return walkInTime(users, filter, order, { cursor, offset });
  }
  const matching = filter.ids === undefined
    ? walkInTime(users, filter, { field: "updated_at", isDescending: false })
    : pickByIds(users, filter, filter.ids);
  const sorted = [...matching].sort(compareBy(order));
  const before = cursor === undefined
    ? offset
    : 1 + sorted.findIndex((user) => user.id === cursor.id);
  return sorted.slice(before);
}

/**
 * Counts the matching users, without making any where ranks suffice.
 *
 * @returns How many match now.
 */
export function countMatching(users: UserStore, filter: UserFilter): number {
  if (filter.ids === undefined && filter.tests.length === 0) {
    const [first, end] = findRankRange(users.byCreatedAt, filter);
    return end - first;
  }
  const order: UserOrder = { field: "created_at", isDescending: false };
  let count = 0;
  for (const _ of walkUsers(users, filter, order)) count++;
  return count;
}

function* walkInTime(
  users: UserStore,
  filter: UserFilter,
  { field, isDescending }: UserOrder,
  { cursor, offset = 0 }: WalkStart = {},
): Iterable<ClerkUser> {
  const isByCreation = field === "created_at";
  const timeOrder = isByCreation ? users.byCreatedAt : users.byUpdatedAt;
  const [first, end] = isByCreation
    ? narrow(findRankRange(timeOrder, filter), users, isDescending, cursor)
    : [0, users.size];
  // Where all of the range matches, an offset is a jump and not a walk.
  const canJump = filter.tests.length === 0 &&
    (isByCreation || isUnbounded(filter));
  let toSkip = canJump ? 0 : offset;
  for (let step = canJump ? offset : 0; step < end - first; step++) {
    const rank = isDescending ? end - 1 - step : first + step;
    const user = users.getAt(timeOrder, rank);
    if (user === undefined || !passes(user, filter)) continue;
    if (toSkip > 0) toSkip--;
    else yield user;
  }
}

function* pickByIds(
  users: UserStore,
  filter: UserFilter,
  ids: readonly string[],
): Iterable<ClerkUser> {
  for (const id of ids) {
    const user = users.get(id);
    if (user !== undefined && passes(user, filter)) yield user;
  }
}

function findRankRange(
  order: TimeOrder,
  { createdFromMs, createdToMs }: UserFilter,
): [first: number, end: number] {
  const first = createdFromMs === -Infinity
    ? 0
    : order.rankOf({ timeMs: createdFromMs, id: "" });
  const end = createdToMs === Infinity
    ? order.size
    : order.rankOf({ timeMs: createdToMs + 1, id: "" });
  return [first, Math.max(first, end)];
}

/** Cuts a range at the cursor, whose user may be gone. */
function narrow(
  [first, end]: [first: number, end: number],
  users: UserStore,
  isDescending: boolean,
  cursor: OrderKey | undefined,
): [first: number, end: number] {
  if (cursor === undefined) return [first, end];
  const rank = users.byCreatedAt.rankOf(cursor);
  if (isDescending) return [first, Math.min(end, rank)];
  const next = users.get(cursor.id) === undefined ? rank : rank + 1;
  return [Math.max(first, next), end];
}

function isUnbounded({ createdFromMs, createdToMs }: UserFilter): boolean {
  return createdFromMs === -Infinity && createdToMs === Infinity;
}

function passes(user: ClerkUser, filter: UserFilter): boolean {
  return user.created_at >= filter.createdFromMs &&
    user.created_at <= filter.createdToMs &&
    filter.tests.every((test) => test(user));
}

function compareBy({ field, isDescending }: UserOrder) {
  const sign = isDescending ? -1 : 1;
  return (one: ClerkUser, other: ClerkUser): number => {
    const [left, right] = [readField(one, field), readField(other, field)];
    if (left === right) return sign * (one.id < other.id ? -1 : 1);
    if (left === null || right === null) return left === null ? 1 : -1;
    return sign * (left < right ? -1 : 1);
  };
}

function readField(
  user: ClerkUser,
  field: UserOrder["field"],
): string | number | null {
  switch (field) {
    case "email_address":
      return user.email_addresses[0]?.email_address ?? null;
    case "phone_number":
      return user.phone_numbers[0]?.phone_number ?? null;
    case "web3wallet":
      return user.primary_web3_wallet_id;
    default:
      return user[field];
  }
}
