/**
 * The `$group` stage: grouped by order key, so that 1, 1.0 and NumberLong(1) meet.
 *
 * Most accumulators keep one value a group, the others a list within the memory
 * bound.
 */

import { Buffer } from "node:buffer";
import { Long } from "bson";
import { compareValues } from "../bson/compare_values.ts";
import { type Document, getOwn, isDocument } from "../bson/document.ts";
import { add, isNumeric, rejectInexact, toDouble } from "../bson/numbers.ts";
import { encodeOrderKey } from "../bson/order_key.ts";
import { MongoError, refuse } from "../errors.ts";
import { REFUSED_EXPRESSIONS } from "./check_expression.ts";
import { compileExpression, type Expression } from "./compile_expression.ts";
import { mergeObjects } from "./corrected_operators.ts";
import { MemoryBound } from "./memory_bound.ts";
import type { PipelineContext } from "./run_pipeline.ts";

interface Accumulator {
  readonly add: (value: unknown) => void;
  readonly read: () => unknown;
}

const ACCUMULATORS: Readonly<
  Record<string, (bound: MemoryBound) => Accumulator>
> = {
  $sum: () =>
    fold<unknown>(0, (sum, value) => isNumeric(value) ? add(sum, value) : sum),
  $avg: createAverage,
  $min: () =>
    fold<unknown>(
      null,
      (least, value) => isBeyond(value, least, -1) ? value : least,
    ),
  $max: () =>
    fold<unknown>(
      null,
      (most, value) => isBeyond(value, most, 1) ? value : most,
    ),
  $first: () =>
    fold<unknown>(
      undefined,
      (first, value) => first === undefined ? value ?? null : first,
    ),
  $last: () => fold<unknown>(undefined, (_last, value) => value),
  $push: (bound) => createList(bound, false),
  $addToSet: (bound) => createList(bound, true),
  $mergeObjects: (bound) =>
    fold<Document>({}, (merged, value) => {
      bound.addDocument({ value });
      return mergeObjects([merged, value]);
    }),
};

/** All accumulators of `$group`. */
export const ACCUMULATOR_NAMES: readonly string[] = [
  "$count",
  ...Object.keys(ACCUMULATORS),
];

/**
 * Groups documents.
 *
 * @param documents What to group.
 * @param spec `{ _id: expression, field: { $accumulator: expression } }`.
 * @param context Variables.
 * @returns One document a group, in the order in which groups were met.
 * @throws {MongoError} BadValue for a bad specification.
 */
export function* groupDocuments(
  documents: Iterable<Document>,
  spec: unknown,
  context: PipelineContext,
): Iterable<Document> {
  if (!isDocument(spec) || !("_id" in spec)) {
    throw new MongoError(
      "Location15955",
      "a group specification must include an _id",
    );
  }
  const readId = compileExpression(spec._id, context.variables);
  const fields = Object.entries(spec).filter(([name]) => name !== "_id")
    .map(([name, use]) => compileAccumulator(name, use, context));
  const bound = new MemoryBound("$group");
  const groups = new Map<string, { id: unknown; states: Accumulator[] }>();
  for (const document of documents) {
    const id = readId(document) ?? null;
    const key = toMapKey(id);
    let group = groups.get(key);
    if (!group) {
      bound.add(200 + key.length * 2);
      group = { id, states: fields.map((field) => field.create(bound)) };
      groups.set(key, group);
    }
    const { states } = group;
    fields.forEach((field, i) => states[i]!.add(field.read(document)));
  }
  for (const { id, states } of groups.values()) {
    const result: Document = { _id: id };
    fields.forEach((field, i) => result[field.name] = states[i]!.read());
    yield result;
  }
}

function toMapKey(id: unknown): string {
  if (typeof id === "string") return "s" + id;
  return "b" + Buffer.from(encodeOrderKey(id)).toString("latin1");
}

function compileAccumulator(
  name: string,
  use: unknown,
  context: PipelineContext,
): {
  readonly name: string;
  readonly read: Expression;
  readonly create: (bound: MemoryBound) => Accumulator;
} {
  const [entry, ...more] = isDocument(use) ? Object.entries(use) : [];
  if (!entry?.[0].startsWith("$") || more.length > 0) {
    throw new MongoError(
      "Location40234",
      `The field '${name}' must be an accumulator object`,
    );
  }
  const [operator, operand] = entry;
  if (operator === "$count") {
    return { name, read: () => 1, create: ACCUMULATORS.$sum! };
  }
  const create = getOwn(ACCUMULATORS, operator);
  if (create) {
    const read = compileExpression(operand, context.variables);
    return { name, read, create };
  }
  throw REFUSED_EXPRESSIONS.has(operator)
    ? refuse(operator)
    : new MongoError("Location15952", `unknown group operator '${operator}'`);
}

function fold<T>(
  start: T,
  step: (state: T, value: unknown) => T,
): Accumulator {
  let state = start;
  return {
    add: (value) => state = step(state, value),
    read: () => state ?? null,
  };
}

function isBeyond(value: unknown, extreme: unknown, sign: 1 | -1): boolean {
  if (value === undefined || value === null) return false;
  return extreme === null || compareValues(value, extreme) * sign > 0;
}

function createAverage(): Accumulator {
  let sum = 0;
  let count = 0;
  return {
    add: (value) => {
      if (!isNumeric(value)) return;
      if (!(value instanceof Long)) rejectInexact(value);
      sum += Number(String(value));
      count++;
    },
    read: () => count === 0 ? null : toDouble(sum / count),
  };
}

function createList(bound: MemoryBound, isSet: boolean): Accumulator {
  const items: unknown[] = [];
  const seen = new Set<string>();
  return {
    add: (value) => {
      if (value === undefined) return;
      if (isSet) {
        const key = toMapKey(value);
        if (seen.has(key)) return;
        seen.add(key);
      }
      bound.addDocument({ value });
      items.push(value);
    },
    read: () => items,
  };
}
