/**
 * Step ⑤ of the path: inserts and guarded updates of many documents in one call,
 * with word of what became of each.
 *
 * The server carries out every write by itself: its filter is its guard. A user
 * name that is taken gets another suffix, and the write is made again.
 */
import { isDeepStrictEqual } from "node:util";
import {
  type AnyBulkWriteOperation,
  type Collection,
  type Filter,
  MongoBulkWriteError,
  type OptionalId,
  type WriteError,
} from "mongodb";
import { AppError } from "../errors.ts";
import { randomReadable } from "../ids.ts";
import { withSuffix } from "../sync/username.ts";
import type { SyncStamp } from "../sync/version.ts";
import type { SyncedDocument } from "../sync/write_plan.ts";
import { DUPLICATE_KEY, isDuplicateIn } from "./duplicate_key.ts";
import { guardedUpdate, type UpdatePlan } from "./guarded_write.ts";

/** One document to write; no two of a batch have the same id. */
export type DocumentWrite<D extends SyncedDocument> =
  | { readonly kind: "insert"; readonly document: D }
  | UpdatePlan<D> & { readonly id: string }
  | { readonly kind: "remove"; readonly id: string };

/** MongoDB does not take a document as it is; another try changes nothing. */
export class DocumentRefusedError extends AppError {
  override readonly name = "DocumentRefusedError";

  /** @param reason Why, without values. */
  constructor(readonly reason: string) {
    super(`Cannot write document: ${reason}`, {
      code: "document-refused",
      status: 500,
      retryable: false,
    });
  }
}

/** What became of one write: its guard held, or it did not, or it failed. */
export type WriteResult = "written" | "moved-on" | Error;

const MAX_ROUNDS = 16;
const SUFFIX_LENGTH = 6;

/**
 * MongoDB's codes for what a document itself is refused for.
 *
 * @see https://www.mongodb.com/docs/manual/reference/error-codes/
 */
const REFUSALS: ReadonlyMap<number, string> = new Map([
  [121, "MongoDB's validator refuses it"], // DocumentValidationFailure
  [10334, "it would have more than 16 MiB"], // BSONObjectTooLarge
  [17419, "it would have more than 16 MiB"], // the same, after an update
  [52, "this MongoDB takes no key with a dollar sign"], // DollarPrefixedFieldName
  [57, "this MongoDB takes no key with a dot"], // DottedFieldName
]);

/**
 * Writes documents; a user name in `document` or `set` may be changed.
 *
 * @param collection Where.
 * @param writes One a document.
 * @returns One result each, in order.
 * @throws {MongoError} when the server cannot be reached: any of the writes may
 * have been made.
 */
export async function writeDocuments<D extends SyncedDocument>(
  collection: Collection<D>,
  writes: readonly DocumentWrite<D>[],
): Promise<WriteResult[]> {
  const results: WriteResult[] = writes.map(() => "written");
  const wanted = writes.map((write) => usernameOf(fieldsOf(write)));
  let due = writes.map((_, index) => index);
  for (let round = 0; due.length > 0 && round < MAX_ROUNDS; round++) {
    const failures = await writeOnce(
      collection,
      due.map((index) => writes[index]).filter((write) => write !== undefined),
    );
    const taken: number[] = [];
    for (const [position, failure] of failures) {
      const index = due[position] ?? 0;
      const fields = fieldsOf(writes[index]);
      const name = wanted[index];
      if (failure === "username-taken" && fields && name !== undefined) {
        const suffix = randomReadable(SUFFIX_LENGTH);
        Reflect.set(fields, "username", withSuffix(name, suffix));
        taken.push(index);
      } else {
        results[index] = failure === "username-taken" ? "moved-on" : failure;
      }
    }
    due = taken;
  }
  for (const index of due) results[index] = "moved-on";
  return results;
}

type Failure = "moved-on" | "username-taken" | Error;

