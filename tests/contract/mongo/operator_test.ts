/** Each operator of expressions once; where it is easily wrong: expression_test.ts. */
import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { contractTest, type Item } from "./contract_test_case.ts";

const FIELDS = {
  n: 2,
  s: " Ab é ",
  list: [3, 1, 2],
  pairs: [["a", 1], ["b", 2]],
  object: { x: 1, "y.z": 2 },
  at: new Date("2024-12-31T23:59:58.123Z"),
  leapDay: new Date("2024-02-29T12:00:00Z"),
};

const CASES: Readonly<Record<string, [unknown, unknown]>> = {
  $abs: [{ $abs: -3 }, 3],
  $allElementsTrue: [{ $allElementsTrue: [[true, 1, "a"]] }, true],
  $and: [{ $and: [true, "$n", 0] }, false],
  $anyElementTrue: [{ $anyElementTrue: [[false, 0, null]] }, false],
  $arrayToObject: [{ $arrayToObject: "$pairs" }, { a: 1, b: 2 }],
  $bitAnd: [{ $bitAnd: [12, 10] }, 8],
  $bitNot: [{ $bitNot: 5 }, -6],
  $bitOr: [{ $bitOr: [12, 10] }, 14],
  $bitXor: [{ $bitXor: [12, 10] }, 6],
  $ceil: [{ $ceil: 1.2 }, 2],
  $cmp: [[{ $cmp: ["$n", "a"] }, { $cmp: [2, "$n"] }], [-1, 0]],
  $concatArrays: [{ $concatArrays: ["$list", [4]] }, [3, 1, 2, 4]],
  $dateDiff: [
    { $dateDiff: { startDate: "$leapDay", endDate: "$at", unit: "month" } },
    10,
  ],
  $dateFromString: [
    { $dateFromString: { dateString: "2024-02-29T12:00:00Z" } },
    FIELDS.leapDay,
  ],
  $dayOfMonth: [{ $dayOfMonth: "$at" }, 31],
  $dayOfWeek: [{ $dayOfWeek: "$at" }, 3],
  $dayOfYear: [{ $dayOfYear: "$at" }, 366],
  $divide: [{ $divide: [7, "$n"] }, 3.5],
  $first: [{ $first: "$list" }, 3],
  $floor: [{ $floor: -1.2 }, -2],
  $getField: [{ $getField: { field: "y.z", input: "$object" } }, 2],
  $gte: [{ $gte: ["$n", 2] }, true],
  $hour: [
    [{ $hour: "$at" }, { $hour: { date: "$at", timezone: "+02:00" } }],
    [23, 1],
  ],
  $indexOfArray: [{ $indexOfArray: ["$list", 2] }, 2],
  $isArray: [[{ $isArray: "$list" }, { $isArray: ["$n"] }], [true, false]],
  $isNumber: [[{ $isNumber: "$n" }, { $isNumber: "$s" }], [true, false]],
  $isoDayOfWeek: [{ $isoDayOfWeek: "$at" }, 2],
  $isoWeek: [{ $isoWeek: "$at" }, 1],
  $let: [{ $let: { vars: { a: "$n" }, in: { $add: ["$$a", 1] } } }, 3],
  $literal: [{ $literal: "$n" }, "$n"],
  $lt: [{ $lt: ["$n", 2] }, false],
  $lte: [{ $lte: ["$n", 2] }, true],
  $ltrim: [{ $ltrim: { input: "$s" } }, "Ab é "],
  $millisecond: [{ $millisecond: "$at" }, 123],
  $minute: [{ $minute: "$at" }, 59],
  $month: [{ $month: "$at" }, 12],
  $objectToArray: [{ $objectToArray: { a: "$n" } }, [{ k: "a", v: 2 }]],
  $or: [{ $or: [0, null, "$n"] }, true],
  $range: [{ $range: [0, 7, 3] }, [0, 3, 6]],
  $regexFind: [
    { $regexFind: { input: "$s", regex: "(A)b" } },
    { match: "Ab", idx: 1, captures: ["A"] },
  ],
  $regexFindAll: [
    { $regexFindAll: { input: "aba", regex: "a" } },
    [{ match: "a", idx: 0, captures: [] }, {
      match: "a",
      idx: 2,
      captures: [],
    }],
  ],
  $regexMatch: [
    { $regexMatch: { input: "$s", regex: "ab", options: "i" } },
    true,
  ],
  $replaceOne: [
    { $replaceOne: { input: "aba", find: "a", replacement: "x" } },
    "xba",
  ],
  $reverseArray: [{ $reverseArray: "$list" }, [2, 1, 3]],
  $rtrim: [{ $rtrim: { input: "$s" } }, " Ab é"],
  $second: [{ $second: "$at" }, 58],
  $setDifference: [{ $setDifference: [[1, 2], [2]] }, [1]],
  $setEquals: [{ $setEquals: ["$list", [1, 2, 3, 3]] }, true],
  $setField: [
    { $setField: { field: "y.z", input: "$object", value: 9 } },
    { x: 1, "y.z": 9 },
  ],
  $setIntersection: [{ $setIntersection: [[1, 2], [2, 3]] }, [2]],
  $setIsSubset: [{ $setIsSubset: [[1, 2], "$list"] }, true],
  $setUnion: [{ $size: { $setUnion: [[1, 2], [2, 3]] } }, 3],
  $slice: [[{ $slice: ["$list", -2] }, { $slice: ["$list", 1, 1] }], [
    [1, 2],
    [1],
  ]],
  $sortArray: [{ $sortArray: { input: "$list", sortBy: -1 } }, [3, 2, 1]],
  $split: [{ $split: ["a-b", "-"] }, ["a", "b"]],
  $strLenBytes: [{ $strLenBytes: "$s" }, 7],
  $strLenCP: [{ $strLenCP: "$s" }, 6],
  $strcasecmp: [{ $strcasecmp: ["ab", "AC"] }, -1],
  $substrCP: [{ $substrCP: ["$s", 1, 4] }, "Ab é"],
  $subtract: [
    [{ $subtract: ["$n", 5] }, { $subtract: ["$at", "$at"] }],
    [-3, 0],
  ],
  $toBool: [[{ $toBool: "$n" }, { $toBool: 0 }], [true, false]],
  $toDate: [{ $toDate: "2024-02-29T12:00:00Z" }, FIELDS.leapDay],
  $toDouble: [{ $toDouble: "1.5" }, 1.5],
  $toInt: [{ $toInt: "7" }, 7],
  $toLong: [{ $toLong: "7" }, 7],
  $toString: [{ $toString: "$n" }, "2"],
  $trim: [{ $trim: { input: "$s" } }, "Ab é"],
  $unsetField: [
    { $unsetField: { field: "y.z", input: "$object" } },
    { x: 1 },
  ],
  $year: [{ $year: "$at" }, 2024],
};

