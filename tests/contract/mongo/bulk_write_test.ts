/** Writes to several collections in one command, as MongoDB 8.0 has it. */
import { assertEquals, assertRejects } from "@std/assert";
import {
  type AnyClientBulkWriteModel,
  type ClientBulkWriteOptions,
  type Db,
  Decimal128,
  type Document,
  Double,
  Int32,
  Long,
  MongoClientBulkWriteError,
} from "mongodb";
import { assertCode, contractTest } from "./contract_test_case.ts";

type Model = AnyClientBulkWriteModel<Document>;

/** Writes with namespaces of the test's own database. */
async function write(
  db: Db,
  models: readonly Model[],
  options: ClientBulkWriteOptions = {},
) {
  return await db.client.bulkWrite(
    models.map((model) => ({
      ...model,
      namespace: `${db.databaseName}.${model.namespace}`,
    })),
    options,
  );
}

const readAll = (db: Db, name: string) =>
  db.collection(name).find({}, { sort: { _id: 1 } }).toArray();

contractTest(
  "bulkWrite() inserts, updates, replaces, upserts and deletes in several collections",
  async (db) => {
    const result = await write(db, [
      { name: "insertOne", namespace: "a", document: { _id: 1, x: 1 } },
      { name: "insertOne", namespace: "a", document: { _id: 2, x: 1 } },
      { name: "insertOne", namespace: "b", document: { _id: 3 } },
      {
        name: "updateMany",
        namespace: "a",
        filter: { x: 1 },
        update: { $inc: { x: 1 } },
      },
      {
        name: "updateOne",
        namespace: "b",
        filter: { _id: 4 },
        update: { $set: { tags: ["t"] } },
        upsert: true,
      },
      {
        name: "updateOne",
        namespace: "b",
        filter: { _id: 4 },
        update: { $set: { "tags.$[each]": "u" } },
        arrayFilters: [{ each: "t" }],
      },
      {
        name: "replaceOne",
        namespace: "a",
        filter: { _id: 2 },
        replacement: { y: 5 },
      },
      { name: "deleteOne", namespace: "b", filter: { _id: 3 } },
      { name: "deleteMany", namespace: "a", filter: { x: 2 } },
    ] as never);
    assertEquals(
      {
        inserted: result.insertedCount,
        matched: result.matchedCount,
        modified: result.modifiedCount,
        upserted: result.upsertedCount,
        deleted: result.deletedCount,
      },
      { inserted: 3, matched: 4, modified: 4, upserted: 1, deleted: 2 },
    );
    assertEquals(await readAll(db, "a"), [{ _id: 2, y: 5 }] as never);
    assertEquals(await readAll(db, "b"), [{ _id: 4, tags: ["u"] }] as never);
  },
);

contractTest("bulkWrite() tells of each write when asked to", async (db) => {
  const result = await write(db, [
    { name: "insertOne", namespace: "a", document: { _id: 1 } },
    {
      name: "updateOne",
      namespace: "b",
      filter: { _id: 7 },
      update: { $set: { x: 1 } },
      upsert: true,
    },
    { name: "deleteMany", namespace: "a", filter: { _id: 1 } },
  ] as never, { verboseResults: true });
  assertEquals(result.insertResults?.get(0), { insertedId: 1 });
  const update = result.updateResults?.get(1);
  assertEquals([update?.matchedCount, update?.upsertedId], [1, 7]);
  assertEquals(result.deleteResults?.get(2), { deletedCount: 1 });
});

for (const ordered of [true, false]) {
  contractTest(
    `bulkWrite() ${
      ordered ? "stops at the first error" : "goes on after an error"
    } and names it`,
    async (db) => {
      const models = [1, 1, 2].map((_id) => ({
        name: "insertOne",
        namespace: "a",
        document: { _id },
      }));
      const error = await assertRejects(
        () => write(db, models as never, { ordered }),
        MongoClientBulkWriteError,
      );
      assertEquals([...error.writeErrors.keys()], [1]);
      assertEquals(error.writeErrors.get(1)?.code, 11000);
      assertEquals(error.partialResult?.insertedCount, ordered ? 1 : 2);
      assertEquals(
        await db.collection("a").countDocuments(),
        ordered ? 1 : 2,
      );
    },
  );
}

contractTest(
  "bulkWrite() is refused outside admin, without operations, and for a place that nsInfo has not",
  async (db) => {
    const nsInfo = [{ ns: `${db.databaseName}.a` }];
    const ops = [{ insert: 0, document: { _id: 1 } }];
    const admin = db.client.db("admin");
    await assertCode(() => db.command({ bulkWrite: 1, ops, nsInfo }), 13);
    await assertCode(
      () => admin.command({ bulkWrite: 1, ops: [], nsInfo }),
      16, // InvalidLength
    );
    const elsewhere = [{ insert: 1, document: { _id: 1 } }];
    await assertCode(
      () => admin.command({ bulkWrite: 1, ops: elsewhere, nsInfo }),
      2, // BadValue
    );
    assertEquals(await db.collection("a").countDocuments(), 0);
  },
);

contractTest(
  "bulkWrite() keeps the BSON types of what it inserts",
  async (db) => {
    const document = {
      _id: 1,
      long: Long.fromNumber(5),
      double: new Double(5),
      int: new Int32(5),
      decimal: Decimal128.fromString("5.50"),
      "a.b": { $c: 1 },
    };
    await write(db, [{ name: "insertOne", namespace: "a", document }] as never);
    const found = await db.collection("a").findOne({}, {
      promoteValues: false,
      promoteLongs: false,
    });
    assertEquals(found?.long, document.long);
    assertEquals(found?.double, document.double);
    assertEquals(found?.decimal, document.decimal);
    assertEquals(Object.keys(found ?? {}).at(-1), "a.b");
  },
);
