import { assertEquals } from "@std/assert";
import { type Document, Double, Int32 } from "mongodb";
import { assertCode, contractTest, type Item } from "./contract_test_case.ts";

const SALES: readonly Document[] = [
  {
    _id: 1,
    item: "a",
    qty: 2,
    price: 10,
    at: new Date("2026-01-01T10:00:00Z"),
    tags: ["x", "y"],
  },
  {
    _id: 2,
    item: "b",
    qty: 1,
    price: 20,
    at: new Date("2026-01-01T11:00:00Z"),
    tags: ["x"],
  },
  {
    _id: 3,
    item: "a",
    qty: 5,
    price: 5,
    at: new Date("2026-01-02T10:00:00Z"),
    tags: [],
  },
  { _id: 4, item: "c", qty: 1, price: 1, at: new Date("2026-01-03T10:00:00Z") },
];

const CASES: readonly [string, Document[], Document[]][] = [
  ["$match, $sort, $skip, $limit", [
    { $match: { qty: { $gte: 1 } } },
    { $sort: { qty: -1, _id: 1 } },
    { $skip: 1 },
    { $limit: 2 },
    { $project: { qty: 1 } },
  ], [{ _id: 1, qty: 2 }, { _id: 2, qty: 1 }]],
  ["$group sums, counts and averages", [{
    $group: {
      _id: "$item",
      total: { $sum: { $multiply: ["$qty", "$price"] } },
      n: { $sum: 1 },
      avg: { $avg: "$qty" },
    },
  }, { $sort: { _id: 1 } }], [{ _id: "a", total: 45, n: 2, avg: 3.5 }, {
    _id: "b",
    total: 20,
    n: 1,
    avg: 1,
  }, { _id: "c", total: 1, n: 1, avg: 1 }]],
  ["$group with first, last, min, max, push and a null id", [{
    $sort: { _id: 1 },
  }, {
    $group: {
      _id: null,
      f: { $first: "$item" },
      l: { $last: "$item" },
      lo: { $min: "$price" },
      hi: { $max: "$price" },
      all: { $push: "$qty" },
    },
  }], [{ _id: null, f: "a", l: "c", lo: 1, hi: 20, all: [2, 1, 5, 1] }]],
  ["$group $addToSet", [{ $group: { _id: null, s: { $addToSet: "$item" } } }, {
    $project: { _id: 0, n: { $size: "$s" } },
  }], [{ n: 3 }]],
  ["$group by day", [{
    $group: {
      _id: { $dateToString: { format: "%Y-%m-%d", date: "$at" } },
      n: { $count: {} },
    },
  }, { $sort: { _id: 1 } }], [{ _id: "2026-01-01", n: 2 }, {
    _id: "2026-01-02",
    n: 1,
  }, { _id: "2026-01-03", n: 1 }]],
  ["$group by $dateTrunc", [
    {
      $group: {
        _id: { $dateTrunc: { date: "$at", unit: "day" } },
        n: { $sum: 1 },
      },
    },
    { $sort: { _id: 1 } },
    { $limit: 1 },
  ], [{ _id: new Date("2026-01-01T00:00:00Z"), n: 2 }]],
  ["$group by several fields", [
    { $group: { _id: { i: "$item", q: "$qty" }, n: { $sum: 1 } } },
    { $sort: { "_id.i": 1, "_id.q": 1 } },
    { $limit: 2 },
  ], [{ _id: { i: "a", q: 2 }, n: 1 }, { _id: { i: "a", q: 5 }, n: 1 }]],
  ["$group $mergeObjects", [{ $sort: { _id: 1 } }, {
    $group: {
      _id: null,
      merged: { $mergeObjects: { i: "$item", q: "$qty" } },
    },
  }], [{ _id: null, merged: { i: "c", q: 1 } }]],
  ["$sample of more than there is brings all", [
    { $sample: { size: 9 } },
    { $count: "n" },
  ], [{ n: 4 }]],
  ["$sample picks different documents", [
    { $sample: { size: 3 } },
    { $group: { _id: "$_id" } },
    { $count: "n" },
  ], [{ n: 3 }]],
  ["$count", [{ $match: { item: "a" } }, { $count: "n" }], [{ n: 2 }]],
  ["$count of nothing is nothing", [{ $match: { item: "zz" } }, {
    $count: "n",
  }], []],
  ["$unwind", [{ $match: { _id: { $lte: 3 } } }, { $unwind: "$tags" }, {
    $project: { tags: 1 },
  }], [{ _id: 1, tags: "x" }, { _id: 1, tags: "y" }, { _id: 2, tags: "x" }]],
  ["$unwind keeps empty arrays and counts", [{ $match: { _id: { $gte: 2 } } }, {
    $unwind: {
      path: "$tags",
      preserveNullAndEmptyArrays: true,
      includeArrayIndex: "i",
    },
  }, { $project: { tags: 1, i: 1 } }], [{ _id: 2, tags: "x", i: 0 }, {
    _id: 3,
    i: null,
  }, { _id: 4, i: null }]],
  ["$project computes, renames and nests", [{ $match: { _id: 1 } }, {
    $project: {
      _id: 0,
      cost: { $multiply: ["$qty", "$price"] },
      name: "$item",
      sub: { q: "$qty" },
    },
  }], [{ cost: 20, name: "a", sub: { q: 2 } }]],
  ["$addFields and $unset", [{ $match: { _id: 1 } }, {
    $addFields: { big: { $gt: ["$qty", 1] } },
  }, { $unset: ["tags", "at", "price"] }], [{
    _id: 1,
    item: "a",
    qty: 2,
    big: true,
  }]],
  ["$replaceRoot", [{ $match: { _id: 1 } }, {
    $replaceRoot: { newRoot: { a: "$item" } },
  }], [{ a: "a" }]],
  ["$facet", [{
    $facet: {
      n: [{ $count: "c" }],
      top: [{ $sort: { qty: -1 } }, { $limit: 1 }, { $project: { qty: 1 } }],
    },
  }], [{ n: [{ c: 4 }], top: [{ _id: 3, qty: 5 }] }]],
  ["$sortByCount", [{ $match: { item: "a" } }, { $sortByCount: "$item" }], [{
    _id: "a",
    count: 2,
  }]],
  ["$unionWith", [{ $match: { _id: 1 } }, { $project: { item: 1 } }, {
    $unionWith: { coll: "names", pipeline: [{ $match: { _id: "a" } }] },
  }], [{ _id: 1, item: "a" }, { _id: "a", name: "Apple" }]],
  ["$lookup by fields", [{ $match: { _id: { $in: [1, 4] } } }, {
    $lookup: {
      from: "names",
      localField: "item",
      foreignField: "_id",
      as: "n",
    },
  }, { $project: { n: 1 } }], [{ _id: 1, n: [{ _id: "a", name: "Apple" }] }, {
    _id: 4,
    n: [],
  }]],
  ["$lookup by pipeline", [{ $match: { _id: 2 } }, {
    $lookup: {
      from: "names",
      let: { i: "$item" },
      pipeline: [{ $match: { $expr: { $eq: ["$_id", "$$i"] } } }, {
        $project: { _id: 0 },
      }],
      as: "n",
    },
  }, { $project: { n: 1 } }], [{ _id: 2, n: [{ name: "Banana" }] }]],
  ["$cond, $ifNull, $switch and $concat", [{ $match: { _id: 4 } }, {
    $project: {
      _id: 0,
      c: { $cond: { if: { $gte: ["$qty", 2] }, then: "many", else: "few" } },
      i: { $ifNull: ["$tags", "none"] },
      s: {
        $switch: {
          branches: [{ case: { $eq: ["$item", "c"] }, then: 3 }],
          default: 0,
        },
      },
      t: { $concat: ["$item", "!"] },
    },
  }], [{ c: "few", i: "none", s: 3, t: "c!" }]],
  ["array expressions", [{ $match: { _id: 1 } }, {
    $project: {
      _id: 0,
      m: { $map: { input: "$tags", as: "t", in: { $concat: ["$$t", "$$t"] } } },
      f: { $filter: { input: "$tags", cond: { $ne: ["$$this", "x"] } } },
      r: {
        $reduce: {
          input: [1, 2, 3],
          initialValue: 0,
          in: { $add: ["$$value", "$$this"] },
        },
      },
      e: { $arrayElemAt: ["$tags", -1] },
      i: { $in: ["x", "$tags"] },
    },
  }], [{ m: ["xx", "yy"], f: ["y"], r: 6, e: "y", i: true }]],
  ["a missing field in an expression is null or absent", [{
    $match: { _id: 4 },
  }, { $project: { _id: 0, a: { $add: ["$nope", 1] }, b: "$nope" } }], [{
    a: null,
  }]],
];

