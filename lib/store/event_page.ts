/** One event with its payload, and the writes that it led to. */
import type { ChangeDocument } from "./changes.ts";
import { beginsWith } from "./prefix_search.ts";
import type { Store } from "./store.ts";
import type { WebhookEventDocument } from "./webhook_events.ts";

/** One event and what it changed. */
export interface EventPage {
  readonly event: WebhookEventDocument;
  readonly changes: readonly ChangeDocument[];
}

/** An event writes to three collections at most. */
const MAX_CHANGES = 10;

/**
 * Reads one event.
 *
 * @param store The store.
 * @param id The event's id.
 * @returns The event; null when it is not on record.
 */
export async function readEventPage(
  store: Store,
  id: string,
): Promise<EventPage | null> {
  const [event, changes] = await Promise.all([
    store.webhookEvents.documents.findOne({ _id: id }),
    // A change's id begins with that of its event.
    store.changes.documents.find({ _id: beginsWith(`${id}:`) })
      .limit(MAX_CHANGES).toArray(),
  ]);
  return event && { event, changes };
}
