/**
 * Compiles the `u` of an update: operators, a whole replacement or a pipeline.
 *
 * The result changes a decoded document in one step and never touches storage,
 * so that guard and write stay atomic in the command that uses it.
 */

import { BSONRegExp } from "bson";
import { runStages } from "../aggregate/run_pipeline.ts";
import { areEqual } from "../bson/compare_values.ts";
import {
  type Document,
  getField,
  isDocument,
  setField,
} from "../bson/document.ts";
import { MongoError } from "../errors.ts";
import { compileFilter, isOperatorObject } from "../query/compile_filter.ts";
import { changePath, type Positions } from "./change_path.ts";
import {
  UPDATE_OPERATORS,
  type UpdateMoment,
  type ValueChange,
} from "./update_operators.ts";

/** What one application of an update needs to know. */
export interface UpdateUse extends UpdateMoment {
  /** Index that `$` stands for, when the query matched inside an array. */
  readonly arrayIndex?: number | undefined;
}

/** A compiled update: consumes a document and returns the new one. */
export interface Update {
  readonly kind: "operators" | "replacement" | "pipeline";
  /** Whether a path holds `$`, the element that the query matched. */
  readonly needsPosition: boolean;
  readonly apply: (document: Document, use: UpdateUse) => Document;
}

const UPDATE_STAGES = new Set([
  "$set",
  "$addFields",
  "$unset",
  "$project",
  "$replaceRoot",
  "$replaceWith",
]);

/**
 * Compiles an update.
 *
 * @param update The `u` of the command.
 * @param options Array filters and variables (`let`, `c`) of the command.
 * @returns The update.
 * @throws {MongoError} FailedToParse, ConflictingUpdateOperators and others as
 *   mongod answers them.
 */
export function compileUpdate(
  update: unknown,
  options: {
    readonly arrayFilters?: unknown;
    readonly variables?: Document;
  } = {},
): Update {
  if (Array.isArray(update)) {
    return compilePipelineUpdate(update, options.variables ?? {});
  }
  if (!isDocument(update)) {
    throw new MongoError(
      "FailedToParse",
      "Update argument must be an object or array",
    );
  }
  const first = Object.keys(update)[0];
  return first?.startsWith("$")
    ? compileOperators(update, options.arrayFilters)
    : compileReplacement(update);
}

function compileReplacement(replacement: Document): Update {
  const bad = Object.keys(replacement).find((key) => key.startsWith("$"));
  if (bad !== undefined) {
    throw new MongoError(
      "DollarPrefixedFieldName",
      `The dollar ($) prefixed field '${bad}' in '${bad}' is not allowed in the ` +
        "context of an update's replacement document. Consider using an " +
        "aggregation pipeline with $replaceWith.",
    );
  }
  return {
    kind: "replacement",
    needsPosition: false,
    apply: (document) => keepId(document, { ...replacement }),
  };
}

function compilePipelineUpdate(
  pipeline: readonly unknown[],
  variables: Document,
): Update {
  for (const stage of pipeline) {
    const name = isDocument(stage) ? Object.keys(stage)[0] : undefined;
    if (name === undefined || !UPDATE_STAGES.has(name)) {
      throw new MongoError(
        "InvalidOptions",
        `${name} is not allowed to be used within an update`,
      );
    }
  }
  return {
    kind: "pipeline",
    needsPosition: false,
    apply: (document) => {
      const id = getField(document, "_id");
      const [result = {}] = runStages([document], pipeline, { variables });
      return keepId(id === undefined ? {} : { _id: id }, result);
    },
  };
}

/** Restores a dropped `_id` at the front, refuses a changed one. */
function keepId(before: Document, after: Document): Document {
  const id = getField(before, "_id");
  if (id === undefined) return after;
  const { _id: newId, ...rest } = after;
  rejectChangedId(id, newId ?? id);
  return { _id: id, ...rest };
}

function rejectChangedId(before: unknown, after: unknown): void {
  if (before === undefined || areEqual(before, after)) return;
  throw new MongoError(
    "ImmutableField",
    "Performing an update on the path '_id' would modify the immutable field '_id'",
  );
}

