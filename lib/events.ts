/**
 * Every event about Clerk's objects, named and typed once; what operators ask for
 * is in requests.ts.
 *
 * `clerk/*` events carry Clerk's own `data` and, on the signed road ①, the
 * reserved key `_webhook`; events of Clerk's Inngest template come without it.
 * Unknown fields are kept, unknown event types are legal. Source of the payload
 * shapes: Clerk's Backend API document of 2026-05-12 and its webhook catalogue.
 */
import { z } from "zod";

/** Prefix of the events that come from Clerk. */
export const CLERK_PREFIX = "clerk/";

/** Where a verified webhook came from, under the reserved key of its data. */
export const webhookOrigin = z.object({
  /** The `svix-id`, the same across retries and replays. */
  id: z.string(),
  /** Envelope timestamp in ms, or null when the envelope had none. */
  timestamp: z.number().nullable(),
  /** Clerk instance, `ins_…`, or null when the envelope had none. */
  instance_id: z.string().nullable(),
  /** Fingerprint of the secret that verified it (8 hex digits). */
  secret: z.string().optional(),
});

/** Where a verified webhook came from. */
export type WebhookOrigin = z.infer<typeof webhookOrigin>;

/**
 * A field that Clerk never empties: null says as little as an absent key, and
 * an event must not be lost for it.
 */
const filled = <S extends z.ZodType>(schema: S) =>
  schema.nullish().transform((value) => value ?? undefined).optional();

/** Milliseconds that a Date can hold. */
const instant = filled(z.number().min(0).max(8_640_000_000_000_000));
const metadata = z.unknown().optional();

const emailAddress = z.looseObject({
  id: z.string().optional(),
  email_address: z.string(),
  verification: z.looseObject({ status: z.string().nullish() }).nullish(),
});

const phoneNumber = z.looseObject({
  id: z.string().optional(),
  phone_number: z.string(),
});

/** Clerk's User, as far as the sync reads it; absent keys mean "unchanged". */
export const clerkUser = z.looseObject({
  id: z.string().min(1),
  username: z.string().nullish(),
  first_name: z.string().nullish(),
  last_name: z.string().nullish(),
  image_url: z.string().nullish(),
  external_id: z.string().nullish(),
  primary_email_address_id: z.string().nullish(),
  primary_phone_number_id: z.string().nullish(),
  email_addresses: filled(z.array(emailAddress)),
  phone_numbers: filled(z.array(phoneNumber)),
  public_metadata: metadata,
  banned: filled(z.boolean()),
  locked: filled(z.boolean()),
  created_at: instant,
  updated_at: instant,
});

/** Clerk's User as received. */
export type ClerkUser = z.infer<typeof clerkUser>;

/** What remains of a deleted object: no timestamps, nothing but names. */
export const clerkDeleted = z.looseObject({
  id: z.string().min(1),
  deleted: z.boolean().optional(),
});

/** A deleted object as received. */
export type ClerkDeleted = z.infer<typeof clerkDeleted>;

/** Clerk's Organization, as far as the sync reads it. */
export const clerkOrganization = z.looseObject({
  id: z.string().min(1),
  name: z.string().nullish(),
  slug: z.string().nullish(),
  image_url: z.string().nullish(),
  created_by: z.string().nullish(),
  members_count: z.number().nullish(),
  max_allowed_memberships: z.number().nullish(),
  public_metadata: metadata,
  created_at: instant,
  updated_at: instant,
});

/** Clerk's Organization as received. */
export type ClerkOrganization = z.infer<typeof clerkOrganization>;

/** Clerk's OrganizationMembership; `.deleted` carries it whole as well. */
export const clerkMembership = z.looseObject({
  id: z.string().min(1),
  role: z.string().nullish(),
  role_name: z.string().nullish(),
  permissions: z.array(z.string()).nullish(),
  organization: filled(clerkOrganization),
  public_user_data: filled(z.looseObject({ user_id: z.string().min(1) })),
  public_metadata: metadata,
  created_at: instant,
  updated_at: instant,
});

/** Clerk's OrganizationMembership as received. */
export type ClerkMembership = z.infer<typeof clerkMembership>;

/** Payloads that the sync understands, by Clerk's event type. */
export const CLERK_PAYLOADS = {
  "user.created": clerkUser,
  "user.updated": clerkUser,
  "user.deleted": clerkDeleted,
  "organization.created": clerkOrganization,
  "organization.updated": clerkOrganization,
  "organization.deleted": clerkDeleted,
  "organizationMembership.created": clerkMembership,
  "organizationMembership.updated": clerkMembership,
  "organizationMembership.deleted": clerkMembership,
} as const;

/** Event types that change documents; all others are only recorded. */
export type SyncedType = keyof typeof CLERK_PAYLOADS;

/** Every `clerk/…` event name that changes documents. */
export type SyncedEventName = `clerk/${SyncedType}`;

/**
 * The Inngest triggers of some event types.
 *
 * @param types Clerk's event types, such as `user.created`.
 * @returns One trigger each, with the `clerk/` prefix.
 */
export function triggersOf<T extends SyncedType>(
  ...types: readonly T[]
): { event: `clerk/${T}` }[] {
  return types.map((type) => ({ event: `${CLERK_PREFIX}${type}` as const }));
}

/** What became of one event in one collection. */
export const settledOutcome = z.enum(["applied", "discarded", "failed"]);

/** Why an event changed nothing. */
export const discardReason = z.enum([
  "stale",
  "duplicate",
  "tombstoned",
  "other-instance",
]);

/** Why an event changed nothing. */
export type DiscardReason = z.infer<typeof discardReason>;

/** The collections that mirror Clerk's objects. */
export const syncedCollection = z.enum([
  "users",
  "organizations",
  "memberships",
]);

/** One applied write with the values before and after it. */
export const documentChange = z.object({
  collection: syncedCollection,
  id: z.string(),
  kind: z.enum(["insert", "update", "delete"]),
  /** Fields before the write; null when a crash lost them. */
  before: z.record(z.string(), z.unknown()).nullable(),
  /** Fields after the write; null after a delete. */
  after: z.record(z.string(), z.unknown()).nullable(),
});

/** One applied write with the values before and after it. */
export type DocumentChange = z.infer<typeof documentChange>;

/** Data of `rollcall/event.settled`: a sync function is done with an event. */
export const eventSettled = z.object({
  /** Key of the event's record in `webhook_events`. */
  event_id: z.string(),
  /** Clerk's event type. */
  type: z.string(),
  outcome: settledOutcome,
  reason: z.string().nullable(),
  /** When the function was done, ms. */
  settled_at: z.number(),
  /** From Clerk's timestamp to the commit, ms; null without a timestamp. */
  lag_ms: z.number().nullable(),
  changes: z.array(documentChange),
  source: z.string(),
  /** Inngest's id of the run. */
  run_id: z.string().optional(),
});

/** Data of `rollcall/event.settled`. */
export type EventSettled = z.infer<typeof eventSettled>;

/** Name of the event that tells what became of another. */
export const EVENT_SETTLED = "rollcall/event.settled";

/** What a replay runs: the sync alone, or what follows from an event as well. */
export const replayMode = z.enum(["data", "full"]);

/** Why an event is handled again, under the reserved key `_replay` of its data. */
export const replayOrigin = z.object({
  /** Key of the event's record in `webhook_events`. */
  event_id: z.string(),
  /** The job that sent it. */
  job_id: z.string(),
  /** In `data` mode automations leave the event alone. */
  mode: replayMode,
});

/** Why an event is handled again. */
export type ReplayOrigin = z.infer<typeof replayOrigin>;
