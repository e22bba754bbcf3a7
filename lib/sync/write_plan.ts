/**
 * Step ④ of the path: from a stored document and an incoming state to the one
 * write that is due, or to the reason why none is.
 *
 * Pure: whoever carries the plan out (lib/store) must make the write conditional
 * on `expected`, and plan again when the document has moved on meanwhile. That
 * is what makes it safe to write only the fields that differ.
 */
import { isDeepStrictEqual } from "node:util";
import type { ClerkUser, DiscardReason } from "../events.ts";
import {
  EMPTY_USER,
  joinNames,
  toUserFields,
  type UserDocument,
  type UserFields,
} from "./user_document.ts";
import { findLateFields, hasToldLate, noteUntold } from "./partial_state.ts";
import { chooseUsername, type ChosenUsername } from "./username.ts";
import {
  compareVersions,
  type SyncSource,
  type SyncStamp,
  type Version,
  versionOf,
} from "./version.ts";

/** What every document that the sync keeps has. */
export interface SyncedDocument {
  /** Clerk's id. */
  _id: string;
  sync: SyncStamp;
}

/** The fields of a document that are compared and written one by one. */
export type FieldsOf<D extends SyncedDocument> = Omit<D, "_id" | "sync">;

/** What is to be done with one document. */
export type WritePlan<D extends SyncedDocument> =
  | { readonly kind: "insert"; readonly document: D }
  | {
    readonly kind: "update";
    /** Only the fields whose value changes; may be empty. */
    readonly set: Partial<FieldsOf<D>>;
    /** The values that `set` replaces. */
    readonly before: Partial<FieldsOf<D>>;
    readonly stamp: D["sync"];
    /** The write may only happen while the document still has this stamp. */
    readonly expected: SyncStamp | undefined;
  }
  | { readonly kind: "remove"; readonly reason: "tombstoned" }
  | { readonly kind: "skip"; readonly reason: DiscardReason };

/** An incoming state of one object, from whichever road. */
export interface Incoming {
  readonly version: Version;
  readonly source: SyncSource;
  /** Becomes `sync.synced_at`. */
  readonly now: Date;
}

/** What the store knows of the object. */
export interface Known<D extends SyncedDocument> {
  readonly stored: D | undefined;
  /** Whether the object was deleted; ids are never used again. */
  readonly isTombstoned: boolean;
}

/**
 * Plans the write of one user.
 *
 * @param user Clerk's user.
 * @param incoming Where the state comes from, and its place in the order.
 * @param known What the store has.
 * @returns The plan.
 */
export function planUserWrite(
  user: ClerkUser,
  incoming: Incoming,
  known: Known<UserDocument>,
): WritePlan<UserDocument> {
  const { stored } = known;
  const chosen = chooseUsername(user, stored && storedUsername(stored));
  return planWrite({
    id: user.id,
    fields: {
      ...toUserFields(user, stored),
      username: chosen.username,
    } as Partial<UserFields>,
    empty: { ...EMPTY_USER, username: chosen.username },
    stamp: { ...toStamp(incoming), clerk_username: chosen.clerkUsername },
    incoming,
    known,
    derive: ({ first_name, last_name }) => ({
      full_name: joinNames(first_name, last_name),
    }),
  });
}

/** Nothing for a document that the application made without a user name. */
function storedUsername(
  { username, sync }: Partial<UserDocument>,
): ChosenUsername | undefined {
  if (!username) return undefined;
  return { username, clerkUsername: sync?.clerk_username ?? null };
}

/** The parts of planWrite()'s question. */
export interface WriteQuestion<D extends SyncedDocument> {
  readonly id: string;
  /** What the incoming state says; absent fields stay as they are. */
  readonly fields: Partial<FieldsOf<D>>;
  /** What a new document has where the state says nothing. */
  readonly empty: FieldsOf<D>;
  readonly stamp: D["sync"];
  readonly incoming: Incoming;
  readonly known: Known<D>;
  /** What follows from several fields, for which no one state may speak. */
  readonly derive?: (fields: FieldsOf<D>) => Partial<FieldsOf<D>>;
}

/**
 * Plans the write of one document of any kind.
 *
 * @param question The incoming state and what the store has.
 * @returns The plan.
 */
export function planWrite<D extends SyncedDocument>(
  question: WriteQuestion<D>,
): WritePlan<D> {
  const { id, fields, empty, incoming, known } = question;
  const { stored } = known;
  if (known.isTombstoned) {
    return stored === undefined
      ? { kind: "skip", reason: "tombstoned" }
      : { kind: "remove", reason: "tombstoned" };
  }
  const refusal = stored && findRefusal(incoming.version, stored.sync);
  if (refusal !== undefined) {
    return planLateWrite(question) ?? { kind: "skip", reason: refusal };
  }
  const stamp = { ...question.stamp, ...noteUntold(question) };
  if (stored === undefined) {
    return {
      kind: "insert",
      document: { _id: id, ...empty, ...fields, sync: stamp } as unknown as D,
    };
  }
  return planUpdate(stored, fields, stamp);
}

/** Of an older state, what no newer one has told. */
function planLateWrite<D extends SyncedDocument>(
  question: WriteQuestion<D>,
): WritePlan<D> | null {
  const { known: { stored }, derive } = question;
  const late = findLateFields(question);
  if (stored === undefined || late === null) return null;
  const fields = late.fields as Partial<FieldsOf<D>>;
  return planUpdate(
    stored,
    { ...fields, ...derive?.({ ...stored, ...fields }) },
    { ...stored.sync, older: late.older },
  );
}

function planUpdate<D extends SyncedDocument>(
  stored: D,
  fields: Partial<FieldsOf<D>>,
  stamp: D["sync"],
): WritePlan<D> {
  const changed = Object.entries(fields).filter(([name, value]) =>
    !isDeepStrictEqual(value, Reflect.get(stored, name))
  );
  return {
    kind: "update",
    set: Object.fromEntries(changed) as Partial<FieldsOf<D>>,
    before: Object.fromEntries(
      changed.map(([name]) => [name, Reflect.get(stored, name)]),
    ) as Partial<FieldsOf<D>>,
    stamp,
    expected: stored.sync,
  };
}

/** @returns The stamp that a write of the incoming state leaves behind. */
export function toStamp({ version, source, now }: Incoming): SyncStamp {
  return {
    version: version.updatedAtMs,
    event_at: version.eventAt,
    event_id: version.eventId,
    source,
    synced_at: now,
  };
}

function findRefusal(
  incoming: Version,
  stored: SyncStamp | undefined,
): DiscardReason | undefined {
  const current = versionOf(stored);
  const order = compareVersions(incoming, current);
  if (order > 0) return undefined;
  const isSameState = incoming.updatedAtMs === current.updatedAtMs &&
      (order === 0 || incoming.eventAt === null) ||
    hasToldLate(incoming, stored);
  return isSameState ? "duplicate" : "stale";
}
