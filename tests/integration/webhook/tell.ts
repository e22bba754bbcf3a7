/** Signed webhooks about users, one after another, and what becomes of each. */
import { assertEquals } from "@std/assert";
import type { Store } from "../../../lib/store/store.ts";
import type { UserDocument } from "../../../lib/sync/user_document.ts";
import type { FeedReader } from "../../support/feed_reader.ts";
import type { RollcallProcess } from "../../support/rollcall_process.ts";
import { statusOf } from "../../support/status_of.ts";

/** The first `updated_at`, ms. */
export const T0 = 1_772_442_000_000;

/** A webhook, and what its record says afterwards. */
export interface Told {
  readonly type: string;
  readonly data: Record<string, unknown>;
  /** The envelope's, ms after {@linkcode T0}; 0 when not given. */
  readonly timestamp?: number;
  /** Its reason, or its state where there is none. */
  readonly becomes: string;
}

/** @returns A user's document, or null. */
export async function readUser(
  { users }: Store,
  _id: string,
): Promise<UserDocument | null> {
  return await users.documents.findOne({ _id });
}

/**
 * Sends webhooks one after another, each when the one before is recorded.
 *
 * @param rollcall Where to.
 * @param feed Its live feed.
 * @param told What to send; an outcome other than expected fails the test.
 */
export async function tell(
  { send, store }: RollcallProcess,
  feed: FeedReader,
  told: readonly Told[],
): Promise<void> {
  for (
    const [index, { type, data, timestamp = 0, becomes }] of told.entries()
  ) {
    const id = `msg_${data.id}_${type}_${index}`;
    const envelope = { type, object: "event", timestamp: T0 + timestamp, data };
    assertEquals(await statusOf(send(JSON.stringify(envelope), { id })), 202);
    await feed.recorded([id]);
    await feed.outcomes([id]);
    const record = await store.webhookEvents.documents.findOne({ _id: id });
    const isReasoned = record?.state === "discarded";
    assertEquals(isReasoned ? record.reason : record?.state, becomes, id);
  }
}

/** @returns A state of a user, so many ms after {@linkcode T0}. */
export function userTold(
  id: string,
  tick: number,
  becomes: string,
  fields: Record<string, unknown> = {},
): Told {
  return {
    type: tick === 0 ? "user.created" : "user.updated",
    data: { id, updated_at: T0 + tick, ...fields },
    timestamp: tick,
    becomes,
  };
}
