/**
 * Walks all users of a Clerk instance in order of creation, page by page, while
 * they change; memory is that of one page.
 *
 * It pages by `starting_after`. That parameter is young and its answer for a
 * deleted cursor undocumented, so a refused page, or one that shows the parameter
 * was ignored, is read again as a window: `created_at_after` just before the last
 * user seen, less those already given. A short page ends the walk only once such
 * a window holds nothing new, for a capped limit looks like an end too.
 *
 * A walk that is resumed knows from its cursor whom it has given of the last two
 * milliseconds: else users who share one would be news for ever.
 *
 * Not promised: a user re-dated to behind the walk is not given.
 *
 * Source: clerk/openapi-specs, bapi/2026-05-12, GetUserList.
 */

import { z } from "zod";
import { type ClerkApiUser, clerkApiUsersSchema } from "./clerk_api_schema.ts";
import type { ClerkRead, ClerkRequester } from "./clerk_request.ts";
import { readParsed, readRequired } from "./read_parsed.ts";

/** Where a walk has got to; plain JSON, to be kept as a checkpoint. */
export const userCursor = z.object({
  /** Id of the last user given. */
  userId: z.string(),
  /** Its created_at, Unix ms. */
  createdAtMs: z.number(),
  /** Others given of that millisecond and the one before, up to 1,000. */
  tiedIds: z.array(z.string()).optional(),
});

/** Where a walk has got to. */
export type UserCursor = Readonly<z.infer<typeof userCursor>>;

/** Some users, each for the first time in this walk. */
export interface UserPage {
  readonly users: readonly ClerkApiUser[];
  /** Where to go on after this page. */
  readonly cursor: UserCursor;
}

/** How to walk. */
export interface ListUsersOptions {
  /** Where an earlier walk got to. Default: the beginning. */
  readonly after?: UserCursor | undefined;
  /** Users in a page, 1 to 500. Default 500. */
  readonly pageSize?: number;
  readonly signal?: AbortSignal | undefined;
}

interface Walk {
  readonly requester: ClerkRequester;
  readonly pageSize: number;
  readonly signal: AbortSignal | undefined;
  last: UserCursor | undefined;
  /**
   * created_at of the users already given that the next window may hold again:
   * those of the last two milliseconds.
   */
  readonly given: Map<string, number>;
  /** Refusals of a cursor in a row; after two it is not tried again. */
  refusals: number;
  /** Whether the cursor could not name all whom it was given in a tie with. */
  readonly isTieCut: boolean;
  /** How far into a window that is full of users already given. */
  windowOffset: number;
}

const MAX_PAGE_SIZE = 500; // Clerk's maximum
const MAX_REFUSALS = 2;
const MAX_GIVEN = 100_000;
const MAX_TIED = 1_000;
const TASK = "list users";

/**
 * Walks all users.
 *
 * @param requester Of which instance.
 * @param options Where to begin and how much at a time.
 * @returns Pages that are never empty.
 * @throws {ClerkApiError} when a page cannot be had.
 * @throws {RangeError} when the page size is out of bounds.
 */
export async function* listUsers(
  requester: ClerkRequester,
  { after, pageSize = MAX_PAGE_SIZE, signal }: ListUsersOptions = {},
): AsyncGenerator<UserPage, void, void> {
  if (!(pageSize >= 1 && pageSize <= MAX_PAGE_SIZE)) {
    throw new RangeError(`Cannot list users: page size is ${pageSize}`);
  }
  const walk = startWalk(requester, pageSize, after, signal);
  let isWindowDue = false;
  for (;;) {
    const byCursor: ClerkApiUser[] | undefined = isWindowDue
      ? undefined
      : await readByCursor(walk);
    const page: ClerkApiUser[] = byCursor ?? await readWindow(walk);
    const users = page.filter(({ id }) => !walk.given.has(id));
    const isShort = page.length < pageSize;
    if (users.length > 0) yield advance(walk, users);
    else if (isShort && byCursor === undefined) return;
    else walk.windowOffset += page.length;
    // So long a tie cannot be told from news: there the short page has to do.
    const isLongTie = walk.isTieCut || walk.given.size >= MAX_GIVEN;
    if (isShort && isLongTie) return;
    isWindowDue = isShort || users.length === 0;
  }
}