interface Step {
  readonly path: string;
  readonly parts: readonly string[];
  readonly creates: boolean;
  readonly onInsertOnly: boolean;
  readonly change: ValueChange;
}

function compileOperators(update: Document, arrayFilters: unknown): Update {
  const filters = compileArrayFilters(arrayFilters);
  const steps: Step[] = [];
  const renames: { from: string[]; to: string[] }[] = [];
  const paths: string[] = [];
  for (const [name, operands] of Object.entries(update)) {
    for (const [path, operand] of readOperands(name, operands)) {
      paths.push(path);
      if (name === "$rename") {
        if (typeof operand !== "string") {
          throw new MongoError(
            "BadValue",
            "The 'to' field for $rename must be a string",
          );
        }
        paths.push(operand);
        renames.push({ from: splitPath(path), to: splitPath(operand) });
      } else steps.push(compileStep(name, path, operand));
    }
  }
  rejectConflicts(paths);
  rejectUnknownFilters(paths, filters);
  steps.sort((left, right) => comparePaths(left.parts, right.parts));
  return {
    kind: "operators",
    needsPosition: paths.some((path) => /\.\$(\.|$)/.test(path)),
    apply: (document, use) => {
      const positions = { arrayIndex: use.arrayIndex, arrayFilters: filters };
      return applySteps(document, { steps, renames, positions, use });
    },
  };
}

function readOperands(name: string, operands: unknown): [string, unknown][] {
  if (name !== "$rename" && !UPDATE_OPERATORS[name]) {
    throw new MongoError(
      "FailedToParse",
      `Unknown modifier: ${name}. Expected a valid update modifier or ` +
        "pipeline-style update specified as an array",
    );
  }
  if (!isDocument(operands)) {
    throw new MongoError(
      "FailedToParse",
      `Modifiers operate on fields but we found another type for ${name}`,
    );
  }
  return Object.entries(operands);
}

function compileStep(name: string, path: string, operand: unknown): Step {
  const operator = UPDATE_OPERATORS[name]!;
  return {
    path,
    parts: splitPath(path),
    creates: operator.creates,
    onInsertOnly: name === "$setOnInsert",
    change: operator.compile(operand, path),
  };
}

function splitPath(path: string): string[] {
  const parts = path.split(".");
  if (parts.includes("")) {
    throw new MongoError(
      "EmptyFieldName",
      `The update path '${path}' contains an empty field name, which is not allowed.`,
    );
  }
  const bad = parts.find((part, i) =>
    part.startsWith("$") && !(i > 0 && /^\$(\[\w*\])?$/.test(part))
  );
  if (bad !== undefined) {
    throw new MongoError(
      "DollarPrefixedFieldName",
      `The dollar ($) prefixed field '${bad}' in '${path}' is not allowed`,
    );
  }
  return parts;
}

/** Two paths conflict when they are equal or one leads through the other. */
function rejectConflicts(paths: readonly string[]): void {
  const sorted = paths.map((path) => path + ".").sort();
  for (let i = 1; i < sorted.length; i++) {
    if (!sorted[i]!.startsWith(sorted[i - 1]!)) continue;
    const [outer, inner] = [
      sorted[i - 1]!.slice(0, -1),
      sorted[i]!.slice(0, -1),
    ];
    throw new MongoError(
      "ConflictingUpdateOperators",
      `Updating the path '${inner}' would create a conflict at '${outer}'`,
    );
  }
}

function compileArrayFilters(filters: unknown): Positions["arrayFilters"] {
  const tests = new Map<string, (item: unknown) => boolean>();
  if (!Array.isArray(filters)) return tests;
  for (const filter of filters) {
    const path = isDocument(filter) ? findFirstPath(filter) : undefined;
    const name = path?.split(".")[0];
    if (name === undefined || !isDocument(filter)) {
      throw new MongoError(
        "FailedToParse",
        "Cannot use an expression without a top-level field name in arrayFilters",
      );
    }
    if (tests.has(name)) {
      throw new MongoError(
        "FailedToParse",
        `Found multiple array filters with the same top-level field name ${name}`,
      );
    }
    const test = compileFilter(filter);
    tests.set(name, (item) => test({ [name]: item }));
  }
  return tests;
}

