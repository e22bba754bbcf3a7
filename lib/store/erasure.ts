/**
 * Takes what is kept about one user out of the records, and leaves that something
 * was there: ids, types, times and outcomes stay, payloads and values go.
 *
 * What names the user is found by its subject, by the user id in payloads about
 * sessions, e-mails and memberships, and by the memberships that were deleted with
 * the user. The record of events is walked in portions, for no index has it.
 */
import type { Filter } from "mongodb";
import type { ChangeDocument } from "./changes.ts";
import type { Store } from "./store.ts";
import type { WebhookEventDocument } from "./webhook_events.ts";

/** A part of the record of events that was gone through. */
export interface ErasedPortion {
  /** Events whose payload went. */
  readonly erased: number;
  /** The id behind which to go on; null after the last. */
  readonly after: string | null;
}

/** Events in one portion. */
export const ERASURE_PORTION = 20_000;

/**
 * Erases payloads about a user from a part of the record of events.
 *
 * @param store The store.
 * @param userId Clerk's id.
 * @param after The id behind which to go on, or null.
 * @param now Noted on what is erased.
 * @param limit Events to go through; 20,000 by default.
 * @returns How many were erased, and where to go on.
 */
export async function erasePayloads(
  store: Store,
  userId: string,
  after: string | null,
  now: Date,
  limit = ERASURE_PORTION,
): Promise<ErasedPortion> {
  const { documents } = store.webhookEvents;
  const begin = after === null ? {} : { _id: { $gt: after } };
  const last = await documents.findOne(begin, {
    projection: { _id: 1 },
    sort: { _id: 1 },
    skip: limit - 1,
  });
  const range = {
    ...(after === null ? {} : { $gt: after }),
    ...(last === null ? {} : { $lte: last._id }),
  };
  const about = [
    { subject: userId },
    { "payload.id": userId },
    { "payload.user_id": userId },
    { "payload.public_user_data.user_id": userId },
  ];
  const found = await documents.find(
    {
      ...(Object.keys(range).length === 0 ? {} : { _id: range }),
      erased_at: { $exists: false },
      $or: about,
    } as Filter<WebhookEventDocument>,
    { projection: { subject: 1 } },
  ).toArray();
  // What was written of memberships that are gone is found by their events.
  const subjects = found.flatMap(({ subject }) => subject ?? []);
  await eraseChanges(store, [...new Set(subjects)], now);
  await documents.updateMany(
    { _id: { $in: found.map(({ _id }) => _id) } },
    { $set: { payload: null, erased_at: now } },
  );
  return { erased: found.length, after: last?._id ?? null };
}

async function eraseChanges(
  { changes }: Store,
  ids: readonly string[],
  now: Date,
): Promise<number> {
  if (ids.length === 0) return 0;
  const { modifiedCount } = await changes.documents.updateMany(
    {
      document_id: { $in: [...ids] },
      erased_at: { $exists: false },
    } as Filter<ChangeDocument>,
    { $set: { before: null, after: null, erased_at: now } },
  );
  return modifiedCount;
}

/**
 * Erases everything about a user but the record of events.
 *
 * @param store The store.
 * @param userId Clerk's id.
 * @param now Noted on what is erased.
 * @returns How many recorded writes lost their values.
 */
export async function eraseValues(
  store: Store,
  userId: string,
  now: Date,
): Promise<number> {
  const memberships = await store.memberships.documents
    .find({ user_id: userId }, { projection: { _id: 1 } }).toArray();
  const ids = [userId, ...memberships.map(({ _id }) => _id)];
  const erased = await eraseChanges(store, ids, now);
  await store.drift.items.deleteMany({ _id: { $in: ids } });
  await eraseQuarantine(store, userId);
  return erased;
}

/** At most a thousand entries; their bodies name ids and nothing else. */
async function eraseQuarantine(
  { quarantine }: Store,
  userId: string,
): Promise<void> {
  const entries = quarantine.documents
    .find({}, { projection: { body: 1 } })
    .sort({ at: -1, _id: -1 });
  const found: string[] = [];
  for await (const { _id, body } of entries) {
    if (body.includes(JSON.stringify(userId))) found.push(_id);
  }
  if (found.length === 0) return;
  await quarantine.documents.deleteMany({ _id: { $in: found } });
}
