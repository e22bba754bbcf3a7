/**
 * Walks over all users of a simulated Clerk, for the tests of the walk: limits
 * are wide, and what came is a list of ids.
 */
import { assert } from "@std/assert";
import type { ListUsersOptions } from "../../../lib/clerk/list_users.ts";
import type { ClerkApiClient } from "../../../lib/clerk/clerk_api_client.ts";
import {
  buildUser,
  type ClerkUser,
} from "../../../tasks/demo/clerk_instance/clerk_user.ts";
import {
  type ClerkApiOptions,
  type FakeClerk,
  startClerkApi,
} from "../../support/clerk_api/start_clerk_api.ts";

/** Starts a Clerk that is never short of requests, unless options say so. */
export function startWideClerk(options: ClerkApiOptions): Promise<FakeClerk> {
  return startClerkApi({ rateLimit: 1_000_000, ...options });
}

/** Walks to the end; no page may be empty. */
export async function walkIds(
  client: ClerkApiClient,
  options: ListUsersOptions = {},
): Promise<string[]> {
  const ids: string[] = [];
  for await (const page of client.listUsers(options)) {
    assert(page.users.length > 0);
    ids.push(...page.users.map(({ id }) => id));
  }
  return ids;
}

/** The ids that Clerk has, oldest first. */
export function idsInOrder(clerk: FakeClerk): string[] {
  return Array.from(
    { length: clerk.users.size },
    (_, rank) => clerk.users.getAt(clerk.users.byCreatedAt, rank)!.id,
  );
}

/** Users who all share one created_at, as a careless import leaves them. */
export function makeTiedUsers(count: number): ClerkUser[] {
  return Array.from({ length: count }, (_, nth) =>
    buildUser({
      id: `user_${String(nth).padStart(5, "0")}`,
      created_at: 1_700_000_000_000,
      updated_at: 1_700_000_000_000,
    }));
}
