/**
 * What an upsert starts from when nothing matched: the filter's equalities.
 *
 * As in mongod, `$and`, a lone branch of `$or`, `$eq`, `$all` and a `$in` of one
 * value count; two values for one path are an error.
 */

import { BSONRegExp } from "bson";
import { type Document, isDocument, setField } from "../bson/document.ts";
import { MongoError } from "../errors.ts";
import { isOperatorObject } from "../query/compile_filter.ts";
import { changePath } from "./change_path.ts";
import { findOverlap } from "./find_overlap.ts";

/**
 * Builds the document that an upsert starts from: the filter's equalities.
 *
 * @param filter The filter of the update.
 * @returns A document with the fields that the filter pins to one value.
 * @throws {MongoError} NotSingleValueField when it pins a path twice.
 */
export function buildUpsertBase(filter: Document): Document {
  const base: Document = {};
  const positions = { arrayFilters: new Map() };
  // In order of path, as mongod keeps them.
  const equalities = listEqualities(filter)
    .sort(([left], [right]) => left < right ? -1 : 1);
  rejectAmbiguous(equalities.map(([path]) => path));
  for (const [path, value] of equalities) {
    const parts = path.split(".");
    if (parts.length === 1) setField(base, path, value);
    else {changePath(base, {
        parts,
        creates: true,
        positions,
        change: () => value,
      });}
  }
  return base;
}

/** A field that the filter pins twice has no one value to start from. */
function rejectAmbiguous(paths: readonly string[]): void {
  const overlap = findOverlap(paths);
  if (!overlap) return;
  const { outer, inner } = overlap;
  throw new MongoError(
    "NotSingleValueField",
    outer === inner
      ? `cannot infer query fields to set, path '${inner}' is matched twice`
      : `cannot infer query fields to set, both paths '${outer}' and '${inner}' are matched`,
  );
}

function listEqualities(filter: Document): [string, unknown][] {
  return Object.entries(filter).flatMap(
    ([key, operand]): [string, unknown][] => {
      const branches = Array.isArray(operand) ? operand.filter(isDocument) : [];
      if (key === "$and" || key === "$or" && branches.length === 1) {
        return branches.flatMap(listEqualities);
      }
      if (key.startsWith("$")) return [];
      return readEqualities(operand).map((value) => [key, value]);
    },
  );
}

function readEqualities(operand: unknown): unknown[] {
  if (!isOperatorObject(operand)) {
    return operand instanceof BSONRegExp ? [] : [operand];
  }
  const { $eq, $all, $in } = operand;
  return [
    ...("$eq" in operand ? [$eq] : []),
    ...(Array.isArray($all) ? $all : []),
    ...(Array.isArray($in) && $in.length === 1 ? $in : []),
  ].filter((value) =>
    !(value instanceof BSONRegExp || isOperatorObject(value))
  );
}
