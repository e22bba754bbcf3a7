/** The `arrayFilters` of an update: what `$[name]` in its paths stands for. */

import { type Document, isDocument } from "../bson/document.ts";
import { badValue, MongoError } from "../errors.ts";
import { compileFilter } from "../query/compile_filter.ts";
import type { Positions } from "./change_path.ts";

/**
 * Compiles array filters.
 *
 * @param filters What the client sent; anything but an array stands for none.
 * @param paths All paths of the update.
 * @returns A test by name.
 * @throws {MongoError} FailedToParse or BadValue when filters and paths do not
 *   name the same elements.
 */
export function compileArrayFilters(
  filters: unknown,
  paths: readonly string[],
): Positions["arrayFilters"] {
  const tests = new Map<string, (item: unknown) => boolean>();
  for (const filter of Array.isArray(filters) ? filters : []) {
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
  rejectUnknownFilters(paths, tests);
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
    throw badValue(`No array filter found for identifier '${name}'`);
  }
  for (const name of filters.keys()) {
    if (used.has(name)) continue;
    throw new MongoError(
      "FailedToParse",
      `The array filter for identifier '${name}' was not used in the update`,
    );
  }
}
