/**
 * Which user name a document carries: Clerk's own if the user has one, else the
 * local part of the e-mail address, else the id, which is always free.
 *
 * A stored name is kept until Clerk's own changes, so that links to it stay
 * good. Two users may want one name: the second gets a random suffix, which is
 * why the document remembers what Clerk's own name was.
 */
import type { ClerkUser } from "../events.ts";
import { primaryEmail } from "./primary_contact.ts";

/** A user name, and Clerk's own at the time that it was chosen. */
export interface ChosenUsername {
  readonly username: string;
  /** Clerk's own name, without any suffix; null when the user had none. */
  readonly clerkUsername: string | null;
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
  const own = user.username === undefined
    ? stored?.clerkUsername ?? null
    : user.username?.toWellFormed() || null;
  if (stored !== undefined && stored.clerkUsername === own) return stored;
  return { username: own ?? deriveUsername(user), clerkUsername: own };
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

function deriveUsername(user: ClerkUser): string {
  const address = primaryEmail(user)?.address ?? "";
  const localPart = address.slice(0, Math.max(0, address.lastIndexOf("@")))
    .trim();
  return localPart === "" ? user.id : localPart;
}
