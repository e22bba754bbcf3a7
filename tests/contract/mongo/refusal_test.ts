import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import {
  type Db,
  Decimal128,
  type Document,
  Long,
  MongoServerError,
} from "mongodb";
import { REFUSED_EXPRESSIONS } from "../../../packages/embedded_mongo/aggregate/check_expression.ts";
import {
  assertCode,
  contractTest,
  contractUri,
  type Item,
} from "./contract_test_case.ts";

const FILTERS: readonly [string, Document, number][] = [
  ["$where", { $where: "true" }, 238],
  ["$text", { $text: { $search: "a" } }, 238],
  ["$jsonSchema", { $jsonSchema: {} }, 238],
  ["$sampleRate", { $sampleRate: 0.5 }, 238],
  ["$geoWithin", { a: { $geoWithin: {} } }, 291],
  ["$geoIntersects", { a: { $geoIntersects: {} } }, 291],
  ["$near", { a: { $near: [0, 0] } }, 291],
  ["$nearSphere", { a: { $nearSphere: [0, 0] } }, 291],
  ["$alwaysTrue", { $alwaysTrue: 1 }, 238],
  ["$alwaysFalse", { $alwaysFalse: 1 }, 238],
  ["$bitsAllSet", { a: { $bitsAllSet: 1 } }, 238],
  ["$bitsAnySet", { a: { $bitsAnySet: 1 } }, 238],
  ["$bitsAllClear", { a: { $bitsAllClear: 1 } }, 238],
  ["$bitsAnyClear", { a: { $bitsAnyClear: 1 } }, 238],
  ["PCRE-only", { a: { $regex: "(?>a)" } }, 238],
  ["option x", { a: { $regex: "a b", $options: "x" } }, 238],
];

const STAGES: readonly [string, unknown, number][] = [
  ["$out", "elsewhere", 238],
  ["$merge", { into: "elsewhere" }, 238],
  ["$geoNear", {}, 238],
  ["$search", {}, 238],
  ["$vectorSearch", {}, 238],
  ["$setWindowFields", {}, 238],
  ["$bucket", { groupBy: "$a", boundaries: [0, 1] }, 238],
  ["$bucketAuto", { groupBy: "$a", buckets: 2 }, 238],
  ["$documents", [{ a: 1 }], 238],
  ["$densify", { field: "a" }, 238],
  ["$fill", { output: {} }, 238],
  ["$graphLookup", {}, 238],
  ["$redact", "$$KEEP", 238],
  ["$changeStream", {}, 40573],
];

const AT = new Date("2026-01-01T00:00:00Z");
const BIG = Long.fromString("9007199254740993");

const EXPRESSIONS: readonly [string, Document][] = [
  ["Decimal128 arithmetic", { $add: [Decimal128.fromString("1"), 1] }],
  ["int64 arithmetic beyond 2^53", { $add: [BIG, 1] }],
  ["%G", { $dateToString: { date: AT, format: "%G" } }],
  ["%w", { $dateToString: { date: AT, format: "%w" } }],
  ["%U", { $dateToString: { date: AT, format: "%U" } }],
  ["$type of a variable", {
    $map: { input: [1], in: { $concat: [{ $type: "$$this" }] } },
  }],
  ["quarter", { $dateTrunc: { date: AT, unit: "quarter" } }],
  ["time zone", { $dateTrunc: { date: AT, unit: "day", timezone: "+01:00" } }],
  ["time zone", {
    $dateAdd: { startDate: AT, unit: "month", amount: 1, timezone: "+01:00" },
  }],
  ["$convert to 2", { $convert: { input: 1, to: 2 } }],
  ["$convert to decimal", { $convert: { input: 1, to: "decimal" } }],
  ...[...REFUSED_EXPRESSIONS].map((name): [string, Document] => [
    name,
    { [name]: {} },
  ]),
];

