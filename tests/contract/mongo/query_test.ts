import { assertEquals } from "@std/assert";
import {
  Decimal128,
  type Document,
  Double,
  Long,
  MaxKey,
  MinKey,
  ObjectId,
} from "mongodb";
import { assertCode, contractTest, type Item } from "./contract_test_case.ts";

/** Documents with every kind of value that filters treat in a special way. */
const DOCUMENTS: readonly Document[] = [
  {
    _id: 1,
    a: 1,
    s: "apple",
    d: new Date(1000),
    n: { x: 1, y: 2 },
    t: ["x", "y"],
  },
  { _id: 2, a: 2.5, s: "Banana", d: new Date(2000), n: { y: 2, x: 1 }, t: [] },
  {
    _id: 3,
    a: Long.fromString("3"),
    s: "cherry",
    d: null,
    n: [{ x: 5 }, { x: 7 }],
    t: ["y", ["x"]],
  },
  { _id: 4, a: null, s: "", t: "x" },
  { _id: 5, s: "apple pie", a: [1, 9], n: { x: [1, 2] } },
  { _id: 6, a: "1", d: "1970", n: 3, b: true },
  { _id: 7, a: Decimal128.fromString("2.5"), b: false, n: null },
  { _id: 8, a: { v: 1 }, n: [], t: [["x"]] },
  { _id: 9, a: NaN, e: [{ k: "a", v: 1 }, { k: "b", v: 5 }] },
];

const CASES: readonly [string, Document, number[]][] = [
  ["equality meets all number types", { a: 2.5 }, [2, 7]],
  ["equality meets an element of an array", { a: 9 }, [5]],
  ["equality with an array", { a: [1, 9] }, [5]],
  ["equality with a document minds field order", { n: { x: 1, y: 2 } }, [1]],
  ["null meets null and missing", { a: null }, [4]],
  ["null meets missing fields", { b: null }, [1, 2, 3, 4, 5, 8, 9]],
  ["null through arrays and scalars", { "n.x": null }, [4, 6, 7, 9]],
  ["$ne", { a: { $ne: 1 } }, [2, 3, 4, 6, 7, 8, 9]],
  ["$ne null", { d: { $ne: null } }, [1, 2, 6]],
  ["$gt stays within the type", { a: { $gt: 1 } }, [2, 3, 5, 7]],
  ["$lt stays within the type and leaves NaN out", { a: { $lt: 2 } }, [1, 5]],
  ["$gte null meets null and missing", { b: { $gte: null } }, [
    1,
    2,
    3,
    4,
    5,
    8,
    9,
  ]],
  ["$gt on dates", { d: { $gt: new Date(1500) } }, [2]],
  ["$lte on dates", { d: { $lte: new Date(2000) } }, [1, 2]],
  ["$lt on strings is by code point", { s: { $lt: "a" } }, [2, 4]],
  ["$gte on strings", { s: { $gte: "apple" } }, [1, 3, 5]],
  ["$gte and $lte of NaN", { a: { $gte: NaN } }, [9]],
  [
    "a range over an array needs one element a side",
    { a: { $gt: 5, $lt: 3 } },
    [5],
  ],
  ["$in", { a: { $in: [1, "1", null] } }, [1, 4, 5, 6]],
  ["$in with a regular expression", { s: { $in: [/^app/, "cherry"] } }, [
    1,
    3,
    5,
  ]],
  ["$nin", { s: { $nin: ["apple", null] } }, [2, 3, 4, 5]],
  ["$exists true", { d: { $exists: true } }, [1, 2, 3, 6]],
  ["$exists false", { d: { $exists: false } }, [4, 5, 7, 8, 9]],
  ["$exists on an empty array", { t: { $exists: true } }, [1, 2, 3, 4, 8]],
  ["$type by alias", { a: { $type: "string" } }, [6]],
  ["$type number", { a: { $type: "number" } }, [1, 2, 3, 5, 7, 9]],
  ["$type by list", { a: { $type: ["long", "decimal"] } }, [3, 7]],
  ["$type array", { n: { $type: "array" } }, [3, 8]],
  ["$regex", { s: /^apple/ }, [1, 5]],
  ["$regex with options", { s: { $regex: "^ban", $options: "i" } }, [2]],
  ["$not", { a: { $not: { $gt: 1 } } }, [1, 4, 6, 8, 9]],
  ["$not with a regular expression", { s: { $not: /^a/ } }, [
    2,
    3,
    4,
    6,
    7,
    8,
    9,
  ]],
  ["$and", { $and: [{ a: 1 }, { s: "apple" }] }, [1]],
  ["$or", { $or: [{ a: 1 }, { b: true }] }, [1, 5, 6]],
  ["$nor", { $nor: [{ a: { $exists: true } }, { b: true }] }, []],
  ["$all", { t: { $all: ["x", "y"] } }, [1]],
  ["$all on a scalar", { t: { $all: ["x"] } }, [1, 4]],
  ["$size", { t: { $size: 2 } }, [1, 3]],
  ["$size 0", { t: { $size: 0 } }, [2]],
  [
    "$elemMatch on documents",
    { e: { $elemMatch: { k: "a", v: { $lt: 3 } } } },
    [9],
  ],
  ["$elemMatch needs one element for all", {
    e: { $elemMatch: { k: "a", v: 5 } },
  }, []],
  ["paths without $elemMatch may meet different elements", {
    "e.k": "a",
    "e.v": 5,
  }, [9]],
  ["$elemMatch on values", { a: { $elemMatch: { $gt: 5 } } }, [5]],
  ["$mod", { a: { $mod: [2, 1] } }, [1, 3, 5]],
  ["a path into an array of documents", { "n.x": 7 }, [3]],
  ["a path with an index", { "n.0.x": 5 }, [3]],
  ["a path that ends in an array", { "n.x": 2 }, [5]],
  ["an array element that is an array", { t: ["x"] }, [3, 8]],
  ["an empty filter", {}, [1, 2, 3, 4, 5, 6, 7, 8, 9]],
  ["$expr compares two fields", { $expr: { $eq: ["$b", true] } }, [6]],
  ["$comment", { a: 1, $comment: "why" }, [1, 5]],
  ["MinKey lies below all", { a: { $gt: new MinKey() }, _id: { $lt: 3 } }, [
    1,
    2,
  ]],
  ["MaxKey lies above all", { a: { $lt: new MaxKey() }, _id: { $lt: 3 } }, [
    1,
    2,
  ]],
  ["a double equals an int", { _id: new Double(4) }, [4]],
  ["a boolean is not a number", { b: 1 }, []],
];

