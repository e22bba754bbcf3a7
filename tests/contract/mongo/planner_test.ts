/** Where an index is easily taken for more than it says. */
import { assertEquals, assertStringIncludes } from "@std/assert";
import { BSONRegExp, type Collection, type Document } from "mongodb";
import {
  assertCode,
  contractTest,
  contractUri,
  type Item,
} from "./contract_test_case.ts";

async function listIds(
  items: Collection<Item>,
  filter: Document,
  sort: Record<string, 1 | -1> = { _id: 1 },
): Promise<unknown[]> {
  return (await items.find(filter).sort(sort).toArray()).map(({ _id }) => _id);
}

contractTest(
  "a sort by a multikey index counts what lies outside the filter",
  async (db) => {
    const items = db.collection<Item>("items");
    await items.createIndex({ a: 1, b: 1 });
    await items.insertMany([
      { _id: 1, a: 5, b: 1 },
      { _id: 2, a: [1, 5], b: 2 },
      { _id: 3, a: [9, 5], b: 3 },
    ]);
    assertEquals(await listIds(items, { a: 5 }, { a: 1, b: 1 }), [2, 1, 3]);
    assertEquals(await listIds(items, { a: 5 }, { b: -1 }), [3, 2, 1]);
    assertEquals(
      await listIds(items, { a: { $in: [5, 9] } }, { a: -1, b: 1 }),
      [3, 1, 2],
    );
  },
);

contractTest(
  "conditions on one array may meet different elements along an index",
  async (db) => {
    const items = db.collection<Item>("items");
    await items.createIndex({ "a.x": 1, "a.y": 1 });
    await items.insertMany([
      { _id: 1, a: [{ x: 1, y: 9 }, { x: 5, y: 2 }] },
      { _id: 2, a: [{ x: 1, y: 2 }] },
    ]);
    assertEquals(await listIds(items, { "a.x": 1, "a.y": 2 }), [1, 2]);
    assertEquals(
      await listIds(items, { a: { $elemMatch: { x: 1, y: 2 } } }),
      [2],
    );
    assertEquals(await listIds(items, { "a.y": { $gt: 8, $lt: 3 } }), [1]);
  },
);

contractTest(
  "a regular expression finds itself and what it matches, whatever the index",
  async (db) => {
    const items = db.collection<Item>("items");
    await items.insertMany([
      { _id: 1, a: new BSONRegExp("^ab") },
      { _id: 2, a: "abc" },
      { _id: 3, a: "b" },
    ]);
    const found = await listIds(items, { a: /^ab/ });
    assertEquals(found, [1, 2]);
    await items.createIndex({ a: -1 });
    assertEquals(await listIds(items, { a: /^ab/ }), found);
  },
);

if (contractUri === undefined) {
  contractTest("no index narrows a regular expression", async (db) => {
    const items = db.collection<Item>("items");
    await items.createIndex({ a: 1 });
    const { queryPlanner } = await items.find({ a: /^ab/ }).explain();
    assertStringIncludes(JSON.stringify(queryPlanner), "COLLSCAN");
  });
}

contractTest(
  "a partial index over a range does not serve NaN",
  async (db) => {
    const items = db.collection<Item>("items");
    await items.createIndex({ a: 1 }, {
      partialFilterExpression: { a: { $lt: 5 } },
    });
    await items.insertMany([{ _id: 1, a: NaN }, { _id: 2, a: 1 }]);
    assertEquals(await listIds(items, { a: NaN }), [1]);
    assertEquals(await listIds(items, { a: { $lt: 2 } }), [2]);
  },
);

contractTest("$eq takes a regular expression for a value", async (db) => {
  const items = db.collection<Item>("items");
  await items.insertMany([{ _id: 1, a: new BSONRegExp("^ab") }, {
    _id: 2,
    a: "abc",
  }]);
  assertEquals(await listIds(items, { a: { $eq: /^ab/ } }), [1]);
  await items.createIndex({ a: 1 });
  assertEquals(await listIds(items, { a: { $eq: /^ab/ } }), [1]);
});

contractTest("a partial index takes plain conditions only", async (db) => {
  const items = db.collection<Item>("items");
  const unclear: Document[] = [
    { a: { $ne: 1 } },
    { a: { $not: { $gt: 1 } } },
    { a: /^x/ },
    { a: { $exists: false } },
    { $nor: [{ a: 1 }] },
    { $expr: { $gt: ["$a", 1] } },
  ];
  for (const partialFilterExpression of unclear) {
    await assertCode(
      () => items.createIndex({ b: 1 }, { partialFilterExpression }),
      67,
    );
  }
  const partialFilterExpression = {
    a: { $exists: true, $type: "int", $gte: 1 },
    $or: [{ c: 1 }, { c: { $in: [2, 3] } }],
  };
  await items.createIndex({ b: 1 }, { partialFilterExpression });
});

contractTest("a hint may name a sparse index", async (db) => {
  const items = db.collection<Item>("items");
  await items.createIndex({ a: 1 }, { sparse: true });
  await items.insertMany([{ _id: 1, a: 1 }, { _id: 2 }]);
  assertEquals((await items.find().hint("a_1").toArray()).length, 1);
  assertEquals((await items.find().toArray()).length, 2);
});

contractTest(
  "createIndexes() builds all of its indexes or none",
  async (db) => {
    const items = db.collection<Item>("items");
    await items.insertMany([{ n: 1, a: 1 }, { n: 1, a: 2 }]);
    await assertCode(
      () =>
        items.createIndexes([{ key: { a: 1 } }, {
          key: { n: 1 },
          unique: true,
        }]),
      11000,
    );
    assertEquals((await items.indexes()).map(({ name }) => name), ["_id_"]);
  },
);

contractTest("createIndex() refuses a TTL over several fields", async (db) => {
  await assertCode(
    () =>
      db.collection<Item>("items")
        .createIndex({ a: 1, b: 1 }, { expireAfterSeconds: 5 }),
    67,
  );
});

// Which error ends the cursor is each server's own.
if (contractUri === undefined) {
  contractTest(
    "dropIndex() ends the cursors on the collection and harms no write",
    async (db) => {
      const items = db.collection<Item>("items");
      await items.createIndex({ a: 1 });
      await items.insertMany(
        Array.from({ length: 1000 }, (_, _id) => ({ _id, a: _id })),
      );
      const cursor = items.find({ a: { $gte: 0 } }, { batchSize: 10 });
      await cursor.next();
      await items.dropIndex("a_1");
      const [, inserted] = await Promise.all([
        assertCode(() => cursor.toArray(), 43),
        items.insertOne({ _id: -1 }),
      ]);
      assertEquals(inserted.insertedId, -1);
    },
  );
}
