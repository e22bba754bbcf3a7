import { assert, assertEquals } from "@std/assert";
import { Long, MongoBulkWriteError, ObjectId } from "mongodb";
import { assertCode, contractTest, type Item } from "./contract_test_case.ts";

contractTest(
  "insertOne() answers with the _id and keeps it first",
  async (db) => {
    const items = db.collection<Item>("items");
    const { insertedId } = await items.insertOne({ a: 1 });
    assert(insertedId instanceof ObjectId);
    const found = await items.findOne();
    assertEquals(Object.keys(found ?? {}), ["_id", "a"]);
  },
);

contractTest(
  "insertOne() refuses a second document with the same _id",
  async (db) => {
    const items = db.collection<{ _id: string }>("items");
    await items.insertOne({ _id: "x" });
    const error = await assertCode(() => items.insertOne({ _id: "x" }), 11000);
    assertEquals(error.keyPattern, { _id: 1 });
    assertEquals(error.keyValue, { _id: "x" });
  },
);

contractTest(
  "insertOne() takes 1 and NumberLong(1) for the same _id",
  async (db) => {
    const items = db.collection<{ _id: number | Long }>("items");
    await items.insertOne({ _id: 1 });
    await assertCode(() => items.insertOne({ _id: Long.fromNumber(1) }), 11000);
  },
);

contractTest("insertOne() refuses an array as _id", async (db) => {
  const items = db.collection<{ _id: number[] }>("items");
  await assertCode(() => items.insertOne({ _id: [1] }), 53);
});

contractTest("insertMany() ordered stops at the first error", async (db) => {
  const items = db.collection<{ _id: number }>("items");
  const error = await assertCode(
    () => items.insertMany([{ _id: 1 }, { _id: 1 }, { _id: 2 }]),
    11000,
  ) as MongoBulkWriteError;
  assertEquals(error.insertedCount, 1);
  assertEquals(await items.countDocuments(), 1);
});

contractTest("insertMany() unordered goes on after an error", async (db) => {
  const items = db.collection<{ _id: number }>("items");
  const error = await assertCode(
    () =>
      items.insertMany([{ _id: 1 }, { _id: 1 }, { _id: 2 }, { _id: 2 }], {
        ordered: false,
      }),
    11000,
  ) as MongoBulkWriteError;
  const errors = [error.writeErrors].flat();
  assertEquals(errors.map(({ index }) => index), [1, 3]);
  assertEquals(await items.countDocuments(), 2);
});

contractTest("bulkWrite() mixes kinds and counts each", async (db) => {
  const items = db.collection<{ _id: string; n?: number }>("items");
  const result = await items.bulkWrite([
    { insertOne: { document: { _id: "a", n: 1 } } },
    { updateOne: { filter: { _id: "a" }, update: { $inc: { n: 1 } } } },
    {
      updateOne: {
        filter: { _id: "b" },
        update: { $set: { n: 5 } },
        upsert: true,
      },
    },
    { replaceOne: { filter: { _id: "a" }, replacement: { n: 9 } } },
    { deleteOne: { filter: { _id: "b" } } },
  ]);
  assertEquals(
    [
      result.insertedCount,
      result.modifiedCount,
      result.upsertedCount,
      result.deletedCount,
    ],
    [1, 2, 1, 1],
  );
  assertEquals(result.upsertedIds, { 2: "b" });
  assertEquals(await items.find().toArray(), [{ _id: "a", n: 9 }]);
});

contractTest(
  "bulkWrite() unordered reports the index of each error",
  async (db) => {
    const items = db.collection<Item>("items");
    await items.insertOne({ _id: "a", n: "text" });
    const error = await assertCode(
      () =>
        items.bulkWrite([
          { insertOne: { document: { _id: "a" } } },
          {
            updateOne: {
              filter: { _id: "b" },
              update: { $set: { n: 1 } },
              upsert: true,
            },
          },
          { updateOne: { filter: { _id: "a" }, update: { $inc: { n: 1 } } } },
        ], { ordered: false }),
      11000,
    ) as MongoBulkWriteError;
    assertEquals(
      [error.writeErrors].flat().map(({ index, code }) => [index, code]),
      [[0, 11000], [2, 14]],
    );
    assertEquals(await items.countDocuments(), 2);
  },
);