for (const [title, pipeline, expected] of CASES) {
  contractTest(`aggregate(): ${title}`, async (db) => {
    await db.collection<Item>("sales").insertMany(
      SALES.map((sale) => ({ ...sale })),
    );
    await db.collection<Item>("names").insertMany([{
      _id: "a",
      name: "Apple",
    }, { _id: "b", name: "Banana" }]);
    const result = await db.collection<Item>("sales").aggregate(pipeline)
      .toArray();
    assertEquals(result, expected);
  });
}

contractTest("$sum of fractions stays a double", async (db) => {
  const items = db.collection<Item>("items");
  await items.insertMany([{ a: 0.5 }, { a: 0.5 }]);
  const group = { _id: null, s: { $sum: "$a" }, n: { $sum: 1 } };
  const [found] = await items.aggregate([{ $group: group }], {
    promoteValues: false,
  }).toArray();
  assertEquals([found?.s, found?.n], [new Double(1), new Int32(2)]);
});

const REFUSED: readonly [string, Document[], number][] = [
  ["an unknown stage", [{ $nope: 1 }], 40324],
  ["an unknown expression", [{ $project: { a: { $nope: 1 } } }], 31325],
  ["a stage that is called as what all objects have", [
    { constructor: 1 },
  ], 40324],
  ["an accumulator that is called so", [
    { $group: { _id: 1, n: { valueOf: 1 } } },
  ], 40234],
  ["$group without _id", [{ $group: { n: { $sum: 1 } } }], 15955],
  ["a limit of 0", [{ $limit: 0 }], 15958],
];

for (const [title, pipeline, code] of REFUSED) {
  contractTest(`aggregate() refuses ${title}`, async (db) => {
    await db.collection<Item>("sales").insertOne({ a: 1 });
    await assertCode(
      () => db.collection<Item>("sales").aggregate(pipeline).toArray(),
      code,
    );
  });
}

contractTest(
  "aggregate() runs on a collection that does not exist",
  async (db) => {
    assertEquals(
      await db.collection<Item>("none").aggregate([{ $match: { a: 1 } }])
        .toArray(),
      [],
    );
  },
);

contractTest("aggregate() brings many documents in batches", async (db) => {
  const items = db.collection<Item>("items");
  await items.insertMany(Array.from({ length: 500 }, (_, _id) => ({ _id })));
  const cursor = items.aggregate([{ $match: { _id: { $gte: 0 } } }, {
    $addFields: { x: 1 },
  }], { batchSize: 50 });
  assertEquals((await cursor.toArray()).length, 500);
});
