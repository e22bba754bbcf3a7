/** Addresses of the dashboard's pages, and the id that such an address ends in. */
import { HttpError } from "fresh";

/** @returns The address of a user's page. */
export function userLink(id: string): string {
  return `/dashboard/users/${encodeURIComponent(id)}`;
}

/** @returns The address of an event's page. */
export function eventLink(id: string): string {
  return `/dashboard/events/${encodeURIComponent(id)}`;
}

/**
 * Makes the address where a repair is confirmed.
 *
 * @param target One or more `id`, or `all` with the filters of the list.
 * @returns Path and query.
 */
export function repairLink(
  target: Readonly<Record<string, string>> | URLSearchParams,
): string {
  const query = new URLSearchParams(target);
  for (const name of ["after", "asked"]) query.delete(name);
  return `/dashboard/drift/repair?${query}`;
}

/** @returns The address of a run's page. */
export function runLink(id: string): string {
  return `/dashboard/runs/${encodeURIComponent(id)}`;
}

/**
 * Makes the address where a replay is confirmed.
 *
 * @param target As replay_query.ts reads it.
 * @returns Path and query.
 */
export function replayLink(
  target: Readonly<Record<string, string>> | URLSearchParams,
): string {
  const query = new URLSearchParams(target);
  for (const name of ["after", "focus"]) query.delete(name);
  return query.size === 0 ? "/dashboard/replay" : `/dashboard/replay?${query}`;
}

/**
 * Reads the id back, slashes in it included, which `ctx.params` leaves encoded.
 *
 * @param url The page's URL.
 * @returns The id.
 * @throws {HttpError} 400 when it is not properly percent-encoded.
 */
export function idOf(url: URL): string {
  try {
    return decodeURIComponent(url.pathname.split("/").at(-1) ?? "");
  } catch (cause) {
    throw new HttpError(400, "Cannot read the id in the address", { cause });
  }
}

/**
 * Makes the address of the same page with other settings.
 *
 * @param url The page's URL.
 * @param changes New values; null removes one.
 * @returns Path and query.
 */
export function linkWith(
  url: URL,
  changes: Readonly<Record<string, string | null>>,
): string {
  const query = new URLSearchParams(url.searchParams);
  for (const [name, value] of Object.entries(changes)) {
    if (value === null) query.delete(name);
    else query.set(name, value);
  }
  for (const [name, value] of [...query]) if (value === "") query.delete(name);
  return query.size === 0 ? url.pathname : `${url.pathname}?${query}`;
}
