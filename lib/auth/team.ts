/**
 * Who of Clerk's users may see the dashboard: the e-mail addresses in
 * ROLLCALL_OPERATORS and ROLLCALL_VIEWERS. The admin has a password instead.
 */
import type { AuthConfig } from "../config.ts";

/** What somebody may do. */
export type Role = "operator" | "viewer";

/** Who may do what. */
export type Team = Pick<AuthConfig, "operators" | "viewers">;

/** Name of whoever has the admin password; no address is like it. */
export const ADMIN = "admin";

/**
 * Finds what somebody may do.
 *
 * @param email A verified address.
 * @param team Who may do what.
 * @returns The role, the higher of two; null for strangers.
 */
export function roleOf(
  email: string,
  { operators, viewers }: Team,
): Role | null {
  const isListed = (list: readonly string[]) =>
    list.some((listed) => listed.toLowerCase() === email.toLowerCase());
  if (isListed(operators)) return "operator";
  return isListed(viewers) ? "viewer" : null;
}

/**
 * Finds what the owner of a session may do now.
 *
 * @param session Name and role at the time of signing in.
 * @param team Who may do what now.
 * @returns The admin's own role; of others the one that the lists give them.
 */
export function roleNow(
  session: { readonly name: string; readonly role: Role },
  team: Team,
): Role | null {
  return session.name === ADMIN ? session.role : roleOf(session.name, team);
}
