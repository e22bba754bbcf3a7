import { assert, assertEquals } from "@std/assert";
import type { Db } from "mongodb";
import {
  assertCode,
  contractTest,
  contractUri,
  type Item,
} from "./contract_test_case.ts";

const MIB = 1024 * 1024;
const EXCEEDED = 292; // QueryExceededMemoryLimitNoDiskUseAllowed

/** 8 documents of 14 MiB, more than a stage may hold. */
async function insertMuch(db: Db): Promise<void> {
  const items = db.collection<Item>("items");
  const big = "x".repeat(14 * MIB);
  for (let _id = 0; _id < 8; _id++) {
    await items.insertOne({ _id, big, n: -_id });
  }
}

// A real server may use the disk instead.
if (contractUri === undefined) {
  contractTest(
    "a sort over 100 MB says so, and a limit avoids it",
    async (db) => {
      await insertMuch(db);
      const items = db.collection<Item>("items");
      const sorted = items.find({}, { projection: { _id: 1 } }).sort({ n: 1 });
      const { message } = await assertCode(() => sorted.toArray(), EXCEEDED);
      assert(message.includes("set MONGODB_URI"));
      assertEquals(
        await items.find({}, { projection: { _id: 1 } }).sort({ n: 1 }).limit(2)
          .toArray(),
        [{ _id: 7 }, { _id: 6 }],
      );
      await items.createIndex({ n: 1 });
      assertEquals((await sorted.clone().toArray()).length, 8);
    },
  );

  contractTest("a group over 100 MB says so", async (db) => {
    await insertMuch(db);
    const items = db.collection<Item>("items");
    await assertCode(
      () =>
        items.aggregate([{ $group: { _id: null, all: { $push: "$big" } } }])
          .toArray(),
      EXCEEDED,
    );
    assertEquals(
      await items.aggregate([{ $group: { _id: null, n: { $sum: "$n" } } }])
        .toArray(),
      [{ _id: null, n: -28 }],
    );
  });

  contractTest("a $lookup or distinct over 100 MB says so", async (db) => {
    await insertMuch(db);
    const items = db.collection<Item>("items");
    const lookup = { from: "items", pipeline: [], as: "all" };
    await assertCode(
      () => items.aggregate([{ $limit: 1 }, { $lookup: lookup }]).toArray(),
      EXCEEDED,
    );
    await items.updateMany({}, [{
      $set: { big: { $concat: [{ $toString: "$_id" }, "$big"] } },
    }]);
    await assertCode(() => items.distinct("big"), EXCEEDED);
  });

  contractTest("facets that give over 100 MB together say so", async (db) => {
    const items = db.collection<Item>("items");
    const big = "x".repeat(3 * MIB);
    for (let _id = 0; _id < 8; _id++) await items.insertOne({ _id, big });
    const all = [{ $match: {} }];
    await assertCode(
      () => items.aggregate([{ $facet: { a: all, b: all } }]).toArray(),
      EXCEEDED,
    );
    const count = [{ $count: "n" }];
    assertEquals(
      await items.aggregate([{ $facet: { a: count, b: count } }]).toArray(),
      [{ a: [{ n: 8 }], b: [{ n: 8 }] }],
    );
  });
}
