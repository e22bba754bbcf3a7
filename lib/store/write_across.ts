/**
 * Updates of several collections in one command: what a batch of events costs is
 * one round trip and, where the server is durable, one commit.
 *
 * The command is `bulkWrite`, which MongoDB has since 8.0; an older server gets one
 * command a collection, in the same order.
 */
import {
  type AnyClientBulkWriteModel,
  type Collection,
  type Db,
  type Document,
  MongoServerError,
  type UpdateOneModel,
} from "mongodb";

/** Updates of one collection, in their order. */
export interface CollectionUpdates {
  readonly collection: string;
  readonly updates: readonly UpdateOneModel<Document>[];
}

/** Makes all updates, in order; none may be written twice to the same end. */
export type CrossWriter = (
  parts: readonly CollectionUpdates[],
) => Promise<void>;

const COMMAND_NOT_FOUND = 59;

/**
 * Brings a collection's updates into the form that is written.
 *
 * @param collection Where.
 * @param updates What, typed by the collection.
 * @returns The same, for `CrossWriter`.
 */
export function updatesOf<D extends Document>(
  { collectionName }: Collection<D>,
  updates: readonly UpdateOneModel<D>[],
): CollectionUpdates {
  return {
    collection: collectionName,
    updates: updates as readonly UpdateOneModel<Document>[],
  };
}

/**
 * Makes a writer.
 *
 * @param db The database.
 * @returns A function that resolves once everything is written; it rejects with
 * the driver's error, and what stands before the failed update is written then.
 */
export function createCrossWriter(db: Db): CrossWriter {
  let hasBulkWrite = true;

  async function writeTogether(parts: readonly CollectionUpdates[]) {
    const models = parts.flatMap(({ collection, updates }) =>
      updates.map((update): AnyClientBulkWriteModel<Document> => ({
        name: "updateOne",
        namespace: `${db.databaseName}.${collection}`,
        ...update,
      }))
    );
    await db.client.bulkWrite(models, { ordered: true });
  }

  async function writeApart(parts: readonly CollectionUpdates[]) {
    for (const { collection, updates } of parts) {
      await db.collection(collection).bulkWrite(
        updates.map((updateOne) => ({ updateOne })),
        { ordered: true },
      );
    }
  }

  return async (parts) => {
    const due = parts.filter(({ updates }) => updates.length > 0);
    if (due.length === 0) return;
    if (hasBulkWrite) {
      try {
        return await writeTogether(due);
      } catch (error) {
        if (!isUnknownCommand(error)) throw error;
        hasBulkWrite = false;
      }
    }
    await writeApart(due);
  };
}

/** The driver hides the server's error in one of its own. */
function isUnknownCommand(error: unknown): boolean {
  for (let at = error; at instanceof Error; at = at.cause) {
    if (at instanceof MongoServerError && at.code === COMMAND_NOT_FOUND) {
      return true;
    }
  }
  return false;
}
