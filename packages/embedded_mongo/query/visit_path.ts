/**
 * Walks a dotted path through a document as MongoDB's queries do.
 *
 * Arrays on the way are entered: every element that is a document is walked, and
 * a numeric part also takes the element at that place. An array at the end yields
 * its elements and then itself. A field that is missing yields `undefined`; an
 * array without a document in it yields nothing.
 */

import { type Document, getField, isDocument } from "../bson/document.ts";

/** A path split at its dots, and which array elements led to the last match. */
export interface PathTrace {
  /** Index in the outermost array that was entered, for the `$` operator. */
  arrayIndex?: number;
}

/**
 * What an array at the end of the path yields: its elements and itself (queries),
 * itself (`$size`, `$elemMatch`), or its elements unless empty (sorts, indexes).
 */
export type LeafMode = "elements-and-array" | "array-only" | "elements";

/** What a visit needs besides the document. */
export interface PathVisit {
  /** The path, split at its dots. */
  readonly parts: readonly string[];
  /** What to do with an array at the end. */
  readonly leaf: LeafMode;
  /** Called for each value; returning true ends the walk. */
  readonly test: (value: unknown) => boolean;
  /** Filled when the walk ended inside an array. */
  readonly trace?: PathTrace | undefined;
  /** Called for each array that is entered. */
  readonly onArray?: () => void;
}

/**
 * Walks the path until a value passes.
 *
 * @param document Where the path starts.
 * @param visit Path, mode and test.
 * @returns Whether any value passed.
 */
export function visitPath(document: Document, visit: PathVisit): boolean {
  return visitField(document, 0, visit);
}

function visitField(
  document: Document,
  depth: number,
  visit: PathVisit,
): boolean {
  return visitValue(getField(document, visit.parts[depth]!), depth + 1, visit);
}

function visitValue(value: unknown, depth: number, visit: PathVisit): boolean {
  if (depth === visit.parts.length) return visitLeaf(value, visit);
  if (isDocument(value)) return visitField(value, depth, visit);
  if (Array.isArray(value)) return visitArray(value, depth, visit);
  return visit.test(undefined);
}

function visitLeaf(value: unknown, visit: PathVisit): boolean {
  if (visit.leaf !== "array-only" && Array.isArray(value)) {
    visit.onArray?.();
    for (let i = 0; i < value.length; i++) {
      if (visit.test(value[i])) return passAt(i, visit);
    }
    if (visit.leaf === "elements" && value.length > 0) return false;
  }
  return visit.test(value);
}

function visitArray(
  array: readonly unknown[],
  depth: number,
  visit: PathVisit,
): boolean {
  visit.onArray?.();
  const part = visit.parts[depth]!;
  const index = /^\d+$/.test(part) ? Number(part) : Infinity;
  const hasPlace = index < array.length;
  // A key has one meaning: where the part names a place, no field is meant.
  const entersItems = !(hasPlace && visit.leaf === "elements");
  for (let i = 0; entersItems && i < array.length; i++) {
    const item = array[i];
    if (isDocument(item) && visitField(item, depth, visit)) {
      return passAt(i, visit);
    }
  }
  return hasPlace && visitValue(array[index], depth + 1, visit);
}

function passAt(index: number, visit: PathVisit): true {
  if (visit.trace) visit.trace.arrayIndex = index;
  return true;
}
