/**
 * What the first page shows: a few counts and the newest of everything, each
 * served by an index.
 */
import type { WithId } from "mongodb";
import type { UserDocument } from "../sync/user_document.ts";
import type { Store } from "./store.ts";
import type { WebhookEventDocument } from "./webhook_events.ts";

/** The numbers and rows of the first page. */
export interface Overview {
  readonly userCount: number;
  readonly eventCount: number;
  readonly deadLetterCount: number;
  readonly tombstoneCount: number;
  readonly newestUsers: readonly WithId<UserDocument>[];
  readonly newestEvents: readonly Omit<
    WithId<WebhookEventDocument>,
    "payload"
  >[];
}

/**
 * Reads the first page's numbers.
 *
 * @param store The store.
 * @param rows How many users and events.
 * @returns What is there now; the counts are the server's own estimates.
 */
export async function readOverview(
  store: Store,
  rows: number,
): Promise<Overview> {
  const count = (name: string) =>
    store.db.collection(name).estimatedDocumentCount();
  const [
    userCount,
    eventCount,
    deadLetterCount,
    tombstoneCount,
    newestUsers,
    newestEvents,
  ] = await Promise.all([
    count("users"),
    count("webhook_events"),
    store.deadLetters.documents.countDocuments({ replayed_at: null }),
    count("tombstones"),
    store.users.documents.find().sort({ "sync.synced_at": -1, _id: -1 }).limit(
      rows,
    ).toArray(),
    store.webhookEvents.documents.find({}, { projection: { payload: 0 } })
      .sort({ received_at: -1, _id: -1 }).limit(rows).toArray(),
  ]);
  return {
    userCount,
    eventCount,
    deadLetterCount,
    tombstoneCount,
    newestUsers,
    newestEvents,
  };
}
