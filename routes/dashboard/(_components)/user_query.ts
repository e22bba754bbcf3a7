/** The users' filters as they stand in the address bar. */
import { toSearchText } from "../../../lib/store/prefix_search.ts";
import {
  USER_ORDERS,
  type UserOrder,
  type UserQuery,
} from "../../../lib/store/user_search.ts";

/** How far back "changed" may look, by its value in the address. */
export const CHANGED: Readonly<Record<string, string>> = {
  "1h": "In the last hour",
  "24h": "In the last 24 hours",
  "7d": "In the last 7 days",
};

const HOUR_MS = 3_600_000;
const CHANGED_MS: Readonly<Record<string, number>> = {
  "1h": HOUR_MS,
  "24h": 24 * HOUR_MS,
  "7d": 7 * 24 * HOUR_MS,
};

/**
 * Reads the filters; what cannot be read asks nothing.
 *
 * @param params Of the address.
 * @param now The present.
 * @returns What is looked for.
 */
export function readUserQuery(params: URLSearchParams, now: Date): UserQuery {
  const changedMs = CHANGED_MS[params.get("changed") ?? ""];
  return {
    text: toSearchText(params.get("text")),
    isBanned: params.has("banned"),
    isUnverified: params.has("unverified"),
    isDrifted: params.has("drifted"),
    changedSince: changedMs === undefined
      ? null
      : new Date(now.getTime() - changedMs),
    order: toOrder(params.get("sort")),
  };
}

function toOrder(text: string | null): UserOrder {
  return text !== null && Object.hasOwn(USER_ORDERS, text)
    ? text as UserOrder
    : "synced";
}
