/**
 * What somebody points at on a page for a replay, as the selection that the
 * function `replay-events` takes, counted before anything is sent.
 *
 * A list without a text is a filter and has no bound; everything else becomes
 * ids, of which one order takes a thousand: the newest.
 */
import { type EventQuery, searchEvents } from "./event_search.ts";
import { countReplay, type ReplaySelection } from "./replay_selection.ts";
import type { Store } from "./store.ts";

/** What is pointed at. */
export type ReplayTarget =
  | { readonly kind: "events"; readonly ids: readonly string[] }
  | { readonly kind: "failures" }
  | { readonly kind: "user"; readonly id: string }
  | { readonly kind: "list"; readonly query: EventQuery };

/** A target that can be sent. */
export interface ReplayScope {
  readonly selection: ReplaySelection;
  /** Events on record now. */
  readonly count: number;
  /** Whether there may be more than one order takes. */
  readonly isCut: boolean;
}

/** Ids in one order, as lib/events.ts bounds them. */
export const MAX_REPLAY_IDS = 1_000;

/**
 * Finds the events of a target.
 *
 * @param store The store.
 * @param target What is pointed at.
 * @param until Later arrivals are left out, so that what was counted is what is
 * sent.
 * @returns The selection and its size.
 */
export async function readReplayScope(
  store: Store,
  target: ReplayTarget,
  until: Date,
): Promise<ReplayScope> {
  if (target.kind === "list" && target.query.text === "") {
    const selection = { filter: toFilter(target.query, until) };
    const count = await countReplay(store.webhookEvents, selection);
    return { selection, count, isCut: false };
  }
  const found = await readIds(store, target);
  // An event that failed in several functions is there as often.
  const eventIds = [...new Set(found)];
  const count = await countReplay(store.webhookEvents, { eventIds });
  const isCut = found.length === MAX_REPLAY_IDS;
  return { selection: { eventIds }, count, isCut };
}

function toFilter({ type, state, from, to }: EventQuery, until: Date) {
  return {
    ...(type === null ? {} : { type }),
    ...(state === null ? {} : { state }),
    ...(from === null ? {} : { since: from.getTime() }),
    until: Math.min(to?.getTime() ?? Infinity, until.getTime()),
  };
}

async function readIds(
  store: Store,
  target: ReplayTarget,
): Promise<readonly string[]> {
  switch (target.kind) {
    case "events":
      return target.ids.slice(0, MAX_REPLAY_IDS);
    case "failures":
      return await readFailedIds(store);
    case "user":
      return await readUserEventIds(store, target.id);
    case "list": {
      const page = { cursor: null, limit: MAX_REPLAY_IDS };
      const { rows } = await searchEvents(store, target.query, page);
      return rows.map(({ _id }) => _id);
    }
    default:
      return target satisfies never;
  }
}

async function readFailedIds({ deadLetters }: Store): Promise<string[]> {
  const letters = await deadLetters.documents
    .find({ replayed_at: null }, { projection: { event_id: 1 } })
    .sort({ failed_at: -1, _id: -1 })
    .limit(MAX_REPLAY_IDS)
    .toArray();
  return letters.map(({ event_id }) => event_id);
}

async function readUserEventIds(
  { webhookEvents }: Store,
  id: string,
): Promise<string[]> {
  const events = await webhookEvents.documents
    .find({ subject: id }, { projection: { _id: 1 } })
    .sort({ received_at: -1, _id: -1 })
    .limit(MAX_REPLAY_IDS)
    .toArray();
  return events.map(({ _id }) => _id);
}
