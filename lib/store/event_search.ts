/**
 * Events as somebody looks for them: by type, state, subject, time and the
 * beginning of an id, the newest first. Payloads stay in the database.
 */
import type { Document, Filter } from "mongodb";
import {
  type KeysetOrder,
  type KeysetPage,
  PAGE_TIMEOUT_MS,
  readKeysetPage,
} from "./keyset_page.ts";
import { beginsWith } from "./prefix_search.ts";
import type { Store } from "./store.ts";
import type { EventState, WebhookEventDocument } from "./webhook_events.ts";

/** What is looked for; null asks nothing. */
export interface EventQuery {
  /** Beginning of the event's id or of its subject's; empty for all. */
  readonly text: string;
  readonly type: string | null;
  readonly state: EventState | null;
  readonly from: Date | null;
  readonly to: Date | null;
}

/** A row of the list. */
export type EventRow = Omit<WebhookEventDocument, "payload">;

/** The list's order. */
export const EVENT_ORDER: KeysetOrder = {
  field: "received_at",
  direction: -1,
  type: "instant",
};

const ROW = { payload: 0 };

/**
 * Reads a page of the list.
 *
 * @param store The store.
 * @param query What is looked for.
 * @param page The cursor, ignored by a search by text, and the rows wanted.
 * @returns The rows; a search by text has no next page.
 */
export async function searchEvents(
  store: Store,
  query: EventQuery,
  page: { readonly cursor: string | null; readonly limit: number },
): Promise<KeysetPage<EventRow>> {
  if (query.text !== "") return await searchText(store, query, page.limit);
  return await readKeysetPage(store.webhookEvents.documents, {
    filter: filterOf(query),
    order: EVENT_ORDER,
    projection: ROW,
    ...page,
  });
}

/** The filter without the text. */
export function filterOf(
  { type, state, from, to }: Omit<EventQuery, "text">,
): Document {
  const received = {
    ...(from === null ? {} : { $gte: from }),
    ...(to === null ? {} : { $lt: to }),
  };
  return {
    ...(type === null ? {} : { type }),
    ...(state === null ? {} : { state }),
    ...(from === null && to === null ? {} : { received_at: received }),
  };
}

/** An id is found by its beginning; a subject too, or its events if it is whole. */
async function searchText(
  store: Store,
  query: EventQuery,
  limit: number,
): Promise<KeysetPage<EventRow>> {
  const { documents } = store.webhookEvents;
  const find = (field: string, condition: unknown, sort: Document) =>
    documents
      .find(
        { [field]: condition, ...filterOf(query) } as Filter<
          WebhookEventDocument
        >,
        { projection: ROW, maxTimeMS: PAGE_TIMEOUT_MS },
      )
      .sort(sort as Record<string, 1 | -1>)
      .limit(limit)
      .toArray();
  const found = await Promise.all([
    find("_id", beginsWith(query.text), { _id: 1 }),
    find("subject", query.text, { received_at: -1, _id: -1 }),
    find("subject", beginsWith(query.text), { subject: 1 }),
  ]);
  const byId = new Map(found.flat().map((event) => [event._id, event]));
  const rows = [...byId.values()]
    .slice(0, limit)
    .toSorted((a, b) => b.received_at.getTime() - a.received_at.getTime());
  return { rows, next: null };
}
