/**
 * The accumulators that need all values of a group before they can answer.
 *
 * Each says what is kept of a document and what becomes of the list; how much
 * may be kept is the concern of group_documents.ts.
 */

import { compareBytes, compareValues } from "../bson/compare_values.ts";
import { type Document, isDocument } from "../bson/document.ts";
import {
  isNumeric,
  rejectInexact,
  toDouble,
  toSafeInteger,
} from "../bson/numbers.ts";
import { MongoError } from "../errors.ts";
import { compileSortKey, parseSort } from "../query/compile_sort.ts";
import { compileExpression } from "./compile_expression.ts";

/** An accumulator over a list. */
export interface RareAccumulator {
  /** What is kept of a document. */
  readonly read: (document: Document) => unknown;
  /** What becomes of the list, which is in order of the documents. */
  readonly finish: (kept: readonly unknown[]) => unknown;
}

type Compile = (operand: unknown, variables: Document) => RareAccumulator;

/** The accumulators by name. */
export const RARE_ACCUMULATORS: Readonly<Record<string, Compile>> = {
  $bottom: compileTop((ranked) => ranked.at(-1)),
  $bottomN: compileTop((ranked, n) => ranked.slice(-n)),
  $firstN: compileN((values, n) => values.slice(0, n).map(orNull)),
  $lastN: compileN((values, n) => values.slice(-n).map(orNull)),
  $maxN: compileN((values, n) => rank(values).reverse().slice(0, n)),
  $mergeObjects: compileValues(mergeObjects),
  $minN: compileN((values, n) => rank(values).slice(0, n)),
  $stdDevPop: compileValues((values) => computeDeviation(values, 0)),
  $stdDevSamp: compileValues((values) => computeDeviation(values, 1)),
  $top: compileTop((ranked) => ranked[0]),
  $topN: compileTop((ranked, n) => ranked.slice(0, n)),
};

function compileValues(finish: RareAccumulator["finish"]): Compile {
  return (operand, variables) => ({
    read: compileExpression(operand, variables),
    finish,
  });
}

function compileN(
  finish: (values: readonly unknown[], n: number) => unknown,
): Compile {
  return (operand, variables) => {
    const { input } = readSpec(operand);
    const n = readN(operand, variables);
    return {
      read: compileExpression(input, variables),
      finish: (values) => finish(values, n),
    };
  };
}

function compileTop(
  finish: (ranked: readonly unknown[], n: number) => unknown,
): Compile {
  return (operand, variables) => {
    const { sortBy, output, n } = readSpec(operand);
    const readKey = compileSortKey(parseSort(readSpec(sortBy)));
    const readOutput = compileExpression(output, variables);
    const count = n === undefined ? 1 : readN(operand, variables);
    return {
      read: (document) => ({
        key: readKey(document),
        output: readOutput(document) ?? null,
      }),
      finish: (kept) => {
        const entries = kept as { key: Uint8Array; output: unknown }[];
        const ranked = entries.toSorted((left, right) =>
          compareBytes(left.key, right.key)
        );
        return finish(ranked.map(({ output }) => output), count) ?? null;
      },
    };
  };
}

function readSpec(operand: unknown): Document {
  if (isDocument(operand)) return operand;
  throw new MongoError("BadValue", "An accumulator needs a specification");
}

function readN(operand: unknown, variables: Document): number {
  const evaluate = compileExpression(readSpec(operand).n, variables);
  const n = toSafeInteger(evaluate({}));
  if (n !== undefined && n > 0) return n;
  throw new MongoError("BadValue", "'n' must be greater than 0");
}

function orNull(value: unknown): unknown {
  return value ?? null;
}

/** Nothing and null do not count. */
function rank(values: readonly unknown[]): unknown[] {
  return values.filter((value) => value !== undefined && value !== null)
    .sort(compareValues);
}

/**
 * Merges documents, the last one winning; nothing and null do not count.
 *
 * @param values The documents.
 * @returns The merged document.
 * @throws {MongoError} Location40400 for a value of another type.
 */
export function mergeObjects(values: readonly unknown[]): Document {
  let merged: Document = {};
  for (const value of values) {
    if (value === undefined || value === null) continue;
    if (!isDocument(value)) {
      throw new MongoError(
        "Location40400",
        "$mergeObjects requires object inputs",
      );
    }
    merged = { ...merged, ...value };
  }
  return merged;
}

/** What is no number does not count. */
function computeDeviation(values: readonly unknown[], lost: 0 | 1): unknown {
  const numbers = values.filter(isNumeric).map((value) => {
    rejectInexact(value);
    return Number(String(value));
  });
  if (numbers.length <= lost) return null;
  const mean = numbers.reduce((sum, number) => sum + number, 0) /
    numbers.length;
  const squares = numbers.reduce(
    (sum, number) => sum + (number - mean) ** 2,
    0,
  );
  return toDouble(Math.sqrt(squares / (numbers.length - lost)));
}
