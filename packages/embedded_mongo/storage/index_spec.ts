/**
 * One index: its definition as the client gave it, and the keys of a document.
 *
 * A document has one key for each element of an array on an indexed path; an
 * index that has met one is multikey from then on. Hashed, text, geospatial and
 * wildcard indexes are refused.
 */

import { compareBytes } from "../bson/compare_values.ts";
import { type Document, isDocument } from "../bson/document.ts";
import { toSafeInteger } from "../bson/numbers.ts";
import {
  EMPTY_ARRAY_KEY,
  encodeOrderKey,
  invertKey,
  joinKeys,
} from "../bson/order_key.ts";
import { MongoError, refuse } from "../errors.ts";
import { compileFilter, type Filter } from "../query/compile_filter.ts";
import type { SortField } from "../query/compile_sort.ts";
import { listConditions } from "../query/list_conditions.ts";
import { visitPath } from "../query/visit_path.ts";
import { splitWords } from "../split_words.ts";

/** What one entry of an index holds for one document. */
export interface IndexEntry {
  /** The order key of all fields, concatenated. */
  readonly key: Uint8Array;
  /** The values behind the key, for `keyValue` in errors. */
  readonly values: readonly unknown[];
}

/** An index that documents can be entered in. */
export interface IndexSpec {
  readonly id: number;
  readonly name: string;
  /** The definition, as listIndexes returns it. */
  readonly definition: Document;
  readonly keyPattern: Document;
  readonly fields: readonly SortField[];
  readonly isUnique: boolean;
  readonly isSparse: boolean;
  readonly partialFilter?: Document;
  readonly expireAfterSeconds?: number;
  /** Set once a document had an array on an indexed path. */
  isMultikey: boolean;
  /** Whether a document belongs in the index. */
  readonly covers: Filter;
}

const KNOWN_OPTIONS = new Set(splitWords(`
  v key name unique sparse partialFilterExpression expireAfterSeconds
  background ns hidden`));
const PARTIAL_OPERATORS = new Set(
  ["$eq", "$exists", "$gt", "$gte", "$in", "$lt", "$lte", "$type"],
);
const MAX_FIELDS = 32; // mongod's limit for a compound index

/**
 * Reads the definition of an index.
 *
 * @param definition One entry of createIndexes.
 * @param stored Number and multikey flag under which it is kept.
 * @returns The index.
 * @throws {MongoError} CannotCreateIndex, or NotImplemented by name.
 */
export function parseIndex(
  definition: Document,
  stored: { readonly id: number; readonly isMultikey: boolean },
): IndexSpec {
  const { name, key, partialFilterExpression } = definition;
  for (const option of Object.keys(definition)) {
    if (!KNOWN_OPTIONS.has(option)) throw refuse(`index option ${option}`);
  }
  if (typeof name !== "string" || !isDocument(key)) {
    throw new MongoError("FailedToParse", "An index needs a name and a key");
  }
  const partialFilter = isDocument(partialFilterExpression)
    ? partialFilterExpression
    : undefined;
  const fields = parseKey(key);
  const isSparse = definition.sparse === true;
  return {
    ...stored,
    name,
    keyPattern: key,
    definition: { v: 2, key, name, ...definition },
    fields,
    isUnique: definition.unique === true,
    isSparse,
    covers: compileCoverage({ fields, isSparse, partialFilter }),
    ...(partialFilter ? { partialFilter } : {}),
    ...parseExpiry(definition.expireAfterSeconds, fields),
  };
}

/**
 * Lists the entries of a document in an index.
 *
 * @param index The index.
 * @param document The document.
 * @returns Its entries without duplicates, and whether an array was met.
 * @throws {MongoError} CannotIndexParallelArrays for arrays on two paths.
 */
export function listIndexEntries(
  index: IndexSpec,
  document: Document,
): { readonly entries: IndexEntry[]; readonly hasArray: boolean } {
  if (!index.covers(document)) return { entries: [], hasArray: false };
  const columns = index.fields.map((field) => listFieldKeys(field, document));
  const arrays = columns.filter((column) => column.hasArray);
  if (arrays.length > 1) rejectParallelArrays(index, document);
  let entries: IndexEntry[] = [{ key: new Uint8Array(), values: [] }];
  for (const { keys } of columns) {
    entries = entries.flatMap((entry) =>
      keys.map(({ key, value }) => ({
        key: entry.key.length === 0 ? key : joinKeys(entry.key, key),
        values: [...entry.values, value],
      }))
    );
  }
  const hasArray = arrays.length > 0;
  return { entries: hasArray ? dropDuplicates(entries) : entries, hasArray };
}

