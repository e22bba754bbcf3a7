/**
 * What each applied write changed, with the values before and after it: the
 * answer to "why does this row look so".
 *
 * One document an event and object, so that recording twice changes nothing.
 */
import type { Collection, Db } from "mongodb";
import type { DocumentChange, EventSettled } from "../events.ts";
import { type CollectionUpdates, updatesOf } from "./write_across.ts";

/** A document of the collection `changes`. Dates in values are ISO 8601 text. */
export interface ChangeDocument {
  /** Event id, collection and object id. */
  _id: string;
  at: Date;
  event_id: string;
  /** The collection that changed. */
  collection: DocumentChange["collection"];
  /** Clerk's id of the object. */
  document_id: string;
  kind: DocumentChange["kind"];
  /** Null for an insert, and where a crash lost the values. */
  before: Record<string, unknown> | null;
  after: Record<string, unknown> | null;
  /** The road that brought the state. */
  source: string;
  /** When the values were erased on demand. */
  erased_at?: Date;
}

/** The record of applied writes. */
export class Changes {
  /** The collection itself, for reading. */
  readonly documents: Collection<ChangeDocument>;

  /** @param db The database. */
  constructor(db: Db) {
    this.documents = db.collection<ChangeDocument>("changes");
  }

  /**
   * The updates that record the changes of settled events; what is recorded
   * already stays.
   *
   * @param settled Any number; those without changes cost nothing.
   * @returns One update a change.
   */
  plan(settled: readonly EventSettled[]): CollectionUpdates {
    return updatesOf(
      this.documents,
      settled.flatMap(toDocuments).map(({ _id, ...change }) => ({
        filter: { _id },
        update: { $setOnInsert: change },
        upsert: true,
      })),
    );
  }
}

function toDocuments(settled: EventSettled): ChangeDocument[] {
  return settled.changes.map((change) => ({
    _id: `${settled.event_id}:${change.collection}:${change.id}`,
    at: new Date(settled.settled_at),
    event_id: settled.event_id,
    collection: change.collection,
    document_id: change.id,
    kind: change.kind,
    before: change.before,
    after: change.after,
    source: settled.source,
  }));
}
