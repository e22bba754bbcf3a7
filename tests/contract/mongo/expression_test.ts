import { assertEquals, assertRejects } from "@std/assert";
import { Double, Long, MongoServerError } from "mongodb";
import { assertCode, contractTest, type Item } from "./contract_test_case.ts";

const FIELDS = {
  n: 2,
  long: Long.fromNumber(4),
  double: new Double(2),
  s: "Ab é",
  empty: "",
  list: [3, 1, 2],
  none: [],
  mixed: [{ x: 1 }, 5, [{ x: 9 }], {}, { x: 2 }],
  object: { x: 1 },
  truth: true,
  newYear: new Date("2024-12-31T23:59:59.123Z"),
  leapDay: new Date("2024-02-29T12:00:00Z"),
};

/** Expressions that are easily computed wrongly, mingo's own among them. */
const CASES: readonly [string, unknown, unknown][] = [
  ["$type tells the number types apart", [
    { $type: "$n" },
    { $type: "$long" },
    { $type: "$double" },
    { $type: "$nope" },
  ], ["int", "long", "double", "missing"]],
  ["$dateAdd stays in a shorter month", {
    $dateAdd: { startDate: "$newYear", unit: "month", amount: 2 },
  }, new Date("2025-02-28T23:59:59.123Z")],
  ["$dateSubtract stays in a shorter month", {
    $dateSubtract: { startDate: "$newYear", unit: "month", amount: 1 },
  }, new Date("2024-11-30T23:59:59.123Z")],
  ["$dateAdd from a leap day", {
    $dateAdd: { startDate: "$leapDay", unit: "year", amount: 1 },
  }, new Date("2025-02-28T12:00:00Z")],
  ["$round and $trunc take a value alone", [
    { $round: 2.6 },
    { $trunc: "$n" },
    { $round: "$nope" },
  ], [3, 2, null]],
  ["$min and $max compare across types and leave null out", [
    { $min: ["$list", "$s"] },
    { $max: ["$s", "$nope", null] },
    { $max: "$list" },
  ], ["Ab é", "Ab é", 3]],
  ["$toUpper and $toLower change ASCII only, and make nothing empty", [
    { $toUpper: "$s" },
    { $toLower: "$s" },
    { $toUpper: "$nope" },
  ], ["AB é", "ab é", ""]],
  ["$not takes an empty text for true", { $not: ["$empty"] }, false],
  ["$concat of null is null", { $concat: ["$s", "$nope"] }, null],
  ["$replaceAll replaces each", {
    $replaceAll: {
      input: "abab",
      find: "a",
      replacement: { $literal: "$&" },
    },
  }, "$&b$&b"],
  ["$mergeObjects lets the last one win", {
    $mergeObjects: ["$object", "$nope", { x: 2, y: 3 }],
  }, { x: 2, y: 3 }],
  ["an operand may stand in a list of its own", [
    { $abs: ["$n"] },
    { $reverseArray: ["$list"] },
    { $isNumber: ["$n"] },
    { $isArray: [["$n"]] },
    { $sum: ["$list"] },
    { $avg: "$n" },
    { $year: ["$newYear"] },
    { $toInt: ["$n"] },
    { $and: "$n" },
  ], [2, [2, 1, 3], true, true, 6, 2, 2024, 2, true]],
  ["null and nothing win", [
    { $year: "$nope" },
    { $hour: { date: "$nope", timezone: "+01:00" } },
    { $dateDiff: { startDate: "$leapDay", endDate: "$nope", unit: "day" } },
    { $slice: ["$nope", 1] },
    { $setUnion: ["$list", "$nope"] },
    { $toBool: ["$nope"] },
    { $sqrt: null },
  ], [null, null, null, null, null, null, null]],
  ["a path passes over elements that are no documents", "$mixed.x", [1, 2]],
  ["$arrayToObject takes keys and values by name", {
    $arrayToObject: [[{ k: "a", v: 1 }, { k: "b", v: null }]],
  }, { a: 1, b: null }],
  ["$dateToString keeps a percent sign", {
    $dateToString: { date: "$leapDay", format: "%Y%%%m" },
  }, "2024%02"],
  ["$getField reads the document unless told otherwise", [
    { $getField: "n" },
    { $concat: ["a", { $getField: "s" }] },
  ], [2, "aAb é"]],
  ["$type within an operator tells the number types apart", {
    $concat: [{ $type: "$long" }, { $type: "$double" }],
  }, "longdouble"],
  ["$switch takes the first branch that holds", {
    $switch: {
      branches: [{ case: "$nope", then: 1 }, { case: "$n", then: "$s" }],
      default: 3,
    },
  }, "Ab é"],
  ["$mod keeps the sign of the dividend", { $mod: [-3, 2] }, -1],
  ["$convert falls back on what it cannot convert", [
    { $convert: { input: "$none", to: "long", onError: "E" } },
    { $convert: { input: "$empty", to: "int", onError: "E" } },
    { $convert: { input: "$truth", to: "date", onError: "E" } },
    { $convert: { input: "$nope", to: "int", onNull: "N" } },
  ], ["E", "E", "E", "N"]],
];

for (const [title, expression, expected] of CASES) {
  contractTest(`an expression: ${title}`, async (db) => {
    const items = db.collection<Item>("items");
    await items.insertOne({ _id: 1, ...FIELDS });
    const result = await items.aggregate([
      { $replaceWith: { result: expression } },
    ]).toArray();
    assertEquals(result, [{ result: expected }]);
  });
}

contractTest("an expression refuses what is no number", async (db) => {
  const items = db.collection<Item>("items");
  await items.insertOne({ _id: 1, ...FIELDS });
  for (const result of [{ $acos: "$n" }, { $ln: -1 }, { $sqrt: -1 }]) {
    await assertRejects(
      () => items.aggregate([{ $set: { result } }]).toArray(),
      MongoServerError,
    );
  }
});

const REFUSED: readonly [string, unknown, number][] = [
  ["$size of no array", { $size: "$nope" }, 17124],
  ["$mod by zero", { $mod: ["$n", 0] }, 16610],
  ["$mergeObjects of a scalar", { $mergeObjects: ["$n", {}] }, 40400],
  ["$toInt of an empty text", { $toInt: "$empty" }, 241],
  ["$toLong of an array", { $toLong: "$none" }, 241],
  ["$toInt of words", { $toInt: "$s" }, 241],
  ["$switch without a branch that holds", {
    $switch: { branches: [{ case: "$nope", then: 1 }] },
  }, 40066],
  ["$toDate of a boolean", { $toDate: "$truth" }, 241],
];

for (const [title, expression, code] of REFUSED) {
  contractTest(`an expression refuses ${title}`, async (db) => {
    const items = db.collection<Item>("items");
    await items.insertOne({ _id: 1, ...FIELDS });
    await assertCode(
      () => items.aggregate([{ $set: { result: expression } }]).toArray(),
      code,
    );
  });
}
