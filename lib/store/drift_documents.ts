/**
 * What scans leave in the store: a report for each scan and each comparison of
 * counts, an item for each object that differs. drift.ts reads and writes them.
 */
import type { DocumentChange } from "../events.ts";
import {
  type Drift,
  DRIFT_KINDS,
  type DriftCause,
  type DriftKind,
} from "../sync/drift.ts";

/** A collection that is compared with Clerk. */
export type ComparedCollection = DocumentChange["collection"];

/** How many objects either side has. */
export interface SideCounts {
  /** A count report leaves out what a scan has found to be tombstoned here. */
  readonly clerk: number;
  /** Synced documents: what the application made itself is not counted. */
  readonly mongodb: number;
}

/** Both sides' counts; null for what Clerk's instance does not offer. */
export type Counts = Readonly<Record<ComparedCollection, SideCounts | null>>;

/** A document of the collection `drift_reports`. */
export interface DriftReport {
  _id: string;
  /** A whole scan, or the cheap comparison of counts in between. */
  kind: "scan" | "count";
  state: "running" | "done" | "failed" | "skipped";
  /** Why it failed or was skipped. */
  reason: string | null;
  started_at: Date;
  /** When a scan began its last step; comparisons of counts have none. */
  moved_at?: Date;
  finished_at: Date | null;
  /** Users of Clerk that were compared. */
  checked: number;
  /** Calls of Clerk's Backend API, retries included. */
  requests: number;
  /** What was compared; null before the end. */
  counts: Counts | null;
  /** Confirmed differences. */
  totals: Record<DriftKind, number>;
}

/** Where a membership is found at Clerk. */
export interface MembershipPlace {
  readonly organization_id: string;
  readonly user_id: string;
}

/** An object that can be compared and repaired. */
export interface DriftTarget {
  readonly id: string;
  readonly collection: ComparedCollection;
  /** Null for what Clerk finds by its id alone. */
  readonly place: MembershipPlace | null;
}

/** A document of the collection `drift_items`. */
export interface DriftItem {
  /** Clerk's id of the object. */
  _id: string;
  collection: ComparedCollection;
  place: MembershipPlace | null;
  kind: DriftKind;
  state: "suspected" | "open" | "gone" | "repaired";
  fields: { field: string; clerk: unknown; mongodb: unknown }[];
  cause: DriftCause;
  /** The scan that saw it last. */
  report_id: string;
  first_seen_at: Date;
  seen_at: Date;
}

/** A difference and whose it is. */
export interface FoundDrift {
  readonly target: DriftTarget;
  readonly drift: Drift;
}

/** The second look at an object: what differs still, or null. */
export interface SecondLook {
  readonly target: DriftTarget;
  readonly drift: Drift | null;
}

/** @returns Totals of a report that has found nothing. */
export function noDrift(): DriftReport["totals"] {
  return Object.fromEntries(DRIFT_KINDS.map((kind) => [kind, 0])) as Record<
    DriftKind,
    number
  >;
}

/** @returns What an item is about. */
export function toTarget({ _id, collection, place }: DriftItem): DriftTarget {
  return { id: _id, collection, place };
}

/** @returns The objects of each collection. */
export function groupByCollection(
  targets: readonly DriftTarget[],
): Map<ComparedCollection, DriftTarget[]> {
  return Map.groupBy(targets, ({ collection }) => collection);
}
