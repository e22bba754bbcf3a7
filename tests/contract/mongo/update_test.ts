import { assert, assertEquals } from "@std/assert";
import type { Document } from "mongodb";
import { assertCode, contractTest, type Item } from "./contract_test_case.ts";

interface Case {
  readonly title: string;
  readonly before: Document;
  readonly update: Document | Document[];
  readonly after: Document;
  readonly filter?: Document;
  readonly arrayFilters?: Document[];
}

const CASES: readonly Case[] = [
  {
    title: "$set makes nested documents",
    before: { a: 1 },
    update: { $set: { "b.c.d": 2 } },
    after: { a: 1, b: { c: { d: 2 } } },
  },
  {
    title: "$set puts new fields in order of name",
    before: { m: 0 },
    update: { $set: { z: 1, b: 2 } },
    after: { m: 0, b: 2, z: 1 },
  },
  {
    title: "$set takes an array index and pads with null",
    before: { a: [1] },
    update: { $set: { "a.3": 4 } },
    after: { a: [1, null, null, 4] },
  },
  {
    title: "$set through a number on a missing field makes a document",
    before: {},
    update: { $set: { "a.0": 4 } },
    after: { a: { 0: 4 } },
  },
  {
    title: "$unset removes a field and leaves null in an array",
    before: { a: 1, b: [1, 2], c: { d: 1, e: 2 } },
    update: { $unset: { a: "", "b.0": "", "c.d": "", x: "" } },
    after: { b: [null, 2], c: { e: 2 } },
  },
  {
    title: "$inc and $mul start from nothing",
    before: { a: 2 },
    update: { $inc: { a: 3, b: 4 }, $mul: { c: 5 } },
    after: { a: 5, b: 4, c: 0 },
  },
  {
    title: "$mul multiplies",
    before: { a: 6 },
    update: { $mul: { a: 1.5 } },
    after: { a: 9 },
  },
  {
    title: "$min and $max compare across types",
    before: { a: 5, b: 5, c: "x" },
    update: { $min: { a: 3, c: 1 }, $max: { b: 9, d: 1 } },
    after: { a: 3, b: 9, c: 1, d: 1 },
  },
  {
    title: "$rename moves a field",
    before: { a: 1, b: { c: 2 } },
    update: { $rename: { a: "x", "b.c": "y.z" } },
    after: { b: {}, x: 1, y: { z: 2 } },
  },
  {
    title: "$rename takes its turn by the path it writes to",
    before: { b: 1 },
    update: { $set: { a: 0, d: 2 }, $rename: { b: "c" } },
    after: { a: 0, c: 1, d: 2 },
  },
  {
    title: "$push appends",
    before: { a: [1] },
    update: { $push: { a: 2, b: [3] } },
    after: { a: [1, 2], b: [[3]] },
  },
  {
    title: "$push with $each, $position, $slice and $sort",
    before: { a: [5, 1], b: [1, 2, 3], c: [{ n: 2 }, { n: 1 }] },
    update: {
      $push: {
        a: { $each: [3], $sort: -1, $slice: 2 },
        b: { $each: [9], $position: 1 },
        c: { $each: [{ n: 0 }], $sort: { n: 1 } },
      },
    },
    after: { a: [5, 3], b: [1, 9, 2, 3], c: [{ n: 0 }, { n: 1 }, { n: 2 }] },
  },
  {
    title: "$push with a negative $slice keeps the last",
    before: { a: [1, 2] },
    update: { $push: { a: { $each: [3, 4], $slice: -3 } } },
    after: { a: [2, 3, 4] },
  },
  {
    title: "$addToSet adds what is not there",
    before: { a: [1, { x: 1 }] },
    update: { $addToSet: { a: { $each: [1, { x: 1 }, 2, 2] }, b: 1 } },
    after: { a: [1, { x: 1 }, 2], b: [1] },
  },
  {
    title: "$addToSet takes documents with other field order for different",
    before: { a: [{ x: 1, y: 2 }] },
    update: { $addToSet: { a: { y: 2, x: 1 } } },
    after: { a: [{ x: 1, y: 2 }, { y: 2, x: 1 }] },
  },
  {
    title: "$pop removes at either end",
    before: { a: [1, 2, 3], b: [1, 2, 3] },
    update: { $pop: { a: 1, b: -1 } },
    after: { a: [1, 2], b: [2, 3] },
  },
  {
    title: "$pull removes by value, condition and part of a document",
    before: { a: [1, 2, 1], b: [1, 5, 9], c: [{ k: 1, v: 2 }, { k: 2 }] },
    update: { $pull: { a: 1, b: { $gte: 5 }, c: { k: 1 } } },
    after: { a: [2], b: [1], c: [{ k: 2 }] },
  },
  {
    title: "$pullAll removes each of a list",
    before: { a: [1, 2, 3, 2] },
    update: { $pullAll: { a: [2, 3] } },
    after: { a: [1] },
  },
  {
    title: "the positional $ is the element that matched",
    before: { a: [{ k: 1 }, { k: 2 }] },
    filter: { "a.k": 2 },
    update: { $set: { "a.$.v": 9 } },
    after: { a: [{ k: 1 }, { k: 2, v: 9 }] },
  },
  {
    title: "the positional $ follows $elemMatch",
    before: { a: [3, 8, 12] },
    filter: { a: { $elemMatch: { $gt: 5, $lt: 10 } } },
    update: { $set: { "a.$": 0 } },
    after: { a: [3, 0, 12] },
  },
  {
    title: "$[] stands for all elements",
    before: { a: [{ n: 1 }, { n: 2 }] },
    update: { $inc: { "a.$[].n": 10 } },
    after: { a: [{ n: 11 }, { n: 12 }] },
  },
  {
    title: "$[name] stands for the elements of an array filter",
    before: { a: [{ n: 1 }, { n: 5 }] },
    update: { $set: { "a.$[big].hit": true } },
    arrayFilters: [{ "big.n": { $gte: 5 } }],
    after: { a: [{ n: 1 }, { n: 5, hit: true }] },
  },
  {
    title: "nested array filters",
    before: { a: [{ b: [1, 7] }, { b: [8] }] },
    update: { $set: { "a.$[].b.$[x]": 0 } },
    arrayFilters: [{ x: { $gt: 5 } }],
    after: { a: [{ b: [1, 0] }, { b: [0] }] },
  },
  {
    title: "a pipeline computes from other fields",
    before: { a: 2, b: 3 },
    update: [{ $set: { c: { $add: ["$a", "$b"] } } }, { $unset: "a" }],
    after: { b: 3, c: 5 },
  },
  {
    title: "a pipeline replaces the root and keeps _id",
    before: { a: { x: 1 } },
    update: [{ $replaceWith: "$a" }],
    after: { x: 1 },
  },
  {
    title: "a pipeline reads $$NOW and $cond",
    before: { n: 1 },
    update: [{ $set: { s: { $cond: [{ $gt: ["$n", 0] }, "up", "down"] } } }],
    after: { n: 1, s: "up" },
  },
];