function findFirstPath(filter: Document): string | undefined {
  for (const [key, operand] of Object.entries(filter)) {
    if (!key.startsWith("$")) return key;
    const nested = Array.isArray(operand) && isDocument(operand[0])
      ? findFirstPath(operand[0])
      : undefined;
    if (nested !== undefined) return nested;
  }
  return undefined;
}

function rejectUnknownFilters(
  paths: readonly string[],
  filters: Positions["arrayFilters"],
): void {
  const used = new Set(
    paths.filter((path) => path.includes("$[")).flatMap((path) =>
      [...path.matchAll(/\$\[(\w+)\]/g)].map((m) => m[1]!)
    ),
  );
  for (const name of used) {
    if (filters.has(name)) continue;
    throw new MongoError(
      "BadValue",
      `No array filter found for identifier '${name}'`,
    );
  }
  for (const name of filters.keys()) {
    if (used.has(name)) continue;
    throw new MongoError(
      "FailedToParse",
      `The array filter for identifier '${name}' was not used in the update`,
    );
  }
}

/** MongoDB applies by path, names in byte order and indexes by number. */
function comparePaths(
  left: readonly string[],
  right: readonly string[],
): number {
  for (let i = 0; i < Math.min(left.length, right.length); i++) {
    const [a, b] = [left[i]!, right[i]!];
    if (a === b) continue;
    const areIndexes = /^\d+$/.test(a) && /^\d+$/.test(b);
    return areIndexes ? Number(a) - Number(b) : a < b ? -1 : 1;
  }
  return left.length - right.length;
}

function applySteps(
  document: Document,
  plan: {
    readonly steps: readonly Step[];
    readonly renames: readonly { from: string[]; to: string[] }[];
    readonly positions: Positions;
    readonly use: UpdateUse;
  },
): Document {
  const { steps, renames, positions, use } = plan;
  const id = getField(document, "_id");
  for (const { from, to } of renames) rename(document, { from, to, positions });
  for (const { parts, creates, onInsertOnly, change } of steps) {
    if (onInsertOnly && !use.isInsert) continue;
    changePath(document, {
      parts,
      creates,
      positions,
      change: (value) => change(value, use),
    });
  }
  rejectChangedId(id, getField(document, "_id"));
  return document;
}

function rename(
  document: Document,
  move: { from: string[]; to: string[]; positions: Positions },
): void {
  let value: unknown = document;
  for (const part of move.from) {
    if (Array.isArray(value)) {
      throw new MongoError(
        "BadValue",
        "The source field of $rename cannot be an array element",
      );
    }
    value = isDocument(value) ? getField(value, part) : undefined;
  }
  if (value === undefined) return;
  const { positions } = move;
  changePath(document, {
    parts: move.from,
    creates: false,
    positions,
    change: () => undefined,
  });
  changePath(document, {
    parts: move.to,
    creates: true,
    positions,
    change: () => value,
  });
}

/**
 * Builds the document that an upsert starts from: the filter's equalities.
 *
 * @param filter The filter of the update.
 * @returns A document with the fields that the filter pins to one value.
 */
export function buildUpsertBase(filter: Document): Document {
  const base: Document = {};
  const positions = { arrayFilters: new Map() };
  for (const [path, value] of listEqualities(filter)) {
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

function listEqualities(filter: Document): [string, unknown][] {
  return Object.entries(filter).flatMap(([key, operand]) => {
    const branches = Array.isArray(operand) ? operand.filter(isDocument) : [];
    if (key === "$and" || key === "$or" && branches.length === 1) {
      return branches.flatMap(listEqualities);
    }
    if (key.startsWith("$")) return [];
    const value = readEquality(operand);
    return value === undefined ? [] : [[key, value] as [string, unknown]];
  });
}

function readEquality(operand: unknown): unknown {
  if (!isDocument(operand)) {
    return operand instanceof BSONRegExp ? undefined : operand;
  }
  if (!isOperatorObject(operand)) return operand;
  if ("$eq" in operand) return operand.$eq;
  const list = operand.$all ?? operand.$in;
  return Array.isArray(list) && list.length === 1 ? list[0] : undefined;
}
