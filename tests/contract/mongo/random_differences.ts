/**
 * What SecantusDB does otherwise than MongoDB on random cases, each with a case
 * that shows it: the embedded server follows MongoDB's documentation.
 */
import type { Outcome } from "./ask_server.ts";
import type { RandomCase } from "./random_cases.ts";

/** One known difference. */
export interface RandomDifference {
  readonly title: string;
  /** Whether it explains why two servers answered a case differently. */
  readonly explains: (
    asked: RandomCase,
    embedded: Outcome,
    other: Outcome,
  ) => boolean;
  readonly example: RandomCase;
}

const EXAMPLE: RandomCase = {
  documents: [{ a: 1 }],
  filter: {},
  sort: { _id: 1 },
  update: {},
  isMulti: false,
  isUpsert: false,
};

/** All known differences. */
export const RANDOM_DIFFERENCES: readonly RandomDifference[] = [
  {
    title: "$[] on a field that is no array is passed over, not refused",
    explains: ({ update }, { updated }) =>
      JSON.stringify(update).includes("$[]") && updated === "error 2",
    example: { ...EXAMPLE, update: { $set: { "a.$[]": 2 } } },
  },
  {
    title: "an upsert may pin one path twice",
    explains: ({ isUpsert }, { updated }) => isUpsert && updated === "error 54",
    example: {
      ...EXAMPLE,
      filter: { "a.x": 1, a: { y: 2 } },
      update: { $set: { b: 1 } },
      isUpsert: true,
    },
  },
  {
    title: "of two reasons to refuse, the first in the update is told",
    explains: ({ update }, embedded, other) =>
      Object.keys(update).length > 1 &&
      embedded.updated.startsWith("error") &&
      other.updated.startsWith("error"),
    example: {
      ...EXAMPLE,
      documents: [{ a: "x", b: "x" }],
      update: { $inc: { b: 1 }, $push: { a: 1 } },
    },
  },
  {
    title: "a place in an empty array counts as null",
    explains: ({ filter, documents }) =>
      /\.\d/.test(JSON.stringify(filter)) &&
      JSON.stringify(documents).includes("[]"),
    example: {
      ...EXAMPLE,
      documents: [{ a: [] }],
      filter: { "a.0.x": null },
      update: { $set: { b: 1 } },
    },
  },
  {
    title: "a sort through an array passes over elements without the field",
    explains: ({ sort }, embedded, other) =>
      Object.keys(sort).some((path) => path.includes(".")) &&
      embedded.counted === other.counted && embedded.after === other.after,
    example: {
      ...EXAMPLE,
      documents: [{ a: [{}, { x: 1 }] }, { a: { x: 0 } }],
      sort: { "a.x": 1, _id: 1 },
      update: { $set: { b: 1 } },
    },
  },
];