contractTest(
  "updateOne() with an upsert and a guard refuses a stale write by 11000",
  async (db) => {
    const users = db.collection<
      { _id: string; name?: string; sync?: { at: Date } }
    >("users");
    const write = (at: number, name: string) =>
      users.updateOne(
        {
          _id: "u",
          $or: [{ "sync.at": { $lt: new Date(at) } }, {
            sync: { $exists: false },
          }],
        },
        { $set: { name, sync: { at: new Date(at) } } },
        { upsert: true },
      );
    assertEquals((await write(10, "first")).upsertedCount, 1);
    assertEquals((await write(20, "newer")).modifiedCount, 1);
    const error = await assertCode(() => write(15, "stale"), 11000);
    assertEquals(error.keyPattern, { _id: 1 });
    assertEquals((await users.findOne({ _id: "u" }))?.name, "newer");
  },
);

contractTest(
  "updateOne() with a guard on a string and a number upserts once under 50 racing writers",
  async (db) => {
    const users = db.collection<{ _id: string; v: number; id: string }>(
      "users",
    );
    const outcomes = await Promise.allSettled(
      Array.from({ length: 50 }, (_, v) =>
        users.updateOne(
          { _id: "u", $or: [{ v: { $lt: v } }, { v, id: { $lt: `e${v}` } }] },
          { $set: { v, id: `e${v}` } },
          { upsert: true },
        )),
    );
    for (const outcome of outcomes) {
      if (outcome.status === "rejected") {
        assertEquals(outcome.reason.code, 11000);
      }
    }
    assertEquals(await users.find().toArray(), [{
      _id: "u",
      v: 49,
      id: "e49",
    }]);
  },
);

contractTest(
  "updateOne() with an upsert takes the filter's equalities and $setOnInsert",
  async (db) => {
    const items = db.collection<Item>("items");
    await items.updateOne(
      {
        a: 1,
        "b.c": { $eq: 2 },
        d: { $gt: 5 },
        $and: [{ e: "x" }],
        f: { $in: [7] },
      },
      { $set: { g: 1 }, $setOnInsert: { h: 2 } },
      { upsert: true },
    );
    const { _id, ...rest } = await items.findOne() ?? {};
    assert(_id instanceof ObjectId);
    assertEquals(rest, { a: 1, b: { c: 2 }, e: "x", f: 7, g: 1, h: 2 });
  },
);

contractTest(
  "updateOne() refuses an upsert whose filter pins a path twice",
  async (db) => {
    const items = db.collection<Item>("items");
    const filters = [
      { a: { $all: [1, 2] } },
      { "a.x": 1, a: { y: 2 } },
      { $and: [{ a: 1 }, { a: 2 }] },
    ];
    for (const filter of filters) {
      await assertCode(
        () => items.updateOne(filter, { $set: { b: 1 } }, { upsert: true }),
        54,
      );
    }
  },
);

contractTest(
  "updateOne() with an upsert takes the filter's fields in order of path",
  async (db) => {
    const items = db.collection<Item>("items");
    const update = { $set: { a: 3 } };
    await items.updateOne({ c: 1, b: 2, _id: 9 }, update, { upsert: true });
    const found = await items.findOne();
    assertEquals(Object.keys(found ?? {}), ["_id", "b", "c", "a"]);
  },
);

contractTest(
  "updateOne() leaves $setOnInsert out when it updates",
  async (db) => {
    const items = db.collection<{ _id: number; a?: number }>("items");
    await items.insertOne({ _id: 1 });
    await items.updateOne({ _id: 1 }, { $setOnInsert: { a: 1 } }, {
      upsert: true,
    });
    assertEquals(await items.findOne(), { _id: 1 });
  },
);

contractTest(
  "updateOne() counts a write that changes nothing as matched only",
  async (db) => {
    const items = db.collection<{ _id: number; a: number }>("items");
    await items.insertOne({ _id: 1, a: 1 });
    const result = await items.updateOne({ _id: 1 }, { $set: { a: 1 } });
    assertEquals([result.matchedCount, result.modifiedCount], [1, 0]);
  },
);

contractTest(
  "updateMany() changes each document once, also along an index it moves",
  async (db) => {
    const items = db.collection<{ _id: number; n: number }>("items");
    await items.createIndex({ n: 1 });
    await items.insertMany(
      Array.from({ length: 300 }, (_, i) => ({ _id: i, n: i })),
    );
    const result = await items.updateMany({ n: { $gte: 0 } }, {
      $inc: { n: 1000 },
    });
    assertEquals(result.modifiedCount, 300);
    assertEquals(
      await items.countDocuments({ n: { $gte: 1000, $lt: 1300 } }),
      300,
    );
  },
);

