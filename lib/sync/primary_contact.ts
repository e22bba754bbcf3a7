/**
 * The address and the number that Clerk calls primary: the ones that the user's
 * `primary_…_id` points at, which need not be first and need not exist.
 */
import type { ClerkUser } from "../events.ts";

/** A primary e-mail address. */
export interface PrimaryEmail {
  readonly address: string;
  readonly isVerified: boolean;
}

/**
 * Finds the primary e-mail address.
 *
 * @param user Clerk's user.
 * @returns The address; null when there is none; undefined when the payload
 * lacks the fields to tell, which means "unchanged".
 */
export function primaryEmail(user: ClerkUser): PrimaryEmail | null | undefined {
  const id = user.primary_email_address_id;
  if (id === undefined) return undefined;
  if (id === null) return null;
  if (user.email_addresses === undefined) return undefined;
  const found = user.email_addresses.find((candidate) => candidate.id === id);
  if (found === undefined) return null;
  return {
    address: found.email_address.toWellFormed(),
    isVerified: found.verification?.status === "verified",
  };
}

/**
 * Finds the primary phone number.
 *
 * @param user Clerk's user.
 * @returns The number in E.164; null when there is none; undefined when the
 * payload lacks the fields to tell.
 */
export function primaryPhone(user: ClerkUser): string | null | undefined {
  const id = user.primary_phone_number_id;
  if (id === undefined) return undefined;
  if (id === null) return null;
  if (user.phone_numbers === undefined) return undefined;
  return user.phone_numbers.find((candidate) => candidate.id === id)
    ?.phone_number ?? null;
}