for (const [title, filter, ids] of CASES) {
  contractTest(`find(): ${title}`, async (db) => {
    const items = db.collection<Item>("items");
    await items.insertMany(DOCUMENTS.map((document) => ({ ...document })));
    const found = await items.find(filter).sort({ _id: 1 }).toArray();
    assertEquals(found.map(({ _id }) => _id), ids);
    assertEquals(await items.countDocuments(filter), ids.length);
  });
}

const REFUSED: readonly [string, Document, number][] = [
  ["an unknown operator", { a: { $foo: 1 } }, 2],
  ["an unknown top level operator", { $foo: 1 }, 2],
  ["an empty $or", { $or: [] }, 2],
  ["$in without an array", { a: { $in: 1 } }, 2],
  ["a $size that is no whole number", { a: { $size: 2.5 } }, 2],
  ["an unknown expression", { $expr: { $nope: 1 } }, 168],
  ["an invalid regular expression", { a: { $regex: "(" } }, 51091],
];

for (const [title, filter, code] of REFUSED) {
  contractTest(`find() refuses ${title}`, async (db) => {
    const items = db.collection<Item>("items");
    await items.insertOne({ a: 1 });
    await assertCode(() => items.find(filter).toArray(), code);
  });
}

contractTest(
  "find() sorts in BSON order, arrays by their extremes",
  async (db) => {
    const items = db.collection<Item>("items");
    const values = [
      new MinKey(),
      null,
      -1,
      0.5,
      Long.fromNumber(7),
      "",
      "b",
      "é",
      { a: 1 },
      { a: 2 },
      new ObjectId("000000000000000000000001"),
      false,
      true,
      new Date(5),
      /x/,
      new MaxKey(),
    ];
    const shuffled = values.map((v, _id) => ({ _id, v })).toSorted((x, y) =>
      x._id * 7 % 16 - y._id * 7 % 16
    );
    await items.insertMany(shuffled);
    const up = await items.find().sort({ v: 1 }).toArray();
    assertEquals(up.map(({ _id }) => _id), values.map((_, i) => i));
    await items.deleteMany({});
    await items.insertMany([{ _id: 1, v: [1, 9] }, { _id: 2, v: 5 }, {
      _id: 3,
      v: [],
    }, { _id: 4 }]);
    const ascending = await items.find().sort({ v: 1 }).toArray();
    const descending = await items.find().sort({ v: -1 }).toArray();
    assertEquals(ascending.map(({ _id }) => _id), [3, 4, 1, 2]);
    assertEquals(descending.map(({ _id }) => _id), [1, 2, 4, 3]);
  },
);

