/**
 * Step ⑤ of the path for many documents at once: read together, planned one by
 * one, written in one bulk, each under the guard of its own.
 *
 * A write that another writer was faster than, or whose user name is taken, is
 * planned anew with the next bulk; what is left after a few goes the way of
 * single documents. After the inserts the tombstones are looked at again, as
 * there. Source: MongoDB manual, "Bulk Write Operations", unordered.
 */
import {
  type AnyBulkWriteOperation,
  type Filter,
  MongoBulkWriteError,
  type OptionalId,
  type WriteError,
} from "mongodb";
import { randomReadable } from "../ids.ts";
import { withSuffix } from "../sync/username.ts";
import type { SyncStamp } from "../sync/version.ts";
import type { Known, SyncedDocument, WritePlan } from "../sync/write_plan.ts";
import { DUPLICATE_KEY, isDuplicateIn } from "./duplicate_key.ts";
import { guardedUpdate, ownFields, toApplied } from "./guarded_write.ts";
import type {
  Planner,
  SyncedCollection,
  WriteOutcome,
} from "./synced_collection.ts";

/** What became of one of many: as of a single one, or the server's refusal. */
export type ManyOutcome = WriteOutcome | {
  readonly kind: "refused";
  /** Why, without values. */
  readonly reason: string;
};

/** A plan that needs a write. */
type DuePlan<D extends SyncedDocument> = Extract<
  WritePlan<D>,
  { readonly kind: "insert" | "update" }
>;

/** The writes of one bulk, by Clerk's id. */
type DueWrites<D extends SyncedDocument> = ReadonlyMap<string, DuePlan<D>>;

/** What the server said to a bulk. */
interface BulkAnswer {
  readonly matchedCount: number;
  /** Errors of single writes, by id. */
  readonly errors: ReadonlyMap<string, WriteError>;
}

/** What is known so far of all documents. */
interface Progress {
  readonly outcomes: Map<string, ManyOutcome>;
  /** User names that another document has, by the id that wanted them. */
  readonly taken: Map<string, string>;
}

const MAX_BULKS = 4;
const SUFFIX_LENGTH = 6;
const DOCUMENT_VALIDATION_FAILURE = 121;

/**
 * Brings many documents to a state each, as far as their plans say so.
 *
 * @param collection Where.
 * @param planners Decide what to write, by Clerk's id; may be asked several times.
 * @returns What became of each.
 * @throws {MongoServerError} when the server fails at more than single documents.
 */
export async function applyMany<D extends SyncedDocument>(
  collection: SyncedCollection<D>,
  planners: ReadonlyMap<string, Planner<D>>,
): Promise<Map<string, ManyOutcome>> {
  const outcomes = new Map<string, ManyOutcome>();
  const progress: Progress = { outcomes, taken: new Map() };
  let open = [...planners.keys()];
  for (let bulk = 0; bulk < MAX_BULKS && open.length > 0; bulk++) {
    const known = await readKnown(collection, open);
    const due = new Map<string, DuePlan<D>>();
    for (const id of open) {
      const plan = planners.get(id)!(known(id));
      if (plan.kind === "skip") {
        outcomes.set(id, { kind: "discarded", reason: plan.reason });
      } else if (plan.kind !== "remove") {
        due.set(id, withFreeName(plan, progress.taken.get(id)));
      }
    }
    await writeBulk(collection, due, progress);
    open = open.filter((id) => !outcomes.has(id));
  }
  for (const id of open) {
    outcomes.set(id, await collection.apply(id, planners.get(id)!));
  }
  return outcomes;
}

async function readKnown<D extends SyncedDocument>(
  { documents, tombstones }: SyncedCollection<D>,
  ids: readonly string[],
): Promise<(id: string) => Known<D>> {
  const [found, gone] = await Promise.all([
    documents.find<D>(byIds(ids)).toArray(),
    tombstones.find(byIds(ids)).toArray(),
  ]);
  const stored = new Map(found.map((document) => [document._id, document]));
  const deleted = new Set(gone.map(({ _id }) => _id));
  return (id) => ({
    stored: stored.get(id),
    isTombstoned: deleted.has(id),
  });
}

/** The plan with a suffix to its user name, if another document has that. */
function withFreeName<D extends SyncedDocument>(
  plan: DuePlan<D>,
  taken: string | undefined,
): DuePlan<D> {
  if (taken === undefined || usernameOf(plan) !== taken) return plan;
  const username = withSuffix(taken, randomReadable(SUFFIX_LENGTH));
  return plan.kind === "insert"
    ? { ...plan, document: { ...plan.document, username } }
    : { ...plan, set: { ...plan.set, username } };
}

