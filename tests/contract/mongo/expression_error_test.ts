/** What an expression answers for operands of the wrong type or number. */
import { assertEquals } from "@std/assert";
import { assertCode, contractTest, contractUri } from "./contract_test_case.ts";

const AT = new Date("2024-12-31T23:59:58Z");

const CASES: readonly [unknown, number][] = [
  [{ $add: ["a", 1] }, 14],
  [{ $subtract: ["a", 1] }, 14],
  [{ $multiply: ["a", 1] }, 14],
  [{ $divide: ["a", 1] }, 14],
  [{ $divide: [1, 0] }, 2],
  [{ $mod: ["a", 1] }, 16611],
  [{ $abs: "a" }, 28765],
  [{ $sin: "a" }, 28765],
  [{ $sqrt: "a" }, 28765],
  [{ $sqrt: -1 }, 28714],
  [{ $ln: -1 }, 28766],
  [{ $log: [-1, 2] }, 28758],
  [{ $log10: -1 }, 28761],
  [{ $pow: ["a", 1] }, 28762],
  [{ $pow: [0, -1] }, 28764],
  [{ $acos: 2 }, 50989],
  [{ $round: ["a", 1] }, 51081],
  [{ $bitAnd: [1.5] }, 14],
  [{ $concat: ["a", 1] }, 16702],
  [{ $toLower: [{ $literal: [1] }] }, 16007],
  [{ $split: [1, "a"] }, 40085],
  [{ $split: ["a", ""] }, 40087],
  [{ $strLenCP: 1 }, 34471],
  [{ $strLenBytes: 1 }, 34473],
  [{ $substrCP: ["abc", -1, 1] }, 34455],
  [{ $trim: { input: 1 } }, 50699],
  [{ $replaceOne: { input: 1, find: "a", replacement: "b" } }, 51746],
  [{ $replaceAll: { input: "a", find: 1, replacement: "b" } }, 51745],
  [{ $regexMatch: { input: 1, regex: "a" } }, 51104],
  [{ $regexFind: { input: 1, regex: "a" } }, 51104],
  [{ $arrayElemAt: ["a", 0] }, 28689],
  [{ $first: "a" }, 28689],
  [{ $last: "a" }, 28689],
  [{ $slice: ["a", 1] }, 28724],
  [{ $filter: { input: "a", cond: true } }, 28651],
  [{ $map: { input: "a", in: 1 } }, 16883],
  [{ $reduce: { input: "a", initialValue: 0, in: 1 } }, 40080],
  [{ $in: [1, "a"] }, 40081],
  [{ $concatArrays: ["a", [1]] }, 28664],
  [{ $reverseArray: "a" }, 34435],
  [{ $range: ["a", 1] }, 34443],
  [{ $indexOfArray: ["a", 1] }, 40090],
  [{ $sortArray: { input: "a", sortBy: 1 } }, 2942504],
  [{ $setUnion: ["a", [1]] }, 17043],
  [{ $setIntersection: ["a", [1]] }, 17047],
  [{ $setDifference: ["a", [1]] }, 17048],
  [{ $setIsSubset: ["a", [1]] }, 17046],
  [{ $anyElementTrue: ["a"] }, 17041],
  [{ $allElementsTrue: ["a"] }, 17040],
  [{ $arrayToObject: "a" }, 40386],
  [{ $objectToArray: "a" }, 40390],
  [{ $getField: { field: 1, input: {} } }, 3041704],
  [{ $dateToString: { date: "a" } }, 16006],
  [{ $year: "a" }, 16006],
  [{ $dateAdd: { startDate: AT, unit: "x", amount: 1 } }, 9],
  [{ $dateDiff: { startDate: AT, endDate: AT, unit: "x" } }, 9],
  [{ $dateTrunc: { date: AT, unit: "x" } }, 9],
  [{ $dateFromString: { dateString: "x" } }, 241],
  [{ $cond: [true] }, 16020],
  [{ $cond: { if: true } }, 17081],
  [{ $eq: [1] }, 16020],
  [{ $not: [] }, 16020],
  [{ $subtract: [1] }, 16020],
  [{ $ifNull: [1] }, 1257300],
  ["$$nope", 17276],
];

/** Those that SecantusDB answers with another code than mongod's source. */
const OWN_CASES: readonly [unknown, number][] = [
  [{ $dateAdd: { startDate: "a", unit: "day", amount: 1 } }, 5166403],
  [{ $dateAdd: { startDate: AT, unit: "day", amount: 1.5 } }, 5166405],
  [{ $dateDiff: { startDate: "a", endDate: AT, unit: "day" } }, 5166307],
  [{ $dateTrunc: { date: "a", unit: "day" } }, 5439012],
  [{ $regexMatch: { input: "a", regex: 1 } }, 51105],
  [{ $substrCP: ["abc", "a", 1] }, 34450],
  [{ $let: { vars: 1, in: 1 } }, 10065],
  [{ $literal: 1, $add: [1, 1] }, 15983],
];

const cases = contractUri === undefined ? [...CASES, ...OWN_CASES] : CASES;

for (const [expression, code] of cases) {
  const title = JSON.stringify(expression);
  contractTest(`an expression answers ${code} for ${title}`, async (db) => {
    const items = db.collection("items");
    await items.insertOne({});
    await assertCode(
      () => items.aggregate([{ $project: { r: expression } }]).toArray(),
      code,
    );
  });
}

contractTest(
  "$dateFromString gives onError and onNull their turn",
  async (db) => {
    const items = db.collection("items");
    await items.insertOne({});
    const read = async (operands: object) => {
      const r = { $dateFromString: operands };
      const [found] = await items.aggregate([{ $project: { _id: 0, r } }])
        .toArray();
      return found?.r;
    };
    assertEquals(await read({ dateString: "x", onError: "bad" }), "bad");
    assertEquals(await read({ dateString: null, onNull: "none" }), "none");
    assertEquals(await read({ dateString: null }), null);
  },
);
