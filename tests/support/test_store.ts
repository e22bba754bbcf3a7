/**
 * A store for tests, on the server that MONGODB_URI names or else on an
 * embedded one in memory; each has a database of its own, dropped at the end.
 */
import type { Db, MongoClient } from "mongodb";
import { connectMongo } from "../../lib/store/connect_mongo.ts";
import { createStore, type Store } from "../../lib/store/store.ts";
import { startMongo } from "../../packages/embedded_mongo/mod.ts";

/** An open test store. */
export interface TestStore extends AsyncDisposable {
  readonly store: Store;
  readonly db: Db;
}

/**
 * Opens a store.
 *
 * @param path Where an embedded server keeps its data. Default: in memory.
 * @param connect Makes the client. Default: as the service does.
 * @returns A store on an empty database, with its indexes.
 */
export async function openTestStore(
  path = ":memory:",
  connect: (uri: string) => MongoClient = connectMongo,
): Promise<TestStore> {
  await using stack = new AsyncDisposableStack();
  const uri = Deno.env.get("MONGODB_URI") ??
    stack.use(await startMongo({ path })).uri;
  const client = connect(uri);
  stack.defer(() => client.close());
  const db = client.db(`rollcall_test_${crypto.randomUUID().slice(0, 8)}`);
  stack.defer(async () => {
    await db.dropDatabase();
  });
  const store = createStore(db, () => Promise.resolve());
  await store.ensureIndexes();
  const resources = stack.move();
  return { store, db, [Symbol.asyncDispose]: () => resources.disposeAsync() };
}
