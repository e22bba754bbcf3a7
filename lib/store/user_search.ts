/**
 * Users as somebody looks for them: by text, by filters, in an order, a page at a
 * time or all of them as a stream.
 *
 * Every branch is a range of an index (lib/store/indexes.ts). A search by text
 * shows some matches, in order, and has no further pages, save for one among the
 * banned or unverified by when they were synced; typing more narrows it.
 */
import type { Document, Filter } from "mongodb";
import type { UserDocument } from "../sync/user_document.ts";
import {
  type KeysetOrder,
  type KeysetPage,
  PAGE_TIMEOUT_MS,
  readKeysetPage,
} from "./keyset_page.ts";
import { beginsWith, spellingsOf } from "./prefix_search.ts";
import type { Store } from "./store.ts";

/** The orders that the list can have. */
export const USER_ORDERS = {
  synced: { field: "sync.synced_at", direction: -1, type: "instant" },
  created: { field: "clerk_created_at", direction: -1, type: "instant" },
  email: { field: "email", direction: 1, type: "text" },
  name: { field: "full_name", direction: 1, type: "text" },
} as const satisfies Record<string, KeysetOrder>;

/** Name of an order. */
export type UserOrder = keyof typeof USER_ORDERS;

/** What is looked for. */
export interface UserQuery {
  /** Beginning of a name, an address, a user name or an id; empty for all. */
  readonly text: string;
  readonly isBanned: boolean;
  readonly isUnverified: boolean;
  /** Differs from Clerk, as the last scan confirmed it. */
  readonly isDrifted: boolean;
  /** Written by Rollcall since then. */
  readonly changedSince: Date | null;
  readonly order: UserOrder;
}

/** Users that differ are looked for among as many differences, the newest. */
const MAX_DRIFTED = 1_000;

/** Matches of a text among the banned or unverified that are put in an order. */
const MAX_SORTED = 1_000;

/** A row of the list; metadata stays in the database. */
export type UserRow = Omit<UserDocument, "public_metadata">;

const ROW = { public_metadata: 0 };

/**
 * Reads a page of the list.
 *
 * @param store The store.
 * @param query What is looked for.
 * @param page The cursor, ignored by most searches by text, and the rows wanted.
 * @returns The rows; most searches by text have no next page.
 */
export async function searchUsers(
  store: Store,
  query: UserQuery,
  page: { readonly cursor: string | null; readonly limit: number },
): Promise<KeysetPage<UserRow>> {
  const { text, isBanned, isUnverified } = query;
  if (query.isDrifted) return await searchDrifted(store, query, page.limit);
  // Few users are either, so these are looked through in the order of their index.
  const isNarrow = isBanned || isUnverified;
  if (text !== "" && !isNarrow) {
    return await searchText(store, query, page.limit);
  }
  if (text === "") {
    return await readKeysetPage(store.users.documents, {
      filter: filterOf(query),
      order: USER_ORDERS[query.order],
      projection: ROW,
      ...page,
    });
  }
  return await searchNarrow(store, query, page);
}

/**
 * Streams all users that a query finds, for an export.
 *
 * @param store The store.
 * @param query What is looked for; a search by text comes in no order.
 * @returns The users, one batch of the driver's in memory at a time.
 */
export async function* streamUsers(
  store: Store,
  query: UserQuery,
): AsyncGenerator<UserDocument> {
  const { documents } = store.users;
  if (query.isDrifted) {
    yield* documents.find(await toDriftedFilter(store, query));
    return;
  }
  if (query.text !== "") {
    yield* documents.find({
      $or: branchesOf(query.text).map((branch) => ({
        ...branch,
        ...filterOf(query),
      })),
    } as Filter<UserDocument>);
    return;
  }
  const { field, direction } = USER_ORDERS[query.order];
  yield* documents
    .find(filterOf(query) as Filter<UserDocument>)
    .sort({ [field]: direction, _id: direction });
}

