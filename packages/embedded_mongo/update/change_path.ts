/**
 * Changes the values at a dotted path of a document, in place.
 *
 * Understands array indexes and the positional parts `$`, `$[]` and `$[name]`.
 * What to do with a value is the caller's function; this file only finds places,
 * creates what is missing where that is asked for, and says MongoDB's errors.
 */

import {
  type Document,
  getField,
  isDocument,
  setField,
} from "../bson/document.ts";
import { badValue, MongoError } from "../errors.ts";

/** A container that a path can lead through. */
type Container = Document | unknown[];

/** What positional parts stand for. */
export interface Positions {
  /** Index for `$`: the element that the query matched. */
  readonly arrayIndex?: number | undefined;
  /** Tests for `$[name]`, by name. */
  readonly arrayFilters: ReadonlyMap<string, (item: unknown) => boolean>;
}

/** One change to make. */
export interface PathChange {
  /** The path, split at its dots. */
  readonly parts: readonly string[];
  /** Whether missing documents on the way are created. */
  readonly creates: boolean;
  readonly positions: Positions;
  /** Receives the value (undefined: missing) and returns the new one (undefined: remove). */
  readonly change: (value: unknown) => unknown;
}

const MAX_PADDING = 1_500_000; // mongod's limit on nulls that one index may add

/**
 * Makes one change at every place that its path stands for.
 *
 * @param document The document, changed in place.
 * @param change Path and function.
 * @throws {MongoError} PathNotViable through a scalar, BadValue for positional
 *   parts without an array or a match.
 */
export function changePath(document: Document, change: PathChange): void {
  changeIn(document, 0, change);
}

function changeIn(container: Container, depth: number, use: PathChange): void {
  const part = use.parts[depth]!;
  const name = /^\$\[(.*)\]$/.exec(part)?.[1];
  if (name !== undefined) return changeElements(container, name, depth, use);
  if (part !== "$") return changeAt(container, part, depth, use);
  const { arrayIndex } = use.positions;
  if (arrayIndex === undefined) {
    throw badValue(
      "The positional operator did not find the match needed from the query.",
    );
  }
  changeAt(container, String(arrayIndex), depth, use);
}

function changeElements(
  container: Container,
  name: string,
  depth: number,
  use: PathChange,
): void {
  if (!Array.isArray(container)) throw missesArray(depth, use);
  const accepts = use.positions.arrayFilters.get(name);
  for (let i = 0; i < container.length; i++) {
    if (name === "" || accepts?.(container[i])) {
      changeAt(container, String(i), depth, use);
    }
  }
}

function changeAt(
  container: Container,
  key: string,
  depth: number,
  use: PathChange,
): void {
  if (Array.isArray(container) && !/^\d+$/.test(key)) {
    if (use.creates) throw notViable(key, depth, use);
    return;
  }
  const value = read(container, key);
  if (depth === use.parts.length - 1) {
    return write(container, key, value, use.change(value));
  }
  if (isDocument(value) || Array.isArray(value)) {
    return changeIn(value, depth + 1, use);
  }
  if (value !== undefined || !use.creates) {
    return rejectUnreachable(value, depth + 1, use);
  }
  const created: Document = {};
  changeIn(created, depth + 1, use);
  write(container, key, undefined, created);
}

/** `$[]` needs its array even where nothing would be created. */
function rejectUnreachable(
  scalar: unknown,
  depth: number,
  use: PathChange,
): void {
  const part = use.parts[depth]!;
  if (part.startsWith("$[")) throw missesArray(depth, use);
  if (scalar !== undefined && use.creates) throw notViable(part, depth, use);
}

function missesArray(depth: number, use: PathChange): MongoError {
  const path = use.parts.slice(0, depth).join(".");
  return badValue(
    `The path '${path}' must exist in the document in order to apply array updates.`,
  );
}

function notViable(field: string, depth: number, use: PathChange): MongoError {
  const parent = use.parts.slice(0, depth).join(".");
  return new MongoError(
    "PathNotViable",
    `Cannot create field '${field}' in element '${parent}'`,
  );
}

function read(container: Container, key: string): unknown {
  return Array.isArray(container)
    ? container[Number(key)]
    : getField(container, key);
}

function write(
  container: Container,
  key: string,
  before: unknown,
  after: unknown,
): void {
  if (!Array.isArray(container)) {
    if (after !== undefined) setField(container, key, after);
    else if (before !== undefined) delete container[key];
    return;
  }
  const index = Number(key);
  if (after === undefined && index >= container.length) return;
  if (index - container.length > MAX_PADDING) {
    throw new MongoError("CannotCreateIndex", `Cannot pad array to ${index}`);
  }
  while (container.length < index) container.push(null);
  container[index] = after ?? null; // $unset leaves null in an array.
}
