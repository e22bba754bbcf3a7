import { assert, assertEquals } from "@std/assert";
import { assertCode, contractTest, type Item } from "./contract_test_case.ts";

contractTest("ping answers ok", async (db) => {
  assertEquals((await db.command({ ping: 1 })).ok, 1);
});

contractTest(
  "hello announces a writable primary and mongod's limits",
  async (db) => {
    const reply = await db.command({ hello: 1 });
    assertEquals(
      [
        reply.isWritablePrimary,
        reply.maxBsonObjectSize,
        reply.maxWriteBatchSize,
      ],
      [true, 16777216, 100000],
    );
    assert(reply.maxWireVersion >= 21);
  },
);

contractTest("buildInfo tells a version", async (db) => {
  assert(/^\d+\.\d+\.\d+/.test((await db.command({ buildInfo: 1 })).version));
});

contractTest("old names of commands still work", async (db) => {
  for (const command of ["buildinfo", "isMaster", "ismaster"]) {
    assertEquals((await db.command({ [command]: 1 })).ok, 1, command);
  }
});

contractTest("findandmodify is findAndModify", async (db) => {
  const change = { findandmodify: "items", query: {}, remove: true };
  assertEquals((await db.command(change)).value, null);
});

contractTest("endSessions is taken", async (db) => {
  assertEquals((await db.command({ endSessions: [] })).ok, 1);
});

contractTest("an unknown command answers CommandNotFound", async (db) => {
  const error = await assertCode(() => db.command({ frobnicate: 1 }), 59);
  assertEquals(error.codeName, "CommandNotFound");
});

contractTest("an unknown field of a command is refused", async (db) => {
  await assertCode(() => db.command({ find: "items", frob: 1 }), 40415);
});

contractTest("an unknown field of a statement is refused", async (db) => {
  const u = { $set: { a: 1 } };
  await assertCode(
    () => db.command({ update: "items", updates: [{ q: {}, u, upsrt: true }] }),
    40415,
  );
  await assertCode(
    () => db.command({ delete: "items", deletes: [{ q: {}, limit: 1, x: 1 }] }),
    40415,
  );
});

contractTest("a bad name of a collection is refused", async (db) => {
  for (const name of ["", "a$b", ".a", "a\0b", "a."]) {
    await assertCode(
      () => db.command({ insert: name, documents: [{ a: 1 }] }),
      73,
    );
  }
});

contractTest("a write that is refused makes no collection", async (db) => {
  const bad = { $frob: { a: 1 } };
  const items = db.collection<Item>("items");
  await assertCode(() => items.updateOne({}, bad, { upsert: true }), 9);
  await assertCode(() => items.findOneAndUpdate({}, bad, { upsert: true }), 9);
  assertEquals(await items.findOneAndDelete({}), null);
  assertEquals(await db.listCollections().toArray(), []);
});

contractTest(
  "listCollections() and listDatabases() show what exists",
  async (db) => {
    await db.createCollection("b");
    await db.collection<Item>("a").insertOne({ x: 1 });
    const collections = await db.listCollections().toArray();
    assertEquals(collections.map(({ name }) => name).toSorted(), ["a", "b"]);
    const filtered = await db.listCollections({ name: "a" }).toArray();
    assertEquals(filtered.map(({ name }) => name), ["a"]);
    const { databases } = await db.admin().listDatabases();
    assert(databases.some(({ name }) => name === db.databaseName));
  },
);

contractTest(
  "createCollection() of one that exists answers NamespaceExists or is the same",
  async (db) => {
    await db.collection<Item>("a").insertOne({ x: 1 });
    assertEquals(await db.collection<Item>("a").countDocuments(), 1);
    await db.createCollection("b");
    assertEquals((await db.listCollections({ name: "b" }).toArray()).length, 1);
  },
);

contractTest("drop() removes documents and indexes", async (db) => {
  const items = db.collection<Item>("items");
  await items.createIndex({ a: 1 }, { unique: true });
  await items.insertOne({ a: 1 });
  assertEquals(await items.drop(), true);
  assertEquals(await items.countDocuments(), 0);
  await items.insertMany([{ a: 1 }, { a: 1 }]);
});

contractTest("dropDatabase() removes all collections", async (db) => {
  await db.collection<Item>("a").insertOne({ x: 1 });
  await db.collection<Item>("b").insertOne({ x: 1 });
  await db.dropDatabase();
  assertEquals(await db.listCollections().toArray(), []);
});

contractTest("a bad collection name is refused", async (db) => {
  await assertCode(
    () => db.command({ insert: "a$b", documents: [{ x: 1 }] }),
    73,
  );
});

contractTest("a document over 16 MiB is refused", async (db) => {
  const items = db.collection<Item>("items");
  await items.insertOne({ _id: 1, big: "x".repeat(16_000_000) });
  await assertCode(
    () =>
      items.updateOne({ _id: 1 }, { $set: { more: "y".repeat(1_000_000) } }),
    10334,
  );
  assertEquals(
    (await items.findOne({}, { projection: { more: 1 } }))?.more,
    undefined,
  );
});

contractTest(
  "write concern w: 1, journal and majority are taken",
  async (db) => {
    const items = db.collection<Item>("items");
    await items.insertOne({ a: 1 }, { writeConcern: { w: 1, journal: true } });
    await items.insertOne({ a: 2 }, { writeConcern: { w: "majority" } });
    assertEquals(
      await items.countDocuments({}, { readConcern: { level: "local" } }),
      2,
    );
  },
);

contractTest("100 clients at once get their own answers", async (db) => {
  const items = db.collection<{ _id: number; n: number }>("items");
  await Promise.all(
    Array.from(
      { length: 100 },
      (_, i) =>
        items.updateOne({ _id: i }, { $set: { n: i * 2 } }, { upsert: true }),
    ),
  );
  const found = await Promise.all(
    Array.from({ length: 100 }, (_, i) => items.findOne({ _id: i })),
  );
  assertEquals(
    found.map((document) => document?.n),
    Array.from({ length: 100 }, (_, i) => i * 2),
  );
});
