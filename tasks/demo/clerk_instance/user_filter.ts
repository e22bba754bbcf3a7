/**
 * The filters of `GET /users` and `GET /users/count`: one parser for both, so
 * that the two always agree.
 *
 * It says what to look for; list_users.ts does the looking. Strictness of
 * `…_before` and `…_after` at equality is undocumented: exclusive here unless
 * the caller asks otherwise.
 *
 * Source: clerk/openapi-specs, bapi/2026-05-12, GetUserList.
 */

import { paramInvalid } from "./clerk_http_error.ts";
import type { ClerkUser } from "./clerk_user.ts";
import {
  readBoolean,
  readInteger,
  readList,
  readSignedIds,
} from "./query_params.ts";

/** Whether a user passes one condition. */
export type UserTest = (user: ClerkUser) => boolean;

/** What a query asks for, apart from order and page. */
export interface UserFilter {
  /** When given, only these can match: no need to look at all others. */
  readonly ids: readonly string[] | undefined;
  /** Smallest created_at that matches, inclusive, Unix ms. */
  readonly createdFromMs: number;
  /** Largest created_at that matches, inclusive, Unix ms. */
  readonly createdToMs: number;
  /** All of them must hold. */
  readonly tests: readonly UserTest[];
}

/** What a filter needs to know besides the query. */
export interface FilterContext {
  /** Whether a bound itself matches. */
  readonly areBoundsInclusive: boolean;
  /** Says whether a user is a member of an organization. */
  readonly isMember: (userId: string, organizationId: string) => boolean;
}

/**
 * Reads every filter parameter.
 *
 * @param params The query.
 * @param context Undocumented choices and memberships.
 * @returns The filter; an empty query matches everybody.
 * @throws {ClerkHttpError} 422 when a value is out of bounds.
 */
export function parseUserFilter(
  params: URLSearchParams,
  context: FilterContext,
): UserFilter {
  const slackMs = context.areBoundsInclusive ? 0 : 1;
  const after = readInteger(params, "created_at_after");
  const before = readInteger(params, "created_at_before");
  const signedIds = readSignedIds(params, "user_id");
  const { included = [], excluded } = signedIds ?? {};
  return {
    ids: included.length > 0 ? [...new Set(included)] : undefined,
    createdFromMs: after === undefined ? -Infinity : after + slackMs,
    createdToMs: before === undefined ? Infinity : before - slackMs,
    tests: [
      ...(excluded?.size ? [(user: ClerkUser) => !excluded.has(user.id)] : []),
      ...parseExactTests(params),
      ...parseOwnerTests(params, context),
      ...parsePartialTests(params),
      ...parseActivityTests(params, slackMs),
    ],
  };
}

function parseExactTests(params: URLSearchParams): UserTest[] {
  const fields: Record<string, (user: ClerkUser) => (string | null)[]> = {
    email_address: listEmails,
    phone_number: listPhones,
    username: (user) => [user.username],
    web3_wallet: listWallets,
  };
  const tests = Object.entries(fields).flatMap(([name, read]) => {
    const wanted = readList(params, name);
    return wanted.length === 0
      ? []
      : [(user: ClerkUser) => read(user).some((value) => isIn(wanted, value))];
  });
  const isBanned = readBoolean(params, "banned");
  return isBanned === undefined
    ? tests
    : [...tests, (user) => user.banned === isBanned];
}

function parseOwnerTests(
  params: URLSearchParams,
  { isMember }: FilterContext,
): UserTest[] {
  const tests: UserTest[] = [];
  const externalIds = readSignedIds(params, "external_id");
  if (externalIds !== undefined) {
    const { included, excluded } = externalIds;
    tests.push(({ external_id: id }) =>
      (included.length === 0 || isIn(included, id)) && !excluded.has(id ?? "")
    );
  }
  const organizations = readSignedIds(params, "organization_id");
  if (organizations !== undefined) {
    const { included, excluded } = organizations;
    tests.push(({ id }) =>
      (included.length === 0 || included.some((each) => isMember(id, each))) &&
      ![...excluded].some((each) => isMember(id, each))
    );
  }
  return [...tests, ...parseProviderTests(params)];
}

function parseProviderTests(params: URLSearchParams): UserTest[] {
  const provider = params.get("provider");
  const ids = readList(params, "provider_user_id");
  if (provider === null && ids.length === 0) return [];
  if (provider === null) throw paramInvalid("provider", "");
  if (ids.length === 0) throw paramInvalid("provider_user_id", "");
  return [(user) =>
    user.external_accounts.some((account) => {
      const { provider: kind, provider_user_id: id } = asRecord(account);
      return kind === provider && isIn(ids, id);
    })];
}

function parsePartialTests(params: URLSearchParams): UserTest[] {
  const fields: Record<string, (user: ClerkUser) => (string | null)[]> = {
    query: (user) => [
      ...listEmails(user),
      ...listPhones(user),
      ...listWallets(user),
      user.username,
      user.id,
      user.first_name,
      user.last_name,
    ],
    email_address_query: listEmails,
    phone_number_query: listPhones,
    username_query: (user) => [user.username],
    name_query: (user) => [user.first_name, user.last_name],
  };
  return Object.entries(fields).flatMap(([name, read]) => {
    const part = params.get(name)?.toLowerCase();
    return part === undefined || part === ""
      ? []
      : [(user: ClerkUser) =>
        read(user).some((value) => value?.toLowerCase().includes(part))];
  });
}

function parseActivityTests(
  params: URLSearchParams,
  slackMs: number,
): UserTest[] {
  const fields = ["last_active_at", "last_sign_in_at"] as const;
  return fields.flatMap((field) => {
    const after = readInteger(params, `${field}_after`) ??
      readInteger(params, `${field}_since`);
    const before = readInteger(params, `${field}_before`);
    if (after === undefined && before === undefined) return [];
    const fromMs = (after ?? -Infinity) + slackMs;
    const toMs = (before ?? Infinity) - slackMs;
    return [(user: ClerkUser) => {
      const atMs = user[field];
      return atMs !== null && atMs >= fromMs && atMs <= toMs;
    }];
  });
}

function listEmails(user: ClerkUser): string[] {
  return user.email_addresses.map((address) => address.email_address);
}

function listPhones(user: ClerkUser): string[] {
  return user.phone_numbers.map((phone) => phone.phone_number);
}

function listWallets(user: ClerkUser): string[] {
  return user.web3_wallets.map((wallet) =>
    String(asRecord(wallet).web3_wallet ?? "")
  );
}

function isIn(wanted: readonly string[], value: unknown): boolean {
  return typeof value === "string" && wanted.includes(value);
}

function asRecord(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null
    ? value as Record<string, unknown>
    : {};
}
