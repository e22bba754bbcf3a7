/**
 * An update by operators: its steps, checked against each other and in order.
 *
 * MongoDB applies steps by path, whatever their order in the update; new fields
 * therefore come in order of name. What one operator does to a value is the
 * concern of update_operators.ts.
 */

import { type Document, getField, isDocument } from "../bson/document.ts";
import { badValue, MongoError, refuse } from "../errors.ts";
import { compileArrayFilters } from "./array_filters.ts";
import { changePath, type Positions } from "./change_path.ts";
import type { Update, UpdateUse } from "./compile_update.ts";
import { findOverlap } from "./find_overlap.ts";
import { UPDATE_OPERATORS } from "./update_operators.ts";

interface StepUse extends UpdateUse {
  readonly positions: Positions;
}

/** One change at one path. */
interface Step {
  /** Where it writes; `$rename` writes to its target. */
  readonly parts: readonly string[];
  /** Every path that it names. */
  readonly paths: readonly string[];
  readonly apply: (document: Document, use: StepUse) => void;
}

/**
 * Compiles an update by operators.
 *
 * @param update `{ $operator: { path: operand } }`.
 * @param arrayFilters As the client sent them.
 * @returns The update.
 * @throws {MongoError} FailedToParse, ConflictingUpdateOperators and others.
 */
export function compileOperators(
  update: Document,
  arrayFilters: unknown,
): Update {
  const steps = Object.entries(update).flatMap(([name, operands]) =>
    readOperands(name, operands).map(([path, operand]) =>
      name === "$rename"
        ? compileRename(path, operand)
        : compileStep(name, path, operand)
    )
  );
  const paths = steps.flatMap((step) => step.paths);
  rejectConflicts(paths);
  const filters = compileArrayFilters(arrayFilters, paths);
  steps.sort((left, right) => comparePaths(left.parts, right.parts));
  return {
    kind: "operators",
    needsPosition: paths.some((path) => /\.\$(\.|$)/.test(path)),
    apply: (document, use) => {
      const positions = { arrayIndex: use.arrayIndex, arrayFilters: filters };
      for (const step of steps) step.apply(document, { ...use, positions });
      return document;
    },
  };
}

function readOperands(name: string, operands: unknown): [string, unknown][] {
  if (name === "$bit") throw refuse(name);
  if (name !== "$rename" && !Object.hasOwn(UPDATE_OPERATORS, name)) {
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
  const { creates, compile } = UPDATE_OPERATORS[name]!;
  const change = compile(operand, path);
  const parts = splitPath(path);
  return {
    parts,
    paths: [path],
    apply: (document, use) => {
      if (name === "$setOnInsert" && !use.isInsert) return;
      const { positions } = use;
      changePath(document, {
        parts,
        creates,
        positions,
        change: (value) => change(value, use),
      });
    },
  };
}

function compileRename(path: string, target: unknown): Step {
  if (typeof target !== "string" || target === path) {
    throw badValue(
      typeof target === "string"
        ? `The source and target field for $rename must differ: ${path}`
        : "The 'to' field for $rename must be a string",
    );
  }
  const from = splitPath(path);
  const parts = splitPath(target);
  return {
    parts,
    paths: [path, target],
    apply: (document, { positions }) => {
      const value = readOutsideArrays(document, from, "source");
      if (value === undefined) return;
      readOutsideArrays(document, parts, "destination");
      const move = { creates: true, positions, change: () => value };
      changePath(document, { parts, ...move });
      const remove = { creates: false, positions, change: () => undefined };
      changePath(document, { parts: from, ...remove });
    },
  };
}

function readOutsideArrays(
  document: Document,
  parts: readonly string[],
  end: "source" | "destination",
): unknown {
  let value: unknown = document;
  for (const part of parts) {
    if (Array.isArray(value)) {
      throw badValue(`The ${end} field of $rename cannot be an array element`);
    }
    value = isDocument(value) ? getField(value, part) : undefined;
  }
  return value;
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

function rejectConflicts(paths: readonly string[]): void {
  const overlap = findOverlap(paths);
  if (!overlap) return;
  throw new MongoError(
    "ConflictingUpdateOperators",
    `Updating the path '${overlap.inner}' would create a conflict at '${overlap.outer}'`,
  );
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