contractTest(
  "find() sorts by a place in an array, not by a field of its elements",
  async (db) => {
    const items = db.collection<Item>("items");
    await items.insertMany([{ _id: 1, a: [{ x: 1 }] }, { _id: 2, a: [{}] }, {
      _id: 3,
    }]);
    const read = async () =>
      (await items.find().sort({ "a.0": 1, _id: 1 }).toArray())
        .map(({ _id }) => _id);
    assertEquals(await read(), [3, 2, 1]);
    await items.createIndex({ "a.0": 1, _id: 1 });
    assertEquals(await read(), [3, 2, 1]);
  },
);

contractTest("find() skips, limits and sorts by several fields", async (db) => {
  const items = db.collection<Item>("items");
  await items.insertMany(
    Array.from({ length: 20 }, (_, i) => ({ _id: i, g: i % 2, n: -i })),
  );
  const found = await items.find().sort({ g: -1, n: 1 }).skip(2).limit(3)
    .toArray();
  assertEquals(found.map(({ _id }) => _id), [15, 13, 11]);
});

const PROJECTIONS: readonly [string, Document, Document][] = [
  ["keeps fields", { a: 1, "b.c": 1 }, { _id: 1, a: 1, b: { c: 2 } }],
  ["keeps fields and drops _id", { a: 1, _id: 0 }, { a: 1 }],
  ["drops fields", { a: 0, "b.c": 0, l: 0, d: 0 }, { _id: 1, b: { e: 3 } }],
  ["drops _id alone", { _id: 0 }, {
    a: 1,
    b: { c: 2, e: 3 },
    l: [1, 2, 3],
    d: [{ k: 1, v: 1 }, { k: 2, v: 2 }],
  }],
  ["enters arrays", { "d.k": 1, _id: 0 }, { d: [{ k: 1 }, { k: 2 }] }],
  ["cuts arrays", { l: { $slice: -2 }, a: 1, _id: 0 }, { a: 1, l: [2, 3] }],
  ["takes one element by $elemMatch", { d: { $elemMatch: { v: 2 } }, _id: 0 }, {
    d: [{ k: 2, v: 2 }],
  }],
  ["computes", { x: { $add: ["$a", 1] }, y: "$b.c", _id: 0 }, { x: 2, y: 2 }],
  ["takes nested documents for paths", { b: { c: 1 }, _id: 0 }, {
    b: { c: 2 },
  }],
];

for (const [title, projection, expected] of PROJECTIONS) {
  contractTest(`find() projection ${title}`, async (db) => {
    const items = db.collection<Item>("items");
    await items.insertOne({
      _id: 1,
      a: 1,
      b: { c: 2, e: 3 },
      l: [1, 2, 3],
      d: [{ k: 1, v: 1 }, { k: 2, v: 2 }],
    });
    const found = await items.findOne({}, { projection });
    assertEquals(found, expected);
    assertEquals(JSON.stringify(found), JSON.stringify(expected));
  });
}