function parseKey(key: Document): SortField[] {
  const fields = Object.entries(key).map(([path, value]) => {
    if (typeof value === "string") throw refuse(`${value} index`);
    if (path.includes("$**")) throw refuse("wildcard index");
    const direction = toSafeInteger(value);
    if (!direction || path === "" || path.split(".").includes("")) {
      throw new MongoError(
        "CannotCreateIndex",
        `Values in the index key pattern must be non-zero numbers: '${path}'`,
      );
    }
    return { path, direction: direction > 0 ? 1 : -1 } as SortField;
  });
  if (fields.length === 0 || fields.length > MAX_FIELDS) {
    throw new MongoError(
      "CannotCreateIndex",
      `An index needs 1 to ${MAX_FIELDS} fields, got ${fields.length}`,
    );
  }
  return fields;
}

function parseExpiry(
  value: unknown,
  fields: readonly SortField[],
): { expireAfterSeconds?: number } {
  if (value === undefined) return {};
  const expireAfterSeconds = toSafeInteger(value);
  if (expireAfterSeconds === undefined || expireAfterSeconds < 0) {
    throw new MongoError(
      "CannotCreateIndex",
      "TTL index 'expireAfterSeconds' must be a non-negative number",
    );
  }
  if (fields.length > 1) {
    throw new MongoError(
      "CannotCreateIndex",
      "TTL indexes are single-field indexes, compound indexes do not support TTL",
    );
  }
  return { expireAfterSeconds };
}

function compileCoverage(parts: {
  readonly fields: readonly SortField[];
  readonly isSparse: boolean;
  readonly partialFilter: Document | undefined;
}): Filter {
  if (parts.partialFilter) {
    rejectUnclear(parts.partialFilter);
    return compileFilter(parts.partialFilter);
  }
  if (!parts.isSparse) return () => true;
  return compileFilter({
    $or: parts.fields.map(({ path }) => ({ [path]: { $exists: true } })),
  });
}

/** What a partial index leaves out must be plain to see, to mongod as well. */
function rejectUnclear(filter: Document): void {
  for (const { path, operator, operand } of listConditions(filter)) {
    if (path === "$or" && Array.isArray(operand)) {
      operand.filter(isDocument).forEach(rejectUnclear);
    } else if (
      path.startsWith("$") || !PARTIAL_OPERATORS.has(operator) ||
      operator === "$exists" && operand !== true
    ) {
      throw new MongoError(
        "CannotCreateIndex",
        `unsupported expression in partial index: ${path} ${operator}`,
      );
    }
  }
}

interface FieldKeys {
  readonly keys: { readonly key: Uint8Array; readonly value: unknown }[];
  readonly hasArray: boolean;
}

function listFieldKeys(field: SortField, document: Document): FieldKeys {
  const keys: { key: Uint8Array; value: unknown }[] = [];
  const add = (value: unknown, key = encodeOrderKey(value)) => {
    const isDescending = field.direction < 0;
    keys.push({
      key: isDescending ? invertKey(key) : key,
      value: value ?? null,
    });
    return false;
  };
  const trace = { arrays: 0 };
  visitPath(document, {
    parts: field.path.split("."),
    leaf: "elements",
    test: (value) =>
      Array.isArray(value) && value.length === 0
        ? add(value, EMPTY_ARRAY_KEY)
        : add(value),
    onArray: () => trace.arrays++,
  });
  if (keys.length === 0) add(undefined);
  return { keys, hasArray: trace.arrays > 0 };
}

function rejectParallelArrays(index: IndexSpec, document: Document): void {
  const roots = new Set(
    index.fields.filter((field) => listFieldKeys(field, document).hasArray)
      .map(({ path }) => path.split(".")[0]),
  );
  if (roots.size > 1) {
    throw new MongoError(
      "CannotIndexParallelArrays",
      `cannot index parallel arrays [${[...roots].join("] [")}]`,
    );
  }
  if (index.isUnique) {
    throw refuse("a unique compound index over two fields of one array");
  }
}

function dropDuplicates(entries: IndexEntry[]): IndexEntry[] {
  entries.sort((left, right) => compareBytes(left.key, right.key));
  return entries.filter((entry, i) =>
    i === 0 || compareBytes(entries[i - 1]!.key, entry.key) !== 0
  );
}
