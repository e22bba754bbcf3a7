/**
 * The recorded events that a replay is about: by id or by filter, counted first
 * and then read a portion at a time, in the order of their ids.
 *
 * A portion goes on behind the last id, so events that change their state or
 * arrive meanwhile neither repeat nor hide others.
 */
import type { Filter } from "mongodb";
import type { ReplayFilter } from "../requests.ts";
import { filterOf } from "./event_search.ts";
import type { WebhookEventDocument, WebhookEvents } from "./webhook_events.ts";

/** Which events. */
export type ReplaySelection =
  | { readonly eventIds: readonly string[] }
  | { readonly filter: ReplayFilter };

/**
 * Counts the events of a selection. Of everything up to an instant the server
 * keeps the number itself: only what came later is counted, and taken off.
 *
 * @param events The record of events.
 * @param selection Which ones.
 * @returns How many there are now.
 */
export async function countReplay(
  events: WebhookEvents,
  selection: ReplaySelection,
): Promise<number> {
  const until = untilOf(selection);
  if (until === null) {
    return await events.documents.countDocuments(toFilter(selection, null));
  }
  const [total, later] = await Promise.all([
    events.documents.estimatedDocumentCount(),
    events.documents.countDocuments({ received_at: { $gte: until } }),
  ]);
  return total - later;
}

/**
 * Reads a portion of a selection.
 *
 * @param events The record of events.
 * @param selection Which ones.
 * @param portion The id behind which to go on, or null, and how many to read.
 * @returns The events; fewer than `limit` when these are the last.
 */
export async function readReplayPortion(
  events: WebhookEvents,
  selection: ReplaySelection,
  { after, limit }: { readonly after: string | null; readonly limit: number },
): Promise<readonly WebhookEventDocument[]> {
  return await events.documents.find(toFilter(selection, after))
    // One walk over the ids in all, instead of sorting what is left each time.
    .hint({ _id: 1 })
    .sort({ _id: 1 })
    .limit(limit)
    .toArray();
}

/** Where a selection ends that asks for nothing else. */
function untilOf(selection: ReplaySelection): Date | null {
  if ("eventIds" in selection) return null;
  const { type, state, since, until } = selection.filter;
  const isNarrowed = [type, state, since].some((value) => value !== undefined);
  return isNarrowed ? null : toDate(until);
}

function toFilter(
  selection: ReplaySelection,
  after: string | null,
): Filter<WebhookEventDocument> {
  const behind = after === null ? {} : { $gt: after };
  if ("eventIds" in selection) {
    return { _id: { $in: [...selection.eventIds], ...behind } };
  }
  const { type = null, state = null, since, until } = selection.filter;
  const query = { type, state, from: toDate(since), to: toDate(until) };
  return {
    ...(after === null ? {} : { _id: behind }),
    ...filterOf(query),
  } as Filter<WebhookEventDocument>;
}

function toDate(ms: number | undefined): Date | null {
  return ms === undefined ? null : new Date(ms);
}
