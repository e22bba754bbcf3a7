/**
 * What a comparison with Clerk must know of one kind of object: how to read it
 * there and here, and which rules of lib/sync decide. Scans and repairs are
 * written once, against this.
 */
import type { ClerkApiClient } from "../lib/clerk/clerk_api_client.ts";
import type {
  ComparedCollection,
  DriftTarget,
  MembershipPlace,
} from "../lib/store/drift_documents.ts";
import type { Store } from "../lib/store/store.ts";
import type {
  SyncedCollection,
  TombstoneDocument,
  WriteOutcome,
} from "../lib/store/synced_collection.ts";
import type { Drift } from "../lib/sync/drift.ts";
import type {
  Incoming,
  Known,
  SyncedDocument,
  WritePlan,
} from "../lib/sync/write_plan.ts";

/** Where a walk through one side has got to; plain JSON. */
export type Position = Readonly<Record<string, unknown>>;

/** An object as Clerk's API gives it, before the sync has read it. */
export interface ClerkObject {
  readonly id: string;
}

/** An object that the sync has read. */
export interface SyncedObject extends ClerkObject {
  readonly updated_at?: number | undefined;
}

/** Some of Clerk's objects, and where to go on. */
export interface ListedPage {
  readonly objects: readonly ClerkObject[];
  readonly next: Position;
}

/** One kind of object. */
export interface DriftSide<
  T extends SyncedObject,
  D extends SyncedDocument,
> {
  readonly name: ComparedCollection;
  /** Before `.reconciled`, in the type of what a repair leaves on record. */
  readonly noun: string;
  /** Our documents. */
  readonly collection: (store: Store) => SyncedCollection<D>;
  /** Undefined for what the sync cannot read. */
  readonly parse: (object: unknown) => T | undefined;
  /** Walks all of Clerk's. */
  readonly list: (
    clerkApi: ClerkApiClient,
    after: Position | null,
  ) => AsyncIterable<ListedPage>;
  /** Reads up to 100 of Clerk's; those it does not have are left out. */
  readonly read: (
    clerkApi: ClerkApiClient,
    targets: readonly DriftTarget[],
  ) => Promise<readonly ClerkObject[]>;
  /** Asks for one by itself; null is Clerk's own word that it has none. */
  readonly readOne: (
    clerkApi: ClerkApiClient,
    target: DriftTarget,
  ) => Promise<ClerkObject | null>;
  /** Where Clerk has the object; null where the id is enough. */
  readonly placeOf: (object: T) => MembershipPlace | null;
  /** Some of our synced documents after a place, in an order that is cheap to ask for. */
  readonly listOurs: (
    store: Store,
    after: Position | null,
    limit: number,
  ) => Promise<readonly OurObject[]>;
  /** The rule of comparison. */
  readonly findDrift: (
    object: T | null,
    known: Known<D>,
    now: Date,
  ) => Drift | null;
  /** The rule of writing. */
  readonly plan: (
    object: T,
    incoming: Incoming,
    known: Known<D>,
  ) => WritePlan<D>;
  /** Deletes one of ours for good, with what hangs on it. */
  readonly remove: (
    store: Store,
    tombstone: TombstoneDocument,
  ) => Promise<WriteOutcome>;
}

/** One of our documents, as far as a walk needs it. */
export interface OurObject {
  readonly target: DriftTarget;
  /** Where to go on after it. */
  readonly position: Position;
}

/** @returns Ids whose tombstones rule an object out as well. */
export function parentsOf(place: MembershipPlace | null): readonly string[] {
  return place === null ? [] : [place.organization_id, place.user_id];
}