function startWalk(
  requester: ClerkRequester,
  pageSize: number,
  after: UserCursor | undefined,
  signal: AbortSignal | undefined,
): Walk {
  const given = new Map<string, number>();
  const { tiedIds = [] } = after ?? {};
  if (after !== undefined) {
    for (const id of [...tiedIds, after.userId]) {
      given.set(id, after.createdAtMs);
    }
  }
  const last = after;
  return {
    requester,
    pageSize,
    signal,
    last,
    given,
    refusals: 0,
    isTieCut: tiedIds.length >= MAX_TIED,
    windowOffset: 0,
  };
}

/** Undefined when there is no cursor yet, or none that Clerk goes by. */
async function readByCursor(walk: Walk): Promise<ClerkApiUser[] | undefined> {
  const { last } = walk;
  if (last === undefined || walk.refusals >= MAX_REFUSALS) return undefined;
  const request = describePage(walk, { starting_after: last.userId });
  const result = await readParsed(walk.requester, request, clerkApiUsersSchema);
  if (result.kind === "refused") {
    const { clerkStatus } = result.error;
    if (clerkStatus !== 404 && clerkStatus !== 422) throw result.error;
    walk.refusals++;
    return undefined;
  }
  if (!isBehind(result.value, last)) {
    walk.refusals = MAX_REFUSALS;
    return undefined;
  }
  walk.refusals = 0;
  return result.value;
}

/** Whether a page lies behind the cursor, as it must unless that was ignored. */
function isBehind(page: readonly ClerkApiUser[], last: UserCursor): boolean {
  return page.every(({ id, created_at: createdAtMs }) =>
    createdAtMs >= last.createdAtMs && id !== last.userId
  );
}

/** Whether the bound itself matches is undocumented: begin 1 ms before. */
function readWindow(walk: Walk): Promise<ClerkApiUser[]> {
  const { last, windowOffset } = walk;
  const bound: Record<string, string> = last === undefined
    ? {}
    : { created_at_after: String(last.createdAtMs - 1) };
  if (windowOffset > 0) bound.offset = String(windowOffset);
  return readRequired(
    walk.requester,
    describePage(walk, bound),
    clerkApiUsersSchema,
  );
}

function describePage(
  { pageSize, signal }: Walk,
  place: Record<string, string>,
): ClerkRead {
  const params = new URLSearchParams({
    limit: String(pageSize),
    order_by: "+created_at",
    ...place,
  });
  return { task: TASK, path: "/users", params, signal };
}

/** Moves the walk behind a page, and gives the page. */
function advance(walk: Walk, users: readonly ClerkApiUser[]): UserPage {
  let cursor = walk.last;
  for (const { id, created_at: createdAtMs } of users) {
    walk.given.set(id, createdAtMs);
    cursor = { userId: id, createdAtMs };
  }
  if (cursor === undefined) throw new RangeError("Cannot advance: no users");
  if (cursor.createdAtMs !== walk.last?.createdAtMs) walk.windowOffset = 0;
  walk.last = cursor;
  forgetBefore(walk.given, cursor.createdAtMs - 1);
  return { users, cursor: withTied(cursor, walk.given) };
}

function withTied(
  { userId, createdAtMs }: UserCursor,
  given: ReadonlyMap<string, number>,
): UserCursor {
  const tiedIds = [...given.keys()].filter((id) => id !== userId);
  return tiedIds.length === 0
    ? { userId, createdAtMs }
    : { userId, createdAtMs, tiedIds: tiedIds.slice(-MAX_TIED) };
}

function forgetBefore(given: Map<string, number>, createdAtMs: number): void {
  for (const [id, atMs] of given) {
    if (atMs < createdAtMs || given.size > MAX_GIVEN) given.delete(id);
  }
}