contractTest(
  "replaceOne() keeps _id and drops the other fields",
  async (db) => {
    const items = db.collection<Item>("items");
    await items.insertOne({ _id: 1, a: 1, b: 2 });
    await items.replaceOne({ a: 1 }, { c: 3 });
    assertEquals(await items.findOne(), { _id: 1, c: 3 });
  },
);

contractTest("updateOne() refuses to change _id", async (db) => {
  const items = db.collection<Item>("items");
  await items.insertOne({ _id: 1, a: 1 });
  await assertCode(() => items.updateOne({ a: 1 }, { $set: { _id: 2 } }), 66);
  await assertCode(() => items.replaceOne({ a: 1 }, { _id: 2 }), 66);
});

contractTest(
  "findOneAndUpdate() answers with the document before or after",
  async (db) => {
    const items = db.collection<{ _id: number; n: number }>("items");
    await items.insertOne({ _id: 1, n: 1 });
    const before = await items.findOneAndUpdate({ _id: 1 }, { $inc: { n: 1 } });
    const after = await items.findOneAndUpdate({ _id: 1 }, { $inc: { n: 1 } }, {
      returnDocument: "after",
    });
    assertEquals([before?.n, after?.n], [1, 3]);
  },
);

contractTest(
  "findOneAndUpdate() picks by sort, projects and upserts",
  async (db) => {
    const items = db.collection<{ _id: number; n: number; s?: string }>(
      "items",
    );
    await items.insertMany([{ _id: 1, n: 1 }, { _id: 2, n: 5 }, {
      _id: 3,
      n: 3,
    }]);
    const picked = await items.findOneAndUpdate({}, { $set: { s: "x" } }, {
      sort: { n: -1 },
      returnDocument: "after",
      projection: { s: 1 },
    });
    assertEquals(picked, { _id: 2, s: "x" } as never);
    const missed = await items.findOneAndUpdate(
      { _id: 9 },
      { $set: { n: 9 } },
      { upsert: true },
    );
    assertEquals(missed, null);
    const meta = await items.findOneAndUpdate({ _id: 8 }, { $set: { n: 8 } }, {
      upsert: true,
      includeResultMetadata: true,
    });
    assertEquals(meta.lastErrorObject, {
      n: 1,
      updatedExisting: false,
      upserted: 8,
    });
  },
);

contractTest(
  "findOneAndDelete() and findOneAndReplace() answer with the old document",
  async (db) => {
    const items = db.collection<{ _id: number; n: number }>("items");
    await items.insertMany([{ _id: 1, n: 1 }, { _id: 2, n: 2 }]);
    assertEquals(await items.findOneAndDelete({ n: 1 }), { _id: 1, n: 1 });
    assertEquals(await items.findOneAndReplace({ n: 2 }, { n: 7 }), {
      _id: 2,
      n: 2,
    });
    assertEquals(await items.find().toArray(), [{ _id: 2, n: 7 }]);
  },
);

contractTest(
  "deleteOne() removes one, deleteMany() all that match",
  async (db) => {
    const items = db.collection<{ n: number }>("items");
    await items.insertMany([{ n: 1 }, { n: 1 }, { n: 1 }, { n: 2 }]);
    assertEquals((await items.deleteOne({ n: 1 })).deletedCount, 1);
    assertEquals((await items.deleteMany({ n: 1 })).deletedCount, 2);
    assertEquals((await items.deleteMany({})).deletedCount, 1);
  },
);

contractTest(
  "insertMany() of 1,000 documents in one call keeps them all",
  async (db) => {
    const items = db.collection<{ _id: number }>("items");
    await items.insertMany(Array.from({ length: 1000 }, (_, _id) => ({ _id })));
    assertEquals(await items.countDocuments(), 1000);
    assertEquals(await items.estimatedDocumentCount(), 1000);
  },
);

contractTest("an unacknowledged write arrives", async (db) => {
  const items = db.collection<{ _id: number }>("items", {
    writeConcern: { w: 0 },
  });
  await items.insertOne({ _id: 1 });
  for (let tries = 0; tries < 100; tries++) {
    if (await items.countDocuments() === 1) return;
  }
  throw new Error("the document never arrived");
});
