import { assertMatch } from "@std/assert";
import type { Db, Document } from "mongodb";
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
  ["$geoWithin", { a: { $geoWithin: {} } }, 291],
  ["$near", { a: { $near: [0, 0] } }, 291],
];

const STAGES: readonly [string, unknown, number][] = [
  ["$out", "elsewhere", 238],
  ["$merge", { into: "elsewhere" }, 238],
  ["$geoNear", {}, 238],
  ["$search", {}, 238],
  ["$vectorSearch", {}, 238],
  ["$setWindowFields", {}, 238],
  ["$changeStream", {}, 40573],
];

const COMMANDS: readonly [string, Document][] = [
  ["collation", { find: "items", collation: { locale: "de" } }],
  ["tailable", { find: "items", tailable: true }],
  ["capped", { create: "new", capped: true, size: 1000 }],
  ["viewOn", { create: "new", viewOn: "items" }],
  ["validator", { create: "new", validator: { a: 1 } }],
  ["timeseries", { create: "new", timeseries: { timeField: "at" } }],
  ["text index", createIndex({ a: "text" })],
  ["2dsphere index", createIndex({ a: "2dsphere" })],
  ["hashed index", createIndex({ a: "hashed" })],
  ["wildcard index", createIndex({ "$**": 1 })],
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
  for (const [feature, command] of COMMANDS) {
    contractTest(
      `${Object.keys(command)[0]} refuses ${feature} by name`,
      async (db) => await assertRefused(db, command, { feature, code: 238 }),
    );
  }
}

contractTest("a transaction answers as on a standalone mongod", async (db) => {
  await assertCode(
    () => db.command({ insert: "items", documents: [{}], txnNumber: 1 }),
    20,
  );
});

function createIndex(key: Document): Document {
  return { createIndexes: "items", indexes: [{ key, name: "it" }] };
}

async function assertRefused(
  db: Db,
  command: Document,
  expected: { feature: string; code: number },
): Promise<void> {
  await db.collection<Item>("items").insertOne({ a: 1 });
  const { message } = await assertCode(
    () => db.command(command),
    expected.code,
  );
  assertMatch(message, /set MONGODB_URI to use a real server/);
  if (!message.includes(expected.feature)) {
    throw new Error(`"${message}" does not name ${expected.feature}`);
  }
}
