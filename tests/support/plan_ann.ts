/**
 * A user by the name of Ann, and plans over what MongoDB has of her: for tests of
 * the rules in lib/sync, which need nothing else.
 */
import { assert } from "@std/assert";
import type { ClerkUser } from "../../lib/events.ts";
import type { UserDocument } from "../../lib/sync/user_document.ts";
import type { Version } from "../../lib/sync/version.ts";
import {
  type Incoming,
  type Known,
  planUserWrite,
  type WritePlan,
} from "../../lib/sync/write_plan.ts";

/** When plans are made. */
export const NOW = new Date("2026-06-01T00:00:00Z");
/** Ann's `updated_at`, ms. */
export const T0 = 1_772_442_000_000;

/** What Clerk says of her. */
export const ANN: ClerkUser = {
  id: "user_1",
  username: null,
  first_name: "Ann",
  last_name: "Lee",
  image_url: "https://img.example.com/1",
  external_id: null,
  primary_email_address_id: "idn_1",
  email_addresses: [{ id: "idn_1", email_address: "ann@example.com" }],
  primary_phone_number_id: null,
  phone_numbers: [],
  public_metadata: { plan: "pro" },
  banned: false,
  locked: false,
  created_at: T0,
  updated_at: T0,
};

/** @returns A signed state of {@linkcode T0}, unless the version is changed. */
export function incoming(changes: Partial<Version> = {}): Incoming {
  const version = {
    updatedAtMs: T0,
    eventAt: new Date(T0 + 5),
    eventId: "msg_M",
    ...changes,
  };
  return { version, source: "webhook", now: NOW };
}

/** @returns What the store knows of somebody it has never heard of. */
export function unknown(): Known<UserDocument> {
  return { stored: undefined, isTombstoned: false };
}

/** @returns The document that the first event about Ann leaves, changed. */
export function storedAnn(changes: Partial<UserDocument> = {}): UserDocument {
  const plan = planUserWrite(ANN, incoming(), unknown());
  assert(plan.kind === "insert");
  return { ...plan.document, ...changes };
}

/** @returns The plan of a state over a document that is there. */
export function planOver(
  stored: UserDocument,
  user: ClerkUser,
  version: Partial<Version>,
): WritePlan<UserDocument> {
  return planUserWrite(user, incoming(version), {
    stored,
    isTombstoned: false,
  });
}