for (const { title, before, update, after, filter, arrayFilters } of CASES) {
  contractTest(`updateOne(): ${title}`, async (db) => {
    const items = db.collection<Item>("items");
    await items.insertOne({ _id: 1, ...before });
    const result = await items.updateOne(
      { _id: 1, ...filter },
      update,
      arrayFilters ? { arrayFilters } : {},
    );
    assertEquals(result.matchedCount, 1);
    const found = await items.findOne() ?? {};
    assertEquals(found, { _id: 1, ...after });
    assertEquals(JSON.stringify(found), JSON.stringify({ _id: 1, ...after }));
  });
}

const REFUSED: readonly [string, Document, Document | Document[], number][] = [
  ["conflicting paths", { a: 1 }, { $set: { a: 1 }, $inc: { "a.b": 1 } }, 40],
  ["an unknown operator", { a: 1 }, { $frob: { a: 1 } }, 9],
  ["$inc on a string", { a: "x" }, { $inc: { a: 1 } }, 14],
  ["$inc by a string", { a: 1 }, { $inc: { a: "x" } }, 14],
  ["$push on a scalar", { a: 1 }, { $push: { a: 1 } }, 2],
  ["$addToSet on a scalar", { a: 1 }, { $addToSet: { a: 1 } }, 2],
  ["$pop on a scalar", { a: 1 }, { $pop: { a: 1 } }, 14],
  ["$rename to itself", { a: 1 }, { $rename: { a: "a" } }, 2],
  ["$rename into an array", { a: 1, b: [1] }, { $rename: { a: "b.0" } }, 2],
  ["$[] on a scalar", { a: 1 }, { $set: { "a.$[]": 1 } }, 2],
  ["a path through a scalar", { a: 1 }, { $set: { "a.b": 1 } }, 28],
  ["an empty field name", { a: 1 }, { $set: { "a..b": 1 } }, 56],
  ["a positional $ without an array in the filter", { a: [1] }, {
    $set: { "a.$": 1 },
  }, 2],
  ["an array filter that nothing defines", { a: [1] }, {
    $set: { "a.$[x]": 1 },
  }, 2],
  ["a stage that an update may not have", { a: 1 }, [{ $match: {} }], 72],
];

for (const [title, before, update, code] of REFUSED) {
  contractTest(`updateOne() refuses ${title}`, async (db) => {
    const items = db.collection<Item>("items");
    await items.insertOne({ _id: 1, ...before });
    await assertCode(() => items.updateOne({ _id: 1 }, update), code);
    assertEquals(await items.findOne(), { _id: 1, ...before });
  });
}

contractTest("$currentDate sets a date of now", async (db) => {
  const items = db.collection<Item>("items");
  await items.insertOne({ _id: 1 });
  await items.updateOne({ _id: 1 }, { $currentDate: { at: true } });
  const at = (await items.findOne())?.at;
  assert(at instanceof Date && Math.abs(at.getTime() - Date.now()) < 60_000);
});
