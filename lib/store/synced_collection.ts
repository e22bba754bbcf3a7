/**
 * Step ⑤ of the path: carries WritePlans out against MongoDB, atomically.
 *
 * States that arrive together cost three calls together: read documents and
 * tombstones, write, and, after an insert, look for a tombstone again. A write
 * holds only while the document still is what the plan was made from; otherwise
 * it is planned anew. A delete writes its tombstone before it removes the
 * document, so whichever of the two an insert misses on its first look it sees on
 * its second. What to write is decided in lib/sync, not here.
 */
import { type Collection, type Db, type Filter, MongoError } from "mongodb";
import { AppError } from "../errors.ts";
import type { DiscardReason, DocumentChange } from "../events.ts";
import type { Known, SyncedDocument, WritePlan } from "../sync/write_plan.ts";
import { createGatherer } from "./gather.ts";
import { ownFields, toApplied } from "./guarded_write.ts";
import {
  type DocumentWrite,
  writeDocuments,
  type WriteResult,
} from "./write_documents.ts";

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

/** One document to bring to a state. */
interface Request<D extends SyncedDocument> {
  readonly id: string;
  readonly plan: Planner<D>;
  /** Ids whose tombstones rule the document out, its own among them. */
  readonly ids: readonly string[];
}

/** A request with the plan that was made for it. */
interface Planned<D extends SyncedDocument> extends Request<D> {
  readonly decision: WritePlan<D>;
  /** Null when there is nothing to write. */
  readonly write: DocumentWrite<D> | null;
}

/** What became of one request in one round; "moved-on" wants another one. */
type RoundResult = WriteOutcome | "moved-on" | Error;

/** Contention on one document that is worth retrying in place. */
const MAX_ROUNDS = 16;
/** A call stays small enough for others to have their turn. */
const MAX_BATCH = 100;

