/** The events' filters as they stand in the address bar; times are UTC. */
import type { EventQuery } from "../../../lib/store/event_search.ts";
import { toSearchText } from "../../../lib/store/prefix_search.ts";
import type { EventState } from "../../../lib/store/webhook_events.ts";

/** The states, in the order of an event's life. */
export const EVENT_STATES = [
  "received",
  "applied",
  "discarded",
  "failed",
] as const satisfies readonly EventState[];

/**
 * Reads the filters; what cannot be read asks nothing.
 *
 * @param params Of the address.
 * @returns What is looked for.
 */
export function readEventQuery(params: URLSearchParams): EventQuery {
  const state = params.get("state");
  return {
    text: toSearchText(params.get("text")),
    type: toSearchText(params.get("type")) || null,
    state: EVENT_STATES.find((known) => known === state) ?? null,
    from: toInstant(params.get("from")),
    to: toInstant(params.get("to")),
  };
}

/** A field for date and time has no zone: ours is UTC. */
function toInstant(text: string | null): Date | null {
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?$/.test(text ?? "")) return null;
  const at = new Date(`${text}Z`);
  return Number.isNaN(at.getTime()) ? null : at;
}