async function writeBulk<D extends SyncedDocument>(
  collection: SyncedCollection<D>,
  due: DueWrites<D>,
  { outcomes, taken }: Progress,
): Promise<void> {
  if (due.size === 0) return;
  const { errors, matchedCount } = await send(collection, due);
  for (const [id, error] of errors) {
    if (isDuplicateIn(error, "_id")) continue;
    const username = usernameOf(due.get(id)!);
    if (isDuplicateIn(error, "username") && username !== undefined) {
      taken.set(id, username);
    } else {
      outcomes.set(id, { kind: "refused", reason: explainRefusal(error) });
    }
  }
  const written = [...due].filter(([id]) => !errors.has(id));
  const inserts = written.filter(([, plan]) => plan.kind === "insert");
  const updates = written.filter(([, plan]) => plan.kind === "update");
  const missed = updates.length === matchedCount
    ? new Set<string>()
    : await findMissed(collection, updates);
  const gone = await undoDeleted(collection, inserts.map(([id]) => id));
  for (const [id, plan] of written) {
    if (gone.has(id)) {
      outcomes.set(id, { kind: "discarded", reason: "tombstoned" });
    } else if (!missed.has(id)) {
      outcomes.set(id, describe(collection.name, id, plan));
    }
  }
}

async function send<D extends SyncedDocument>(
  { documents }: SyncedCollection<D>,
  due: DueWrites<D>,
): Promise<BulkAnswer> {
  const ids = [...due.keys()];
  const writes = [...due].map(([id, plan]): AnyBulkWriteOperation<D> =>
    plan.kind === "insert"
      ? {
        insertOne: { document: plan.document as OptionalId<D> },
      }
      : { updateOne: guardedUpdate<D>(id, plan) }
  );
  try {
    const { matchedCount } = await documents.bulkWrite(writes, {
      ordered: false,
    });
    return { matchedCount, errors: new Map() };
  } catch (error) {
    if (!(error instanceof MongoBulkWriteError)) throw error;
    const errors = [error.writeErrors].flat();
    if (errors.length === 0 || !errors.every(isOfOneDocument)) throw error;
    return {
      matchedCount: error.result.matchedCount,
      errors: new Map(errors.map((each) => [ids[each.index]!, each])),
    };
  }
}

/** Whether an error tells of the document and not of the server's state. */
function isOfOneDocument({ code }: WriteError): boolean {
  return code === DUPLICATE_KEY || code === DOCUMENT_VALIDATION_FAILURE;
}

/**
 * The updates whose document had changed: a bulk tells only how many. One that
 * was overwritten since counts too; planned anew, it is stale.
 */
async function findMissed<D extends SyncedDocument>(
  { documents }: SyncedCollection<D>,
  updates: readonly (readonly [string, DuePlan<D>])[],
): Promise<Set<string>> {
  const found = await documents
    .find(byIds<D>(updates.map(([id]) => id)))
    .project<{ _id: string; sync?: SyncStamp }>({ sync: 1 }).toArray();
  const stamps = new Map(found.map(({ _id, sync }) => [_id, sync]));
  return new Set(
    updates
      .filter(([id, plan]) =>
        plan.kind === "update" && !isSameStamp(plan.stamp, stamps.get(id))
      )
      .map(([id]) => id),
  );
}

/** Removes what was deleted while it was inserted. */
async function undoDeleted<D extends SyncedDocument>(
  { documents, tombstones }: SyncedCollection<D>,
  ids: readonly string[],
): Promise<Set<string>> {
  if (ids.length === 0) return new Set();
  const gone = await tombstones.find(byIds(ids)).toArray();
  const goneIds = gone.map(({ _id }) => _id);
  if (goneIds.length > 0) await documents.deleteMany(byIds<D>(goneIds));
  return new Set(goneIds);
}

function describe<D extends SyncedDocument>(
  collection: SyncedCollection<D>["name"],
  id: string,
  plan: DuePlan<D>,
): WriteOutcome {
  return plan.kind === "insert"
    ? toApplied({
      collection,
      id,
      kind: "insert",
      before: null,
      after: ownFields(plan.document),
    })
    : toApplied({
      collection,
      id,
      kind: "update",
      before: plan.before,
      after: plan.set,
    });
}

function usernameOf<D extends SyncedDocument>(
  plan: DuePlan<D>,
): string | undefined {
  const fields = plan.kind === "insert" ? plan.document : plan.set;
  const username: unknown = Reflect.get(fields, "username");
  return typeof username === "string" ? username : undefined;
}

function explainRefusal({ code, errmsg }: WriteError): string {
  if (code !== DUPLICATE_KEY) return "MongoDB's validator refuses the document";
  const index = /index: (\S+)/.exec(errmsg ?? "")?.[1] ?? "an index";
  return `MongoDB has the same key in ${index} already`;
}

function isSameStamp(own: SyncStamp, found: SyncStamp | undefined): boolean {
  return own.version === found?.version && own.event_id === found.event_id &&
    own.event_at?.getTime() === found.event_at?.getTime();
}

/** Ids as a filter: the driver's types cannot see that `_id` is text. */
function byIds<D>(ids: readonly string[]): Filter<D> {
  return { _id: { $in: [...ids] } } as unknown as Filter<D>;
}
