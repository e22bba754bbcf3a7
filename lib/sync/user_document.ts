/**
 * Step ④ of the path: Clerk's User → the fields that Rollcall owns in `users`.
 *
 * An absent key means "unchanged" and yields no field; null means "cleared".
 * The document may have other fields, which belong to the application.
 */
import type { ClerkUser } from "../events.ts";
import { primaryEmail, primaryPhone } from "./primary_contact.ts";
import { defined } from "./defined.ts";
import { toStorable, toStorableText } from "./storable.ts";
import type { SyncStamp } from "./version.ts";

/** The fields of a user that Rollcall owns, besides `_id` and `sync`. */
export interface UserFields {
  /** Primary address, or null. */
  email: string | null;
  /** Whether Clerk has verified it; null without an address. */
  email_verified: boolean | null;
  /** First and last name joined, null when there is none. */
  full_name: string | null;
  first_name: string | null;
  last_name: string | null;
  /** Unique; see username.ts. */
  username: string;
  /** URL, or null. */
  profile_picture: string | null;
  /** Primary number in E.164, or null. */
  phone: string | null;
  external_id: string | null;
  /** Free-form; JSON null is legal. */
  public_metadata: unknown;
  banned: boolean;
  locked: boolean;
  clerk_created_at: Date | null;
  clerk_updated_at: Date | null;
}

/** A document of the collection `users`, without the application's fields. */
export interface UserDocument extends UserFields {
  /** Clerk's id, `user_…`. */
  _id: string;
  sync: SyncStamp & {
    /** Clerk's own user name when `username` was chosen, or null. */
    readonly clerk_username: string | null;
  };
}

/** What a new document has where the first event says nothing. */
export const EMPTY_USER: Omit<UserFields, "username"> = {
  email: null,
  email_verified: null,
  full_name: null,
  first_name: null,
  last_name: null,
  profile_picture: null,
  phone: null,
  external_id: null,
  public_metadata: {},
  banned: false,
  locked: false,
  clerk_created_at: null,
  clerk_updated_at: null,
};

type NameParts = Pick<UserFields, "first_name" | "last_name">;

/**
 * Maps what a payload says of a user, the user name left aside.
 *
 * @param user Clerk's user; absent keys yield no field.
 * @param stored The stored names, which complete a payload that has only one.
 * @returns The fields to store.
 */
export function toUserFields(
  user: ClerkUser,
  stored: NameParts = EMPTY_USER,
): Partial<Omit<UserFields, "username">> {
  return defined({
    ...emailFields(user),
    ...nameFields(user, stored),
    profile_picture: toStorableText(user.image_url),
    phone: toStorableText(primaryPhone(user)),
    external_id: toStorableText(user.external_id),
    public_metadata: user.public_metadata === undefined
      ? undefined
      : toStorable(user.public_metadata),
    banned: user.banned,
    locked: user.locked,
    clerk_created_at: toDate(user.created_at),
    clerk_updated_at: toDate(user.updated_at),
  });
}

function emailFields(user: ClerkUser) {
  const primary = primaryEmail(user);
  if (primary === undefined) return {};
  return {
    email: primary?.address ?? null,
    email_verified: primary?.isVerified ?? null,
  };
}

function nameFields(user: ClerkUser, stored: NameParts) {
  if (user.first_name === undefined && user.last_name === undefined) return {};
  const first = toStorableText(user.first_name);
  const last = toStorableText(user.last_name);
  return {
    first_name: first,
    last_name: last,
    full_name: joinNames(
      first === undefined ? stored.first_name : first,
      last === undefined ? stored.last_name : last,
    ),
  };
}

/**
 * A person's whole name.
 *
 * @param first The first name, or null.
 * @param last The last name, or null.
 * @returns Both with a space between them; null when there is neither.
 */
export function joinNames(
  first: string | null,
  last: string | null,
): string | null {
  const parts = [first, last].map((part) => part?.trim() ?? "").filter((part) =>
    part !== ""
  );
  return parts.length === 0 ? null : parts.join(" ");
}

function toDate(ms: number | undefined): Date | undefined {
  return ms === undefined ? undefined : new Date(ms);
}
