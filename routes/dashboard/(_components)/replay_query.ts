/**
 * What is to be replayed, as it stands in the address of the page that asks: one
 * or more `event`, a `user`, `failures`, or the filters of the events' list.
 */
import type { ReplayTarget } from "../../../lib/store/replay_target.ts";
import { readEventQuery } from "./event_query.ts";

/**
 * Reads the target; without anything else it is every event on record.
 *
 * @param params Of the address.
 * @returns What is pointed at.
 */
export function readReplayTarget(params: URLSearchParams): ReplayTarget {
  const ids = params.getAll("event");
  if (ids.length > 0) return { kind: "events", ids };
  const user = params.get("user");
  if (user) return { kind: "user", id: user };
  if (params.has("failures")) return { kind: "failures" };
  return { kind: "list", query: readEventQuery(params) };
}

/**
 * Says what is pointed at, for whoever confirms it.
 *
 * @param target What is pointed at.
 * @returns A few words that go on after "Events:".
 */
export function describeTarget(target: ReplayTarget): string {
  switch (target.kind) {
    case "events":
      return target.ids.length === 1 ? target.ids[0] ?? "" : "those chosen";
    case "user":
      return `about ${target.id}`;
    case "failures":
      return "that failed and were not replayed yet";
    case "list":
      return describeQuery(target.query);
    default:
      return target satisfies never;
  }
}

type ListQuery = Extract<ReplayTarget, { kind: "list" }>["query"];

function describeQuery({ text, type, state, from, to }: ListQuery): string {
  const parts = [
    type && `of type ${type}`,
    state && `in state ${state}`,
    text && `found by "${text}"`,
    from && `received from ${toMinute(from)}`,
    to && `received before ${toMinute(to)}`,
  ].filter((part) => part);
  return parts.length === 0 ? "all on record" : parts.join(", ");
}

function toMinute(at: Date): string {
  return `${at.toISOString().slice(0, 16).replace("T", " ")} UTC`;
}
