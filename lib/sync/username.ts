/**
 * Which user name a document carries: Clerk's own if the user has one, else the
 * local part of the e-mail address, else the id, which is always free.
 *
 * A derived name is kept on later updates, so that links to it stay good. Two
 * users may want one name: the second gets a random suffix.
 */
import type { ClerkUser } from "../events.ts";
import { primaryEmail } from "./primary_contact.ts";

/** Where a document's user name came from. */
export type UsernameOrigin = "clerk" | "email" | "id";

/** A user name with its origin. */
export interface ChosenUsername {
  readonly username: string;
  readonly origin: UsernameOrigin;
}

/** Between a taken name and its random suffix. */
const SUFFIX_SEPARATOR = "_";

/**
 * Chooses the user name for a document.
 *
 * @param user Clerk's user.
 * @param stored What the document has, if there is one.
 * @returns The name to store, before any suffix for a clash.
 */
export function chooseUsername(
  user: ClerkUser,
  stored: ChosenUsername | undefined,
): ChosenUsername {
  const own = user.username;
  if (own) {
    return stored?.origin === "clerk" && isVariantOf(stored.username, own)
      ? stored
      : { username: own.toWellFormed(), origin: "clerk" };
  }
  const wasCleared = own === null && stored?.origin === "clerk";
  return stored !== undefined && !wasCleared ? stored : deriveUsername(user);
}

/**
 * The same name for somebody who comes second.
 *
 * @param username A name that is taken.
 * @param suffix Random text.
 * @returns The name with the suffix.
 */
export function withSuffix(username: string, suffix: string): string {
  return `${username}${SUFFIX_SEPARATOR}${suffix}`;
}

function deriveUsername(user: ClerkUser): ChosenUsername {
  const address = primaryEmail(user)?.address ?? "";
  const localPart = address.slice(0, Math.max(0, address.lastIndexOf("@")))
    .trim();
  return localPart === ""
    ? { username: user.id, origin: "id" }
    : { username: localPart.toWellFormed(), origin: "email" };
}

/** Whether `stored` is `wanted`, or `wanted` with the suffix of a clash. */
function isVariantOf(stored: string, wanted: string): boolean {
  if (stored === wanted) return true;
  const suffix = stored.slice(wanted.length);
  return stored.startsWith(wanted) && /^_[a-z0-9]{6}$/.test(suffix);
}
