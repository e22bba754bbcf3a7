/**
 * Step ⑤ of the path: carries a WritePlan out against MongoDB, atomically.
 *
 * One state costs at most three calls: read document and tombstone together,
 * write, and, after an insert, look for a tombstone again. A write holds only
 * while the document still is what the plan was made from; otherwise it is
 * planned anew. A delete writes its tombstone before it removes the document, so
 * whichever of the two an insert misses on its first look it sees on its second.
 * What to write is decided in lib/sync, not here.
 */
import type { Collection, Db, Filter, OptionalUnlessRequiredId } from "mongodb";
import { AppError } from "../errors.ts";
import type { DiscardReason, DocumentChange } from "../events.ts";
import { randomReadable } from "../ids.ts";
import { withSuffix } from "../sync/username.ts";
import type { Known, SyncedDocument, WritePlan } from "../sync/write_plan.ts";
import { isDuplicateKey } from "./duplicate_key.ts";
import {
  guardedUpdate,
  ownFields,
  toApplied,
  type UpdatePlan,
} from "./guarded_write.ts";

/** A deleted id, kept for good. */
export interface TombstoneDocument {
  /** Clerk's id of what was deleted. */
  _id: string;
  deleted_at: Date;
  event_id: string | null;
}

/** What became of one state. */
export type WriteOutcome =
  | {
    readonly kind: "applied";
    readonly change: DocumentChange;
    /** Whether nothing but the stamp differed. */
    readonly isVersionOnly: boolean;
  }
  | { readonly kind: "discarded"; readonly reason: DiscardReason };

/** Decides on a write from what the store knows; may be asked several times. */
export type Planner<D extends SyncedDocument> = (
  known: Known<D>,
) => WritePlan<D>;

/** Contention on one document that is worth retrying in place. */
const MAX_ROUNDS = 16;
const SUFFIX_LENGTH = 6;

/** A collection whose documents only move forward in Clerk's time. */
export class SyncedCollection<D extends SyncedDocument> {
  /** The collection itself, for reading. */
  readonly documents: Collection<D>;
  /** Of all collections, for reading: ids are never used again. */
  readonly tombstones: Collection<TombstoneDocument>;
  readonly name: DocumentChange["collection"];

  /**
   * @param db The database.
   * @param name The collection's name.
   */
  constructor(db: Db, name: DocumentChange["collection"]) {
    this.name = name;
    this.documents = db.collection<D>(name);
    this.tombstones = db.collection<TombstoneDocument>("tombstones");
  }

  /**
   * Brings one document to a state, if the plan says so.
   *
   * @param id Clerk's id of the object.
   * @param plan Decides what to write.
   * @param parents Other ids whose tombstones rule this document out as well.
   * @returns What became of it.
   * @throws {AppError} when other writers win too many times in a row.
   */
  async apply(
    id: string,
    plan: Planner<D>,
    parents: readonly string[] = [],
  ): Promise<WriteOutcome> {
    const ids = [id, ...parents];
    for (let round = 0; round < MAX_ROUNDS; round++) {
      const outcome = await this.#carryOut(
        id,
        plan(await this.#read(id, ids)),
        ids,
      );
      if (outcome !== "moved-on") return outcome;
    }
    throw new AppError(
      `Cannot write to ${this.name}: the document changed ${MAX_ROUNDS} times meanwhile`,
      { code: "write-contention", status: 503, retryable: true },
    );
  }

  /**
   * Deletes an object for good.
   *
   * @param tombstone Its id, and by which event it went.
   * @returns What became of it: tombstoned when another event had deleted it.
   */
  async remove(tombstone: TombstoneDocument): Promise<WriteOutcome> {
    const { _id, ...facts } = tombstone;
    const marked = await this.tombstones.findOneAndUpdate(
      { _id },
      { $setOnInsert: facts },
      { upsert: true, returnDocument: "after" },
    );
    const removed = await this.documents.findOneAndDelete(byId<D>(_id));
    const isOwnTombstone = marked === null ||
      marked.event_id === tombstone.event_id;
    if (removed === null && !isOwnTombstone) {
      return { kind: "discarded", reason: "tombstoned" };
    }
    return this.#applied(_id, "delete", removed && ownFields(removed), null);
  }

