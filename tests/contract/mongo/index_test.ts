import { assert, assertEquals } from "@std/assert";
import { Decimal128, type Document, Long } from "mongodb";
import { assertCode, contractTest, type Item } from "./contract_test_case.ts";

contractTest("a unique index refuses a duplicate with its key", async (db) => {
  const users = db.collection<Item>("users");
  await users.createIndex({ username: 1 }, { unique: true });
  await users.insertOne({ _id: 1, username: "ann" });
  const error = await assertCode(
    () => users.insertOne({ _id: 2, username: "ann" }),
    11000,
  );
  assertEquals(error.keyPattern, { username: 1 });
  assertEquals(error.keyValue, { username: "ann" });
  await users.insertOne({ _id: 3, username: "bob" });
  await assertCode(
    () => users.updateOne({ _id: 3 }, { $set: { username: "ann" } }),
    11000,
  );
  assertEquals(await users.countDocuments({ username: "ann" }), 1);
});

contractTest("a unique index takes missing for one null", async (db) => {
  const users = db.collection<Item>("users");
  await users.createIndex({ username: 1 }, { unique: true });
  await users.insertOne({ _id: 1 });
  await assertCode(() => users.insertOne({ _id: 2 }), 11000);
});

contractTest(
  "a unique index takes equal numbers of different types for duplicates",
  async (db) => {
    const items = db.collection<Item>("items");
    await items.createIndex({ n: 1 }, { unique: true });
    await items.insertOne({ n: 5 });
    await assertCode(() => items.insertOne({ n: Long.fromNumber(5) }), 11000);
    await assertCode(
      () => items.insertOne({ n: Decimal128.fromString("5.0") }),
      11000,
    );
  },
);

contractTest("a sparse unique index lets fields be missing", async (db) => {
  const users = db.collection<Item>("users");
  await users.createIndex({ username: 1 }, { unique: true, sparse: true });
  await users.insertMany([{ _id: 1 }, { _id: 2 }, { _id: 3, username: "x" }]);
  assertEquals(await users.find({ username: "x" }).toArray(), [{
    _id: 3,
    username: "x",
  }]);
  assertEquals(await users.countDocuments({}), 3);
  assertEquals((await users.find().sort({ username: 1 }).toArray()).length, 3);
});

contractTest(
  "a partial unique index binds what its filter matches",
  async (db) => {
    const users = db.collection<Item>("users");
    await users.createIndex({ email: 1 }, {
      unique: true,
      partialFilterExpression: { active: true },
    });
    await users.insertMany([{ email: "a", active: false }, {
      email: "a",
      active: false,
    }, { email: "a", active: true }]);
    await assertCode(
      () => users.insertOne({ email: "a", active: true }),
      11000,
    );
    assertEquals(await users.countDocuments({ email: "a" }), 3);
    assertEquals(await users.countDocuments({ email: "a", active: true }), 1);
  },
);

contractTest("a unique multikey index binds every element", async (db) => {
  const items = db.collection<Item>("items");
  await items.createIndex({ tags: 1 }, { unique: true });
  await items.insertOne({ _id: 1, tags: ["a", "b", "a"] });
  await assertCode(() => items.insertOne({ _id: 2, tags: ["c", "b"] }), 11000);
});

contractTest("a compound index refuses two parallel arrays", async (db) => {
  const items = db.collection<Item>("items");
  await items.createIndex({ a: 1, b: 1 });
  await assertCode(() => items.insertOne({ a: [1], b: [2] }), 171);
});

contractTest(
  "createIndex() on clashing documents fails and leaves no index",
  async (db) => {
    const items = db.collection<Item>("items");
    await items.insertMany([{ n: 1 }, { n: 1 }]);
    await assertCode(
      () => items.createIndex({ n: 1 }, { unique: true }),
      11000,
    );
    assertEquals((await items.indexes()).length, 1);
    await items.insertOne({ n: 1 });
  },
);

contractTest(
  "createIndex() again is no change, with other options an error",
  async (db) => {
    const items = db.collection<Item>("items");
    assertEquals(await items.createIndex({ a: 1, b: -1 }), "a_1_b_-1");
    assertEquals(await items.createIndex({ a: 1, b: -1 }), "a_1_b_-1");
    await assertCode(
      () => items.createIndex({ a: 1, b: -1 }, { name: "other" }),
      85,
    );
    await assertCode(
      () => items.createIndex({ a: 1, b: -1 }, { unique: true }),
      86,
    );
    await assertCode(
      () => items.createIndex({ c: 1 }, { name: "a_1_b_-1" }),
      86,
    );
  },
);

contractTest("listIndexes() shows the definitions", async (db) => {
  const items = db.collection<Item>("items");
  await items.createIndex({ a: 1 }, { unique: true, expireAfterSeconds: 60 });
  assertEquals(await items.listIndexes().toArray(), [
    { v: 2, key: { _id: 1 }, name: "_id_" },
    { v: 2, key: { a: 1 }, name: "a_1", unique: true, expireAfterSeconds: 60 },
  ]);
  await assertCode(
    () => db.collection<Item>("none").listIndexes().toArray(),
    26,
  );
});