/** A collection whose documents only move forward in Clerk's time. */
export class SyncedCollection<D extends SyncedDocument> {
  /** The collection itself, for reading. */
  readonly documents: Collection<D>;
  /** Of all collections, for reading: ids are never used again. */
  readonly tombstones: Collection<TombstoneDocument>;
  readonly #name: DocumentChange["collection"];
  readonly #gather: (
    request: Request<D>,
  ) => Promise<WriteOutcome | "moved-on">;

  /**
   * @param db The database.
   * @param name The collection's name.
   */
  constructor(db: Db, name: DocumentChange["collection"]) {
    this.#name = name;
    this.documents = db.collection<D>(name);
    this.tombstones = db.collection<TombstoneDocument>("tombstones");
    this.#gather = createGatherer({
      serve: (requests) => this.#serve(requests),
      keyOf: ({ id }) => id,
      maxBatch: MAX_BATCH,
    });
  }

  /**
   * Brings one document to a state, if the plan says so, together with whatever
   * else is asked for meanwhile.
   *
   * @param id Clerk's id of the object.
   * @param plan Decides what to write.
   * @param parents Other ids whose tombstones rule this document out as well.
   * @returns What became of it.
   * @throws {AppError} when other writers win too many times in a row.
   * @throws {DocumentRefusedError} when MongoDB does not take the document.
   */
  async apply(
    id: string,
    plan: Planner<D>,
    parents: readonly string[] = [],
  ): Promise<WriteOutcome> {
    for (let round = 0; round < MAX_ROUNDS; round++) {
      const outcome = await this.#gather({ id, plan, ids: [id, ...parents] });
      if (outcome !== "moved-on") return outcome;
    }
    throw new AppError(
      `Cannot write to ${this.#name}: the document changed ${MAX_ROUNDS} times meanwhile`,
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
    const { _id } = tombstone;
    const marked = await this.leaveTombstone(tombstone);
    const removed = await this.documents.findOneAndDelete(byIds<D>(_id));
    const isOwnTombstone = marked === null ||
      marked.event_id === tombstone.event_id;
    if (removed === null && !isOwnTombstone) {
      return { kind: "discarded", reason: "tombstoned" };
    }
    return this.#applied(_id, "delete", removed && ownFields(removed), null);
  }

  /**
   * Lets everybody see that an object is deleted, ahead of its removal.
   *
   * @param tombstone Its id, and by which event it goes.
   * @returns The tombstone that stands: the first that was left.
   */
  async leaveTombstone(
    { _id, ...facts }: TombstoneDocument,
  ): Promise<TombstoneDocument | null> {
    return await this.tombstones.findOneAndUpdate(
      { _id },
      { $setOnInsert: facts },
      { upsert: true, returnDocument: "after" },
    );
  }

  /** What cannot even be sent must not take the others of its batch with it. */
  async #serve(requests: readonly Request<D>[]): Promise<RoundResult[]> {
    try {
      return await this.#carryOut(requests);
    } catch (error) {
      if (error instanceof MongoError || requests.length === 1) throw error;
      return await Promise.all(
        requests.map((request) =>
          this.#carryOut([request]).then(
            ([result]) => result ?? "moved-on",
            (failure: Error) => failure,
          )
        ),
      );
    }
  }

  async #carryOut(requests: readonly Request<D>[]): Promise<RoundResult[]> {
    const planned = await this.#plan(requests);
    const writes = planned.flatMap(({ write }) => write ?? []);
    const results = writes.length === 0
      ? []
      : await writeDocuments(this.documents, writes);
    const resultOf = new Map(writes.map((write, i) => [write, results[i]]));
    const inserted = planned.filter(({ write }) =>
      write?.kind === "insert" && resultOf.get(write) === "written"
    );
    const undone = await this.#undoTombstoned(inserted);
    return planned.map((item) =>
      undone.has(item.id)
        ? { kind: "discarded", reason: "tombstoned" }
        : this.#toOutcome(item, item.write && resultOf.get(item.write))
    );
  }

  async #plan(requests: readonly Request<D>[]): Promise<Planned<D>[]> {
    const { stored, tombstoned } = await this.#read(
      requests.map(({ id }) => id),
      requests.flatMap(({ ids }) => ids),
    );
    return requests.map((request) => {
      const decision = request.plan({
        stored: stored.get(request.id),
        isTombstoned: request.ids.some((id) => tombstoned.has(id)),
      });
      return { ...request, decision, write: toWrite(request.id, decision) };
    });
  }

  async #read(ids: readonly string[], graves: readonly string[]) {
    const found = await this.documents.aggregate<
      D & { is_tombstone?: boolean }
    >([
      { $match: { _id: { $in: ids } } },
      {
        $unionWith: {
          coll: this.tombstones.collectionName,
          pipeline: [
            { $match: { _id: { $in: graves } } },
            { $project: { is_tombstone: { $literal: true } } },
          ],
        },
      },
    ]).toArray();
    const [graveRows, documents] = [true, undefined].map((mark) =>
      found.filter(({ is_tombstone }) => is_tombstone === mark)
    );
    return {
      stored: new Map<string, D>(documents?.map((each) => [each._id, each])),
      tombstoned: new Set(graveRows?.map(({ _id }) => _id)),
    };
  }

  /** Removes again what was deleted while it was inserted. */
  async #undoTombstoned(
    inserted: readonly Planned<D>[],
  ): Promise<ReadonlySet<string>> {
    if (inserted.length === 0) return new Set();
    const found = await this.tombstones.aggregate<{ _id: string }>([
      { $match: { _id: { $in: inserted.flatMap(({ ids }) => ids) } } },
      { $project: { _id: 1 } },
    ]).toArray();
    const graves = new Set(found.map(({ _id }) => _id));
    const undone = inserted
      .filter(({ ids }) => ids.some((id) => graves.has(id)))
      .map(({ id }) => id);
    if (undone.length > 0) {
      await this.documents.deleteMany(byIds<D>(...undone));
    }
    return new Set(undone);
  }

  #toOutcome(
    { id, decision, write }: Planned<D>,
    result: WriteResult | null | undefined,
  ): RoundResult {
    if (write !== null && result !== "written") return result ?? "moved-on";
    switch (decision.kind) {
      case "skip":
      case "remove":
        return { kind: "discarded", reason: decision.reason };
      case "insert":
        return this.#applied(id, "insert", null, ownFields(decision.document));
      case "update":
        return this.#applied(id, "update", decision.before, decision.set);
      default:
        return decision satisfies never;
    }
  }

  #applied(
    id: string,
    kind: DocumentChange["kind"],
    before: object | null,
    after: object | null,
  ): WriteOutcome {
    return toApplied({ collection: this.#name, id, kind, before, after });
  }
}

function toWrite<D extends SyncedDocument>(
  id: string,
  plan: WritePlan<D>,
): DocumentWrite<D> | null {
  switch (plan.kind) {
    case "skip":
      return null;
    case "remove":
      return { kind: "remove", id };
    case "insert":
      return { kind: "insert", document: plan.document };
    case "update":
      return { ...plan, id };
    default:
      return plan satisfies never;
  }
}

/** Ids as a filter: the driver's types cannot see that `_id` is text. */
function byIds<D extends SyncedDocument>(...ids: string[]): Filter<D> {
  return { _id: { $in: ids } } as Filter<D>;
}
