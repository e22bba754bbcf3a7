/**
 * Random documents, filters and updates that meet each other often: few fields,
 * few values, every kind of value, operators nested as applications nest them.
 *
 * Operands are mostly legal; what is not must be refused alike.
 */
import { Decimal128, type Document, Double, Long, ObjectId } from "mongodb";
import fc from "fast-check";

/** One question for two servers. */
export interface RandomCase {
  /** Each gets its place in the list as `_id`. */
  readonly documents: readonly Document[];
  readonly filter: Document;
  readonly sort: Document;
  readonly update: Document | Document[];
  readonly isMulti: boolean;
  readonly isUpsert: boolean;
}

const scalar = fc.constantFrom<unknown>(
  0,
  1,
  2,
  -3,
  1.5,
  new Double(2),
  Long.fromNumber(1),
  Decimal128.fromString("1.5"),
  "",
  "a",
  "b",
  "ab",
  null,
  true,
  false,
  new Date(0),
  new Date(1000),
  new ObjectId("0123456789abcdef01234567"),
);

const key = fc.constantFrom("x", "y");

const value: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 6, arbitrary: scalar },
  { weight: 2, arbitrary: fc.array(scalar, { maxLength: 3 }) },
  { weight: 2, arbitrary: fc.dictionary(key, scalar, { maxKeys: 2 }) },
  {
    weight: 1,
    arbitrary: fc.array(fc.dictionary(key, scalar, { maxKeys: 2 }), {
      maxLength: 3,
    }),
  },
);

const field = fc.constantFrom("a", "b", "c");
const document = fc.dictionary(field, value, { maxKeys: 3 });
const path = fc.oneof(
  { weight: 4, arbitrary: field },
  {
    weight: 2,
    arbitrary: fc.tuple(field, key).map((parts) => parts.join(".")),
  },
  { weight: 1, arbitrary: fc.constantFrom("a.0", "b.1", "a.0.x", "c.x.y") },
);

const range = fc.constantFrom("$gt", "$gte", "$lt", "$lte").chain((name) =>
  scalar.map((operand) => ({ [name]: operand }))
);

const operators: fc.Arbitrary<Document> = fc.oneof(
  value.map((operand) => ({ $eq: operand })),
  value.map((operand) => ({ $ne: operand })),
  range,
  fc.tuple(range, range).map(([first, second]) => ({ ...first, ...second })),
  fc.array(value, { maxLength: 3 }).map((operand) => ({ $in: operand })),
  fc.array(value, { maxLength: 3 }).map((operand) => ({ $nin: operand })),
  fc.boolean().map((operand) => ({ $exists: operand })),
  fc.constantFrom(
    "int",
    "double",
    "string",
    "array",
    "object",
    "null",
    "number",
  )
    .map((operand) => ({ $type: operand })),
  fc.nat(3).map((operand) => ({ $size: operand })),
  fc.array(scalar.filter((item) => item !== null), {
    minLength: 1,
    maxLength: 2,
  }).map((operand) => ({ $all: operand })),
  fc.nat(1).map((remainder) => ({ $mod: [2, remainder] })),
  fc.constantFrom("^a", "b$", ".").map((operand) => ({ $regex: operand })),
  range.map((operand) => ({ $elemMatch: operand })),
  fc.tuple(key, fc.oneof(scalar, range)).map(([name, operand]) => ({
    $elemMatch: { [name]: operand },
  })),
  fc.oneof(range, value.map((operand) => ({ $eq: operand })))
    .map((operand) => ({ $not: operand })),
);

const condition = fc.tuple(path, fc.oneof(value, operators))
  .map(([name, operand]) => ({ [name]: operand }));

const filter: fc.Arbitrary<Document> = fc.oneof(
  { weight: 1, arbitrary: fc.constant({}) },
  { weight: 6, arbitrary: condition },
  {
    weight: 2,
    arbitrary: fc.tuple(condition, condition)
      .map(([first, second]) => ({ ...first, ...second })),
  },
  {
    weight: 3,
    arbitrary: fc.tuple(
      fc.constantFrom("$and", "$or", "$nor"),
      fc.array(condition, { minLength: 1, maxLength: 3 }),
    ).map(([name, branches]) => ({ [name]: branches })),
  },
);

const sort = fc.tuple(path, fc.constantFrom(1, -1))
  .map(([name, direction]) => ({ [name]: direction, _id: 1 }));

const step: fc.Arbitrary<Document> = fc.oneof(
  on("$set", value),
  on("$unset", fc.constant("")),
  on("$inc", fc.constantFrom<unknown>(1, -2, 0.5, Long.fromNumber(3))),
  on("$mul", fc.constantFrom<unknown>(2, 0, 1.5)),
  on("$min", scalar),
  on("$max", scalar),
  on("$setOnInsert", scalar),
  on("$push", value),
  on(
    "$push",
    fc.record({
      $each: fc.array(scalar, { maxLength: 3 }),
      $slice: fc.constantFrom(-2, 0, 2),
      $sort: fc.constantFrom(1, -1),
      $position: fc.nat(2),
    }, { requiredKeys: ["$each"] }),
  ),
  on("$addToSet", value),
  on(
    "$addToSet",
    fc.array(scalar, { maxLength: 3 }).map(($each) => ({ $each })),
  ),
  on("$pop", fc.constantFrom(1, -1)),
  on("$pull", fc.oneof(scalar, range)),
  on("$pullAll", fc.array(scalar, { maxLength: 2 })),
  fc.tuple(field, field).filter(([from, to]) => from !== to)
    .map(([from, to]) => ({ $rename: { [from]: to } })),
  fc.tuple(field, value)
    .map(([name, operand]) => ({ $set: { [`${name}.$[]`]: operand } })),
);

function on(name: string, operand: fc.Arbitrary<unknown>) {
  return fc.tuple(path, operand)
    .map(([place, value]) => ({ [name]: { [place]: value } }));
}

const update: fc.Arbitrary<Document | Document[]> = fc.oneof(
  { weight: 8, arbitrary: step },
  {
    weight: 3,
    arbitrary: fc.tuple(step, step)
      .map(([first, second]) => ({ ...first, ...second })),
  },
  {
    weight: 1,
    arbitrary: fc.tuple(field, field).map(([to, from]) => [
      { $set: { [to]: `$${from}` } },
    ]),
  },
);

/** Any case. */
export const randomCase: fc.Arbitrary<RandomCase> = fc.record({
  documents: fc.array(document, { minLength: 1, maxLength: 5 }),
  filter,
  sort,
  update,
  isMulti: fc.boolean(),
  isUpsert: fc.boolean(),
});