contractTest("dropIndex() by name, and never _id_", async (db) => {
  const items = db.collection<Item>("items");
  await items.createIndex({ a: 1 });
  await items.createIndex({ b: 1 });
  await items.dropIndex("a_1");
  await assertCode(() => items.dropIndex("a_1"), 27);
  await assertCode(() => items.dropIndex("_id_"), 72);
  await items.dropIndexes();
  assertEquals((await items.indexes()).length, 1);
});

const EXPLAINED: readonly [
  string,
  Document,
  Document,
  string | undefined,
  boolean,
][] = [
  ["equality", { a: 5 }, {}, "a_1_b_-1", false],
  ["a range", { a: { $gte: 5, $lt: 9 } }, {}, "a_1_b_-1", false],
  ["$in", { a: { $in: [1, 5] } }, {}, "a_1_b_-1", false],
  ["a sort by the index", {}, { a: 1, b: -1 }, "a_1_b_-1", false],
  ["a sort against the index", {}, { a: -1, b: 1 }, "a_1_b_-1", false],
  ["a sort after an equality", { a: 3 }, { b: 1 }, "a_1_b_-1", false],
  [
    "a sort that the index cannot serve",
    { a: { $gte: 7 } },
    { b: 1 },
    "a_1_b_-1",
    true,
  ],
  ["_id", { _id: 7 }, {}, "_id_", false],
  ["a field without an index", { zz: 1 }, {}, undefined, false],
];

for (const [title, filter, sort, index, sorts] of EXPLAINED) {
  contractTest(`explain() tells what serves ${title}`, async (db) => {
    const items = db.collection<Item>("items");
    await items.insertMany(
      Array.from({ length: 100 }, (_, i) => ({ _id: i, a: i % 10, b: i })),
    );
    await items.createIndex({ a: 1, b: -1 });
    const { queryPlanner } = await items.find(filter).sort(sort as never)
      .explain("queryPlanner");
    const stages = listStages(queryPlanner.winningPlan);
    assertEquals(
      stages.find(({ indexName }) => indexName)?.indexName,
      index === "_id_"
        ? stages.find(({ indexName }) => indexName)?.indexName
        : index,
    );
    assertEquals(
      stages.some(({ stage }) => stage === "COLLSCAN"),
      index === undefined,
    );
    assertEquals(stages.some(({ stage }) => stage === "SORT"), sorts);
  });
}

contractTest("queries by an index agree with queries without", async (db) => {
  const plain = db.collection<Item>("plain");
  const indexed = db.collection<Item>("indexed");
  await indexed.createIndex({ a: 1 });
  await indexed.createIndex({ b: -1, a: 1 });
  const values = [
    1,
    -1,
    2.5,
    null,
    "x",
    "",
    [1, 5],
    [],
    { k: 1 },
    new Date(3),
    true,
    Long.fromString("9007199254740993"),
    NaN,
  ];
  const documents = values.flatMap((a, i) =>
    values.map((b, j) => ({ _id: i * 20 + j, a, b }))
  ).filter(({ a, b }) => !(Array.isArray(a) && Array.isArray(b)));
  documents.push({ _id: 999, a: undefined, b: undefined } as never);
  await plain.insertMany(documents.map((document) => ({ ...document })));
  await indexed.insertMany(documents.map((document) => ({ ...document })));
  const operators: Document[] = values.filter((value) => !Array.isArray(value))
    .flatMap((value) => [
      { $eq: value },
      { $gt: value },
      { $lte: value },
      { $gte: value, $lt: 100 },
      { $in: [value, 5] },
    ]);
  for (const operator of operators) {
    for (
      const filter of [{ a: operator }, { b: operator }, {
        b: operator,
        a: { $gt: 0 },
      }]
    ) {
      const [left, right] = await Promise.all(
        [plain, indexed].map((collection) =>
          collection.find(filter).sort({ _id: 1 }).project({ _id: 1 }).toArray()
        ),
      );
      assertEquals(right, left, JSON.stringify(filter));
    }
  }
});

contractTest("a sort by an index agrees with a sort without", async (db) => {
  const items = db.collection<Item>("items");
  await items.insertMany(
    [5, null, "b", 2, "a", 9, true].flatMap((a) =>
      [3, 1, 2].map((b) => ({ a, b }))
    ),
  );
  const read = () =>
    items.find().sort({ a: -1, b: 1 }).project({ _id: 0 }).toArray();
  const before = await read();
  await items.createIndex({ a: 1, b: -1 });
  assertEquals(await read(), before);
  assert(before.length === 21);
});

contractTest("a hint chooses the index, and must name one", async (db) => {
  const items = db.collection<Item>("items");
  await items.createIndex({ a: 1 });
  await items.insertOne({ a: 1 });
  assertEquals((await items.find({ a: 1 }).hint("a_1").toArray()).length, 1);
  await assertCode(() => items.find({ a: 1 }).hint("nope").toArray(), 2);
});

function listStages(plan: Document): Document[] {
  const below = [plan.inputStage, ...(plan.inputStages ?? [])].filter(Boolean);
  return [plan, ...below.flatMap(listStages)];
}
