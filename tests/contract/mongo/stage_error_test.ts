/** What an aggregation answers for stages that are written wrongly. */
import { assertCode, contractTest } from "./contract_test_case.ts";

const CASES: readonly [unknown, number][] = [
  [{}, 40323],
  [{ $match: {}, $limit: 1 }, 40323],
  [{ $match: 1 }, 15959],
  [{ $sort: {} }, 15976],
  [{ $sort: 1 }, 15973],
  [{ $limit: -1 }, 5107201],
  [{ $limit: 1.5 }, 5107201],
  [{ $limit: "a" }, 5107201],
  [{ $skip: -1 }, 5107200],
  [{ $skip: "a" }, 5107200],
  [{ $unwind: "a" }, 28818],
  [{ $unwind: {} }, 28812],
  [{ $unwind: { path: "$a", x: 1 } }, 28811],
  [{ $unwind: { path: "$a", includeArrayIndex: "$i" } }, 28822],
  [{ $unwind: { path: "$a", preserveNullAndEmptyArrays: 1 } }, 28809],
  [{ $project: {} }, 51272],
  [{ $project: 1 }, 15969],
  [{ $unset: [] }, 31119],
  [{ $unset: 1 }, 31002],
  [{ $count: 1 }, 40156],
  [{ $count: "" }, 40157],
  [{ $count: "$a" }, 40158],
  [{ $count: "a.b" }, 40160],
  [{ $sample: { size: -1 } }, 28747],
  [{ $sortByCount: "a" }, 40148],
  [{ $sortByCount: { a: 1 } }, 40147],
  [{
    $lookup: { from: "b", as: "c", localField: "a", foreignField: "b", x: 1 },
  }, 40415],
  [{ $unionWith: 1 }, 9],
  [{ $unionWith: {} }, 9],
  [{ $unionWith: { coll: 1 } }, 14],
  [{ $unionWith: { coll: "b", x: 1 } }, 40415],
  [{ $unionWith: { coll: "b", pipeline: 1 } }, 14],
  [{ $facet: {} }, 40169],
  [{ $facet: { a: 1 } }, 40170],
  [{ $facet: { a: [{ $facet: { b: [] } }] } }, 40600],
];

for (const [stage, code] of CASES) {
  const title = JSON.stringify(stage);
  contractTest(`aggregate() answers ${code} for ${title}`, async (db) => {
    const items = db.collection("items");
    await items.insertOne({ a: [1] });
    await assertCode(() => items.aggregate([stage as object]).toArray(), code);
  });
}

contractTest("$set refuses paths that lead through each other", async (db) => {
  const items = db.collection("items");
  await items.insertOne({});
  const stage = { $set: { a: 1, "a.b": 1 } };
  await assertCode(() => items.aggregate([stage]).toArray(), 40176);
});

contractTest("$set refuses an empty name in a path", async (db) => {
  const items = db.collection("items");
  await items.insertOne({});
  const stage = { $set: { "a..b": 1 } };
  await assertCode(() => items.aggregate([stage]).toArray(), 15998);
});