contractTest(
  "find() projection by $elemMatch leaves out what is no array",
  async (db) => {
    const items = db.collection<Item>("items");
    await items.insertMany([{ _id: 1, d: { k: 1 } }, {
      _id: 2,
      d: [{ k: 1 }],
    }]);
    const projection = { d: { $elemMatch: { k: 1 } } };
    assertEquals(
      await items.find({}, { projection }).sort({ _id: 1 }).toArray(),
      [{ _id: 1 }, { _id: 2, d: [{ k: 1 }] }],
    );
  },
);

contractTest(
  "find() projection takes the element that the filter matched",
  async (db) => {
    const items = db.collection<Item>("items");
    await items.insertOne({ _id: 1, d: [{ k: 1 }, { k: 2 }, { k: 2, z: 1 }] });
    const found = await items.findOne({ "d.k": 2 }, {
      projection: { "d.$": 1 },
    });
    assertEquals(found, { _id: 1, d: [{ k: 2 }] });
  },
);

const REFUSED_PROJECTIONS: readonly [string, Document, number][] = [
  ["takes out after in", { a: 1, b: 0 }, 31254],
  ["takes in after out", { a: 0, b: 1 }, 31253],
  ["names a field below another", { a: 1, "a.b": 1 }, 31249],
  ["names a field above another", { "a.b": 1, a: 1 }, 31250],
  ["takes an element that no filter matched", { "a.$": 1 }, 51246],
];

for (const [title, projection, code] of REFUSED_PROJECTIONS) {
  contractTest(`find() refuses a projection that ${title}`, async (db) => {
    const items = db.collection<Item>("items");
    await items.insertOne({ a: [1] });
    await assertCode(() => items.findOne({}, { projection }), code);
  });
}

contractTest("a cursor brings all documents in batches", async (db) => {
  const items = db.collection<Item>("items");
  await items.insertMany(Array.from({ length: 1234 }, (_, _id) => ({ _id })));
  const cursor = items.find({}, { batchSize: 100 }).sort({ _id: 1 });
  const seen: unknown[] = [];
  for await (const { _id } of cursor) seen.push(_id);
  assertEquals(seen, Array.from({ length: 1234 }, (_, i) => i));
});

contractTest("a cursor that is closed early is gone", async (db) => {
  const items = db.collection<Item>("items");
  await items.insertMany(Array.from({ length: 50 }, (_, _id) => ({ _id })));
  const { cursor } = await db.command({ find: "items", batchSize: 10 });
  await db.command({
    killCursors: "items",
    cursors: [Long.fromString(String(cursor.id))],
  });
  await assertCode(
    () =>
      db.command({
        getMore: Long.fromString(String(cursor.id)),
        collection: "items",
      }),
    43,
  );
});

contractTest("a cursor goes on while documents are written", async (db) => {
  const items = db.collection<Item>("items");
  await items.insertMany(Array.from({ length: 300 }, (_, _id) => ({ _id })));
  const cursor = items.find({ _id: { $gte: 0 } }, { batchSize: 10 }).sort({
    _id: 1,
  });
  await cursor.next();
  await items.deleteMany({ _id: { $gte: 200 } });
  await items.updateMany({}, { $set: { big: "x".repeat(100) } });
  const rest = await cursor.toArray();
  assertEquals(rest.length >= 199, true);
  assertEquals(new Set(rest.map(({ _id }) => _id)).size, rest.length);
});

contractTest("distinct() lists values once, elements each", async (db) => {
  const items = db.collection<Item>("items");
  await items.insertMany([{ t: ["b", "a"] }, { t: "a" }, { t: 1 }, {
    t: Long.fromNumber(1),
  }, { x: 1 }]);
  assertEquals(await items.distinct("t"), [1, "a", "b"]);
  assertEquals(await items.distinct("t", { t: "a" }), ["a", "b"]);
});

contractTest("count() minds skip, limit and filter", async (db) => {
  const items = db.collection<Item>("items");
  await items.insertMany(Array.from({ length: 30 }, (_, n) => ({ n })));
  assertEquals(
    await items.countDocuments({ n: { $lt: 20 } }, { skip: 5, limit: 10 }),
    10,
  );
  assertEquals(await items.countDocuments({ n: { $lt: 20 } }, { skip: 15 }), 5);
  assertEquals(await db.collection<Item>("none").countDocuments(), 0);
});