const COMMANDS: readonly [string, Document][] = [
  ["collation", { find: "items", collation: { locale: "de" } }],
  ["collation", update({ $set: { b: 1 } }, { collation: { locale: "de" } })],
  ["collation", { count: "items", collation: { locale: "de" } }],
  ["collation", { distinct: "items", key: "a", collation: { locale: "de" } }],
  ["collation", {
    aggregate: "items",
    pipeline: [],
    cursor: {},
    collation: { locale: "de" },
  }],
  ["tailable", { find: "items", tailable: true }],
  ["awaitData", { find: "items", awaitData: true }],
  ["min", { find: "items", min: { a: 1 } }],
  ["max", { find: "items", max: { a: 1 } }],
  ["returnKey", { find: "items", returnKey: true }],
  ["showRecordId", { find: "items", showRecordId: true }],
  ["sorting by $meta", { find: "items", sort: { a: { $meta: "textScore" } } }],
  ["$meta", { find: "items", projection: { a: { $meta: "textScore" } } }],
  ...[...REFUSED_EXPRESSIONS].map((name): [string, Document] => [name, {
    aggregate: "items",
    pipeline: [{ $group: { _id: 1, a: { [name]: {} } } }],
    cursor: {},
  }]),
  ["$documents", {
    aggregate: 1,
    pipeline: [{ $documents: [{ a: 1 }] }],
    cursor: {},
  }],
  ["capped", { create: "new", capped: true, size: 1000 }],
  ["viewOn", { create: "new", viewOn: "items" }],
  ["validator", { create: "new", validator: { a: 1 } }],
  ["timeseries", { create: "new", timeseries: { timeField: "at" } }],
  ["clusteredIndex", { create: "new", clusteredIndex: { key: { _id: 1 } } }],
  ["text index", createIndex({ a: "text" })],
  ["2dsphere index", createIndex({ a: "2dsphere" })],
  ["hashed index", createIndex({ a: "hashed" })],
  ["wildcard index", createIndex({ "$**": 1 })],
  ["collation", createIndex({ a: 1 }, { collation: { locale: "de" } })],
];

const WRITES: readonly [string, Document][] = [
  ["$bit", { $bit: { a: { and: 1 } } }],
  ["Decimal128 arithmetic", { $inc: { a: Decimal128.fromString("0.1") } }],
  ["Decimal128 arithmetic", { $mul: { a: Decimal128.fromString("0.1") } }],
];

// Only the embedded server refuses these: a MongoDB server has them.
if (contractUri === undefined) {
  for (const [feature, filter, code] of FILTERS) {
    contractTest(`find() refuses ${feature} by name`, async (db) => {
      await assertRefused(db, { find: "items", filter }, { feature, code });
    });
  }
  for (const [feature, stage, code] of STAGES) {
    contractTest(`aggregate() refuses ${feature} by name`, async (db) => {
      const pipeline = [{ [feature]: stage }];
      const command = { aggregate: "items", pipeline, cursor: {} };
      await assertRefused(db, command, { feature, code });
    });
  }
  for (const [feature, expression] of EXPRESSIONS) {
    contractTest(`an expression refuses ${feature} by name`, async (db) => {
      const pipeline = [{ $set: { b: expression } }];
      const command = { aggregate: "items", pipeline, cursor: {} };
      await assertRefused(db, command, { feature, code: 238 });
    });
  }
  for (const [feature, command] of COMMANDS) {
    contractTest(
      `${Object.keys(command)[0]} refuses ${feature} by name`,
      async (db) => await assertRefused(db, command, { feature, code: 238 }),
    );
  }
  for (const [feature, change] of WRITES) {
    contractTest(
      `${Object.keys(change)[0]} refuses ${feature} by name`,
      async (db) =>
        await assertRefused(db, update(change), { feature, code: 238 }),
    );
  }
  contractTest("watch() refuses $changeStream by name", async (db) => {
    await using stream = db.collection("items").watch();
    const error = await assertCode(() => stream.next(), 40573);
    assertMatch(error.message, /set MONGODB_URI to use a real server/);
  });
  contractTest(
    "a unique index over two fields of one array is refused by name",
    async (db) => {
      const items = db.collection<Item>("items");
      await items.createIndex({ "a.x": 1, "a.y": 1 }, { unique: true });
      const error = await assertCode(
        () => items.insertOne({ a: [{ x: 1, y: 1 }] }),
        238,
      );
      assertMatch(error.message, /set MONGODB_URI to use a real server/);
    },
  );
}

contractTest("a transaction answers as on a standalone mongod", async (db) => {
  await assertCode(
    () => db.command({ insert: "items", documents: [{}], txnNumber: 1 }),
    20,
  );
});

function createIndex(key: Document, options: Document = {}): Document {
  return { createIndexes: "items", indexes: [{ key, name: "it", ...options }] };
}

function update(u: Document, options: Document = {}): Document {
  return { update: "items", updates: [{ q: {}, u, ...options }] };
}

/** An update tells of it in its write errors. */
async function assertRefused(
  db: Db,
  command: Document,
  expected: { feature: string; code: number },
): Promise<void> {
  await db.collection<Item>("items").insertOne({ a: 1 });
  const { code, message } = await findError(() => db.command(command));
  assertEquals(code, expected.code, message);
  assertMatch(message, /set MONGODB_URI to use a real server/);
  assertStringIncludes(message, expected.feature);
}

async function findError(
  run: () => Promise<Document>,
): Promise<{ readonly code: unknown; readonly message: string }> {
  try {
    const [error] = (await run()).writeErrors ?? [];
    return { code: error?.code, message: error?.errmsg ?? "no error" };
  } catch (error) {
    if (!(error instanceof MongoServerError)) throw error;
    return { code: error.code, message: error.message };
  }
}