  async #read(id: string, ids: readonly string[]): Promise<Known<D>> {
    const found = await this.documents.aggregate<
      D & { is_tombstone?: boolean }
    >([
      { $match: { _id: id } },
      {
        $unionWith: {
          coll: this.tombstones.collectionName,
          pipeline: [
            { $match: { _id: { $in: ids } } },
            { $project: { is_tombstone: { $literal: true } } },
          ],
        },
      },
    ]).toArray();
    return {
      stored: found.find((document) => document.is_tombstone === undefined),
      isTombstoned: found.some((document) => document.is_tombstone === true),
    };
  }

  async #carryOut(
    id: string,
    plan: WritePlan<D>,
    ids: readonly string[],
  ): Promise<WriteOutcome | "moved-on"> {
    switch (plan.kind) {
      case "skip":
        return { kind: "discarded", reason: plan.reason };
      case "remove":
        await this.documents.deleteOne(byId<D>(id));
        return { kind: "discarded", reason: plan.reason };
      case "insert":
        return await this.#insert(plan.document, ids);
      case "update":
        return await this.#update(id, plan);
      default:
        return plan satisfies never;
    }
  }

  async #insert(
    document: D,
    ids: readonly string[],
  ): Promise<WriteOutcome | "moved-on"> {
    const hasInserted = await retryTakenUsername(
      document,
      async (candidate) => {
        await this.documents.insertOne(
          candidate as OptionalUnlessRequiredId<D>,
        );
        return true;
      },
    );
    if (!hasInserted) return "moved-on";
    const tombstone = await this.tombstones.findOne({
      _id: { $in: [...ids] },
    });
    if (tombstone !== null) {
      await this.documents.deleteOne(byId<D>(document._id));
      return { kind: "discarded", reason: "tombstoned" };
    }
    return this.#applied(document._id, "insert", null, ownFields(document));
  }

  async #update(
    id: string,
    plan: UpdatePlan<D>,
  ): Promise<WriteOutcome | "moved-on"> {
    const set: Record<string, unknown> = { ...plan.set };
    const hasUpdated = await retryTakenUsername(set, async (candidate) => {
      const { filter, update } = guardedUpdate<D>(id, plan, candidate);
      const { matchedCount } = await this.documents.updateOne(filter, update);
      return matchedCount === 1;
    });
    if (!hasUpdated) return "moved-on";
    return this.#applied(id, "update", plan.before, set);
  }

  #applied(
    id: string,
    kind: DocumentChange["kind"],
    before: object | null,
    after: object | null,
  ): WriteOutcome {
    return toApplied({ collection: this.name, id, kind, before, after });
  }
}

/**
 * Runs a write, with other suffixes as long as its user name is taken.
 *
 * @returns False when the write found the document changed or already there.
 */
async function retryTakenUsername<F extends object>(
  fields: F,
  write: (fields: F) => Promise<boolean>,
): Promise<boolean> {
  const wanted: unknown = Reflect.get(fields, "username");
  for (let round = 0; round < MAX_ROUNDS; round++) {
    try {
      return await write(fields);
    } catch (error) {
      if (isDuplicateKey(error, "_id")) return false;
      if (!isDuplicateKey(error, "username") || typeof wanted !== "string") {
        throw error;
      }
      Reflect.set(
        fields,
        "username",
        withSuffix(wanted, randomReadable(SUFFIX_LENGTH)),
      );
    }
  }
  return false;
}

/** The id as a filter: the driver's types cannot see that `_id` is text. */
function byId<D extends SyncedDocument>(id: string): Filter<D> {
  return { _id: id } as Filter<D>;
}
