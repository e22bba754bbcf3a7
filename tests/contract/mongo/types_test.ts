import { assertEquals } from "@std/assert";
import {
  Binary,
  BSONRegExp,
  Code,
  type Collection,
  Decimal128,
  type Document,
  Double,
  Int32,
  Long,
  MaxKey,
  MinKey,
  ObjectId,
  Timestamp,
  UUID,
} from "mongodb";
import { contractTest, type Item } from "./contract_test_case.ts";

const VALUES: Readonly<Record<string, unknown>> = {
  int32: new Int32(7),
  long: Long.fromString("9007199254740993"),
  smallLong: Long.fromNumber(5),
  wholeDouble: new Double(4),
  double: new Double(0.1),
  decimal: Decimal128.fromString("1.10"),
  date: new Date(1234567890123),
  objectId: new ObjectId("0123456789abcdef01234567"),
  binary: new Binary(Uint8Array.of(1, 2, 0, 255)),
  uuid: new UUID("11111111-2222-4333-8444-555555555555"),
  regExp: new BSONRegExp("^a.*", "im"),
  text: "zero \0 and é and 😀",
  boolean: true,
  nothing: null,
  timestamp: new Timestamp({ t: 5, i: 6 }),
  code: new Code("return 1"),
  minKey: new MinKey(),
  maxKey: new MaxKey(),
  array: [new Double(1), [new Int32(2)], { a: Long.fromNumber(3) }],
  nested: { a: { b: { c: new Double(9) } } },
  empty: {},
};

/** Reads without the driver's conversions, so that types are visible. */
async function readExact(
  items: Collection<Document>,
): Promise<Document | null> {
  return await items.findOne({}, {
    promoteValues: false,
    bsonRegExp: true,
    projection: {},
  });
}

for (const [name, value] of Object.entries(VALUES)) {
  contractTest(`a value comes back as it went in: ${name}`, async (db) => {
    const items = db.collection<Item>("items");
    await items.insertOne({ _id: 1, v: value });
    assertEquals((await readExact(items))?.v, value);
  });

  contractTest(
    `a field keeps its type when another is updated: ${name}`,
    async (db) => {
      const items = db.collection<Item>("items");
      await items.insertOne({ _id: 1, v: value, n: 1 });
      await items.updateOne({ _id: 1 }, { $set: { n: 2 } });
      await items.updateOne({ _id: 1 }, [{ $set: { n: { $add: ["$n", 1] } } }]);
      const found = await readExact(items);
      assertEquals(found?.v, value);
      assertEquals(Number(found?.n), 3);
    },
  );
}

contractTest(
  "keys with dollars and dots come back from an insert and a $set of their parent",
  async (db) => {
    const items = db.collection<Item>("items");
    const odd = { "$set": 1, "a.b": { "$x": 2 }, "": 3 };
    await items.insertOne({ _id: 1, odd });
    await items.updateOne({ _id: 1 }, { $set: { other: odd } });
    assertEquals(await items.findOne(), { _id: 1, odd, other: odd });
  },
);

contractTest("$ifNull hands on a value with its type", async (db) => {
  const items = db.collection<Item>("items");
  await items.insertOne({ _id: 1, v: new Double(2), d: { w: Long.ONE } });
  await items.updateOne({ _id: 1 }, [
    { $set: { v: { $ifNull: ["$v", 0] }, w: { $ifNull: [null, "$d.w"] } } },
  ]);
  const found = await readExact(items);
  assertEquals([found?.v, found?.w], [new Double(2), Long.ONE]);
});

contractTest("$inc keeps int, widens to long and makes doubles", async (db) => {
  const items = db.collection<Item>("items");
  await items.insertOne({
    _id: 1,
    i: new Int32(1),
    big: new Int32(2147483647),
    l: Long.fromNumber(1),
    d: new Double(1),
  });
  await items.updateOne({ _id: 1 }, { $inc: { i: 1, big: 1, l: 1, d: 1 } });
  const found = await readExact(items);
  assertEquals(found?.i, new Int32(2));
  assertEquals(found?.big, Long.fromString("2147483648"));
  assertEquals(found?.l, Long.fromNumber(2));
  assertEquals(found?.d, new Double(2));
});

contractTest("$type tells the number types apart", async (db) => {
  const items = db.collection<Item>("items");
  await items.insertMany([
    { _id: 1, v: new Int32(1) },
    { _id: 2, v: new Double(1) },
    { _id: 3, v: Long.fromNumber(1) },
    { _id: 4, v: Decimal128.fromString("1") },
  ]);
  for (const [i, type] of ["int", "double", "long", "decimal"].entries()) {
    assertEquals(
      (await items.find({ v: { $type: type } }).toArray()).map(({ _id }) =>
        _id
      ),
      [i + 1],
    );
  }
});

contractTest(
  "values that pass through $match, $sort and $limit keep their types",
  async (db) => {
    const items = db.collection<Item>("items");
    await items.insertMany([{ _id: 1, v: new Double(2) }, {
      _id: 2,
      v: new Double(1),
    }]);
    const found = await items.aggregate([{ $match: {} }, { $sort: { v: 1 } }, {
      $limit: 1,
    }, { $addFields: { x: 1 } }], { promoteValues: false }).toArray();
    assertEquals(found.map(({ v }) => v), [new Double(1)]);
  },
);

contractTest(
  "values that a stage copies, nests or keeps have their types",
  async (db) => {
    const items = db.collection<Item>("items");
    await items.insertOne({ _id: 1, v: new Double(2), d: { w: Long.ONE } });
    const [found] = await items.aggregate([
      { $addFields: { copy: "$v", nested: { v: "$v" }, list: ["$d.w"] } },
      { $project: { copy: 1, nested: 1, list: 1, moved: "$d.w" } },
      { $replaceWith: { root: "$$ROOT" } },
    ], { promoteValues: false }).toArray();
    assertEquals(found?.root.copy, new Double(2));
    assertEquals(found?.root.nested, { v: new Double(2) });
    assertEquals(found?.root.list, [Long.ONE]);
    assertEquals(found?.root.moved, Long.ONE);
  },
);