/** @returns What did not go well, by position. */
async function writeOnce<D extends SyncedDocument>(
  collection: Collection<D>,
  writes: readonly DocumentWrite<D>[],
): Promise<Map<number, Failure>> {
  const failures = new Map<number, Failure>();
  let matched = 0;
  try {
    const result = await collection.bulkWrite(writes.map(toOperation), {
      ordered: false,
    });
    matched = result.matchedCount;
  } catch (error) {
    if (!isOfSingleWrites(error)) throw error;
    matched = error.matchedCount;
    for (const failure of [error.writeErrors].flat()) {
      failures.set(failure.index, readFailure(failure));
    }
  }
  const updates = [...writes.entries()].filter(([position, { kind }]) =>
    kind === "update" && !failures.has(position)
  );
  if (matched < updates.length) {
    for (const position of await findLost(collection, updates)) {
      failures.set(position, "moved-on");
    }
  }
  return failures;
}

/**
 * Whether a failure tells of documents: the server has answered for each write,
 * and made all that it does not name.
 */
function isOfSingleWrites(error: unknown): error is MongoBulkWriteError {
  return error instanceof MongoBulkWriteError &&
    [error.writeErrors].flat().length > 0 &&
    error.result.getWriteConcernError() === undefined;
}

function readFailure(fault: WriteError): Failure {
  if (isDuplicateIn(fault, "_id")) return "moved-on";
  if (isDuplicateIn(fault, "username")) return "username-taken";
  if (fault.code === DUPLICATE_KEY) {
    const index = /index: (\S+)/.exec(fault.errmsg ?? "")?.[1] ?? "an index";
    return new DocumentRefusedError(
      `MongoDB has the same key in ${index} already`,
    );
  }
  const reason = REFUSALS.get(fault.code);
  if (reason !== undefined) return new DocumentRefusedError(reason);
  return new AppError(`Cannot write document: MongoDB answers ${fault.code}`, {
    code: "write-failed",
    status: 503,
    retryable: true,
  });
}

/**
 * The bulk's answer tells how many filters matched, not which: those documents
 * that do not have the write's own stamp were not written by it, or have been
 * written again since, which to this write is the same.
 */
async function findLost<D extends SyncedDocument>(
  collection: Collection<D>,
  updates: readonly (readonly [number, DocumentWrite<D>])[],
): Promise<number[]> {
  const ids = updates.map(([, write]) => idOf(write));
  const found = await collection.aggregate<{ _id: string; sync?: SyncStamp }>([
    { $match: { _id: { $in: ids } } },
    { $project: { sync: 1 } },
  ]).toArray();
  const stamps = new Map(found.map(({ _id, sync }) => [_id, sync]));
  return updates.flatMap(([position, write]) =>
    write.kind === "update" &&
      !isSameWrite(stamps.get(write.id), write.stamp)
      ? [position]
      : []
  );
}

function isSameWrite(found: SyncStamp | undefined, own: SyncStamp): boolean {
  return found !== undefined && found.version === own.version &&
    found.event_id === own.event_id &&
    found.event_at?.getTime() === own.event_at?.getTime() &&
    found.synced_at.getTime() === own.synced_at.getTime() &&
    isDeepStrictEqual(found.older, own.older);
}

function toOperation<D extends SyncedDocument>(
  write: DocumentWrite<D>,
): AnyBulkWriteOperation<D> {
  switch (write.kind) {
    case "insert":
      return {
        insertOne: {
          document: write.document as OptionalId<D>,
        },
      };
    case "update":
      return { updateOne: guardedUpdate<D>(write.id, write) };
    case "remove":
      return { deleteOne: { filter: { _id: write.id } as Filter<D> } };
    default:
      return write satisfies never;
  }
}

function idOf<D extends SyncedDocument>(write: DocumentWrite<D>): string {
  return write.kind === "insert" ? write.document._id : write.id;
}

function fieldsOf<D extends SyncedDocument>(
  write: DocumentWrite<D> | undefined,
): object | undefined {
  if (write?.kind === "insert") return write.document;
  return write?.kind === "update" ? write.set : undefined;
}

function usernameOf(fields: object | undefined): string | undefined {
  const name: unknown = fields && Reflect.get(fields, "username");
  return typeof name === "string" ? name : undefined;
}