/** By the differences, which are few; there is no next page. */
async function searchDrifted(
  store: Store,
  query: UserQuery,
  limit: number,
): Promise<KeysetPage<UserRow>> {
  const rows = await store.users.documents
    .find(await toDriftedFilter(store, query), {
      projection: ROW,
      maxTimeMS: PAGE_TIMEOUT_MS,
    })
    .hint({ _id: 1 })
    .limit(limit)
    .toArray();
  return { rows: inOrder(rows, query.order), next: null };
}

async function toDriftedFilter(
  { drift }: Store,
  query: UserQuery,
): Promise<Filter<UserDocument>> {
  const items = await drift.items
    .find({ state: "open" }, { projection: { _id: 1 } })
    .sort({ seen_at: -1, _id: -1 })
    .limit(MAX_DRIFTED)
    .toArray();
  const filter: Document = {
    _id: { $in: items.map(({ _id }) => _id) },
    ...filterOf(query),
    ...(query.text === "" ? {} : { $or: branchesOf(query.text) }),
  };
  return filter as Filter<UserDocument>;
}

/** The filter without the text. */
export function filterOf(query: UserQuery): Document {
  return {
    ...(query.isBanned ? { banned: true } : {}),
    ...(query.isUnverified ? { email_verified: false } : {}),
    ...(query.changedSince
      ? { "sync.synced_at": { $gte: query.changedSince } }
      : {}),
  };
}

/** The ranges in which a text may be found, the most telling first. */
export function branchesOf(text: string): readonly Document[] {
  const lower = text.toLowerCase();
  const exact = [...new Set([lower, text])];
  const field = (name: string, texts: readonly string[]) =>
    texts.map((spelling) => ({ [name]: beginsWith(spelling) }));
  return [
    { _id: beginsWith(text) },
    ...field("email", exact),
    ...field("username", exact),
    ...field("full_name", spellingsOf(text)),
    ...field("last_name", spellingsOf(text)),
  ];
}

async function searchText(
  store: Store,
  query: UserQuery,
  limit: number,
): Promise<KeysetPage<UserRow>> {
  const found = await Promise.all(
    branchesOf(query.text).map((branch) => {
      const [name = "_id"] = Object.keys(branch);
      return store.users.documents
        .find({ ...branch, ...filterOf(query) } as Filter<UserDocument>, {
          projection: ROW,
          maxTimeMS: PAGE_TIMEOUT_MS,
        })
        .sort({ [name]: 1 })
        .limit(limit)
        .toArray();
    }),
  );
  const byId = new Map(found.flat().map((user) => [user._id, user]));
  const rows = [...byId.values()].slice(0, limit);
  return { rows: inOrder(rows, query.order), next: null };
}

/**
 * A text among the banned or unverified: page by page as their index has them, or
 * the last synced matches put in another order.
 */
async function searchNarrow(
  store: Store,
  query: UserQuery,
  page: { readonly cursor: string | null; readonly limit: number },
): Promise<KeysetPage<UserRow>> {
  const isIndexed = query.order === "synced";
  const found = await readKeysetPage<UserDocument>(store.users.documents, {
    filter: { ...filterOf(query), $or: branchesOf(query.text) },
    order: USER_ORDERS.synced,
    projection: ROW,
    ...(isIndexed ? page : { cursor: null, limit: MAX_SORTED }),
  });
  if (isIndexed) return found;
  const rows = inOrder(found.rows, query.order).slice(0, page.limit);
  return { rows, next: null };
}

const SORTED_BY: Readonly<
  Record<UserOrder, (user: UserRow) => Date | string | null>
> = {
  synced: ({ sync }) => sync.synced_at,
  created: ({ clerk_created_at }) => clerk_created_at,
  email: ({ email }) => email,
  name: ({ full_name }) => full_name,
};

/** Sorts what a search has found as the list would: what is null comes last. */
function inOrder(rows: readonly UserRow[], order: UserOrder): UserRow[] {
  const valueOf = SORTED_BY[order];
  const { direction } = USER_ORDERS[order];
  return rows.toSorted((first, second) => {
    const [a, b] = [valueOf(first), valueOf(second)];
    if (a === null || b === null) {
      return Number(a === null) - Number(b === null);
    }
    return a < b ? -direction : Number(a > b) * direction;
  });
}
