/**
 * Copies a whole database to another server, value for value: the way from the
 * embedded MongoDB to a real one, with history, tombstones and fields of the
 * application's. Indexes are left out, for every start makes them.
 */
import type { Db, Document } from "mongodb";
import { AppError } from "../errors.ts";

/** One collection that was copied. */
export interface CopiedCollection {
  readonly name: string;
  readonly documents: number;
}

const BATCH = 500;

/** Numbers stay of the type that they are. */
const AS_STORED = { promoteValues: false, promoteBuffers: false } as const;

/**
 * Copies collection by collection.
 *
 * @param source What is read; nobody else may write to it meanwhile.
 * @param target What is written; it must have no documents.
 * @returns Each collection as it is done.
 * @throws {AppError} when the target has documents.
 */
export async function* copyDatabase(
  source: Db,
  target: Db,
): AsyncGenerator<CopiedCollection> {
  await requireEmpty(target);
  for (const name of await listNames(source)) {
    yield { name, documents: await copyCollection(source, target, name) };
  }
}

async function requireEmpty(target: Db): Promise<void> {
  for (const name of await listNames(target)) {
    if (await target.collection(name).findOne() === null) continue;
    throw new AppError(
      `Cannot copy the database: the target's collection "${name}" has documents`,
      { code: "target-not-empty", status: 409, retryable: false },
    );
  }
}

async function listNames(db: Db): Promise<string[]> {
  const collections = await db.listCollections({}, { nameOnly: true })
    .toArray();
  return collections.map(({ name }) => name)
    .filter((name) => !name.startsWith("system."))
    .toSorted();
}

async function copyCollection(
  source: Db,
  target: Db,
  name: string,
): Promise<number> {
  let copied = 0;
  let batch: Document[] = [];
  const flush = async () => {
    if (batch.length === 0) return;
    await target.collection(name).insertMany(batch);
    copied += batch.length;
    batch = [];
  };
  for await (const document of source.collection(name).find({}, AS_STORED)) {
    batch.push(document);
    if (batch.length === BATCH) await flush();
  }
  await flush();
  return copied;
}