for (const [name, [expression, expected]] of Object.entries(CASES)) {
  contractTest(`an expression computes ${name}`, async (db) => {
    const items = db.collection<Item>("items");
    await items.insertOne({ _id: 1, ...FIELDS });
    const result = await items.aggregate([
      { $replaceWith: { result: expression } },
    ]).toArray();
    assertEquals(result, [{ result: expected }]);
  });
}

const FLOATING: Readonly<Record<string, [number | number[], number]>> = {
  $acos: [0.5, Math.acos(0.5)],
  $acosh: [2, Math.acosh(2)],
  $asin: [0.5, Math.asin(0.5)],
  $asinh: [2, Math.asinh(2)],
  $atan: [2, Math.atan(2)],
  $atan2: [[1, 2], Math.atan2(1, 2)],
  $atanh: [0.5, Math.atanh(0.5)],
  $cos: [2, Math.cos(2)],
  $cosh: [2, Math.cosh(2)],
  $degreesToRadians: [90, Math.PI / 2],
  $exp: [2, Math.E ** 2],
  $ln: [2, Math.LN2],
  $log: [[8, 2], 3],
  $log10: [1000, 3],
  $pow: [[2, 10], 1024],
  $radiansToDegrees: [Math.PI, 180],
  $sin: [2, Math.sin(2)],
  $sinh: [2, Math.sinh(2)],
  $sqrt: [2, Math.SQRT2],
  $tan: [2, Math.tan(2)],
  $tanh: [2, Math.tanh(2)],
};

contractTest("expressions compute what floats", async (db) => {
  const items = db.collection<Item>("items");
  await items.insertOne({ _id: 1 });
  const expressions = Object.entries(FLOATING).map(([name, [operand]]) =>
    [name.slice(1), { [name]: operand }] as const
  );
  const [result] = await items.aggregate([
    { $replaceWith: Object.fromEntries(expressions) },
  ]).toArray();
  for (const [name, [, expected]] of Object.entries(FLOATING)) {
    assertAlmostEquals(result?.[name.slice(1)], expected, 1e-12, name);
  }
});

contractTest("$rand is a number below 1", async (db) => {
  const items = db.collection<Item>("items");
  await items.insertOne({ _id: 1 });
  const [result] = await items.aggregate([{ $set: { r: { $rand: {} } } }])
    .toArray();
  assert(result?.r >= 0 && result?.r < 1);
});
