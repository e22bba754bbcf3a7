/**
 * `$bucket` as the `$group` that MongoDB's manual says it is.
 *
 * A bucket takes its lower boundary and not its upper one; mingo's own stage puts
 * a value that equals a boundary into the bucket below. The order of boundaries is
 * checked as in mongod.
 */

import { compareValues } from "../bson/compare_values.ts";
import { type Document, isDocument } from "../bson/document.ts";
import { MongoError } from "../errors.ts";
import { groupDocuments } from "./group_documents.ts";
import type { PipelineContext } from "./run_pipeline.ts";
import { sortDocuments } from "./sort_documents.ts";

/**
 * Groups documents by the interval that a value lies in.
 *
 * @param documents The input.
 * @param spec `groupBy`, `boundaries`, `default` and `output`.
 * @param context Variables.
 * @returns One document a bucket that is not empty, in order of `_id`.
 * @throws {MongoError} BadValue for boundaries that do not ascend.
 */
export function bucketDocuments(
  documents: Iterable<Document>,
  spec: unknown,
  context: PipelineContext,
): Iterable<Document> {
  const { groupBy, boundaries, output, ...rest } = readSpec(spec);
  const branches = boundaries.slice(0, -1).map((low, i) => ({
    case: {
      $and: [
        { $gte: [groupBy, { $literal: low }] },
        { $lt: [groupBy, { $literal: boundaries[i + 1] }] },
      ],
    },
    then: { $literal: low },
  }));
  const otherwise = "default" in rest
    ? { default: { $literal: rest.default } }
    : {};
  const group = {
    _id: { $switch: { branches, ...otherwise } },
    ...(isDocument(output) ? output : { count: { $sum: 1 } }),
  };
  return sortDocuments(groupDocuments(documents, group, context), { _id: 1 });
}

function readSpec(spec: unknown): Document & { boundaries: unknown[] } {
  const { boundaries } = isDocument(spec) ? spec : {};
  const isAscending = Array.isArray(boundaries) && boundaries.length >= 2 &&
    boundaries.every((boundary, i) =>
      i === 0 || compareValues(boundaries[i - 1], boundary) < 0
    );
  if (isDocument(spec) && isAscending) return { ...spec, boundaries };
  throw new MongoError(
    "BadValue",
    "The 'boundaries' of $bucket must be two or more values in ascending order",
  );
}
