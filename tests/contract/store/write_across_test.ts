/** Updates of several collections, on servers with and without bulkWrite. */
import { assertEquals, assertRejects } from "@std/assert";
import { type Db, MongoClientBulkWriteError, MongoError } from "mongodb";
import {
  createCrossWriter,
  updatesOf,
} from "../../../lib/store/write_across.ts";
import { openTestStore } from "../../support/test_store.ts";

function planOf(db: Db, name: string, id: string) {
  return updatesOf(db.collection<{ _id: string; n: number }>(name), [
    { filter: { _id: id }, update: { $inc: { n: 1 } }, upsert: true },
    { filter: { _id: id }, update: { $inc: { n: 1 } } },
  ]);
}

/** A database whose server is older than the command, and says so as it would. */
function withoutBulkWrite(
  db: Db,
): { readonly db: Db; readonly asked: string[] } {
  const asked: string[] = [];
  const client = {
    async bulkWrite() {
      asked.push("bulkWrite");
      const error = new MongoClientBulkWriteError({ message: "failed" });
      error.cause = await assertRejects(
        () => db.admin().command({ noSuchCommand: 1 }),
        MongoError,
      );
      throw error;
    },
  };
  const old = new Proxy(db, {
    get(target, name) {
      if (name === "client") return client;
      const value = Reflect.get(target, name, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
  return { db: old, asked };
}

Deno.test("a cross writer makes the updates of each collection in their order", async () => {
  await using test = await openTestStore();
  const write = createCrossWriter(test.db);
  await write([planOf(test.db, "a", "1"), planOf(test.db, "b", "2")]);
  assertEquals(
    await test.db.collection("a").find().toArray(),
    [{ _id: "1", n: 2 }] as never,
  );
  assertEquals(
    await test.db.collection("b").find().toArray(),
    [{ _id: "2", n: 2 }] as never,
  );
});

Deno.test("a cross writer writes nothing when there is nothing to write", async () => {
  await using test = await openTestStore();
  await createCrossWriter(test.db)([updatesOf(test.db.collection("a"), [])]);
  assertEquals(await test.db.collection("a").countDocuments(), 0);
});

Deno.test("a cross writer takes a collection at a time on a server before 8.0, which it asks once", async () => {
  await using test = await openTestStore();
  const { db, asked } = withoutBulkWrite(test.db);
  const write = createCrossWriter(db);
  const parts = [planOf(db, "a", "1"), planOf(db, "b", "2")];
  await write(parts);
  await write(parts);
  assertEquals(asked, ["bulkWrite"]);
  assertEquals(
    await test.db.collection("b").find().toArray(),
    [{ _id: "2", n: 4 }] as never,
  );
});

Deno.test("a cross writer passes on what is wrong with an update", async () => {
  await using test = await openTestStore();
  const write = createCrossWriter(test.db);
  const items = test.db.collection<{ _id: string; n: unknown }>("a");
  await items.insertOne({ _id: "1", n: "text" });
  await assertRejects(() => write([planOf(test.db, "a", "1")]), MongoError);
  assertEquals(await items.findOne(), { _id: "1", n: "text" });
});
