/**
 * Selects rows: plan, filter, sort, skip and limit in one place.
 *
 * What an index does not serve is done here: the filter on decoded documents and
 * the sort in memory, within the bound of a blocking stage.
 */

import { MemoryBound } from "../aggregate/memory_bound.ts";
import type { Document } from "../bson/document.ts";
import { compileFilter } from "../query/compile_filter.ts";
import {
  compileSortKey,
  type Keyed,
  parseSort,
  sortByKey,
} from "../query/compile_sort.ts";
import type { Collection } from "./collection.ts";
import { Row } from "./row.ts";
import { countEntries, type Plan, planQuery } from "./plan_query.ts";
import { readRows } from "./read_rows.ts";

/** What to select. */
export interface Selection {
  readonly filter: Document;
  readonly sort?: Document | undefined;
  readonly skip?: number | undefined;
  /** 0 or undefined: no limit. */
  readonly limit?: number | undefined;
  readonly hint?: unknown;
  readonly variables?: Document | undefined;
  /** Date.now() after which to give up. */
  readonly deadline?: number | undefined;
  /** Rows that are likely to be taken, when below the limit. */
  readonly expected?: number | undefined;
}

const ROW_BYTES = 200; // What an entry takes besides its bytes.
const DROP_EVERY = 1000; // Rows beyond the limit are dropped in bunches.

/**
 * Selects rows.
 *
 * @param collection Where to look; undefined selects nothing.
 * @param selection Filter, sort and limits.
 * @returns The rows, read while they are taken.
 * @throws {MongoError} For what the filter, sort or hint asks wrongly.
 */
export function selectRows(
  collection: Collection | undefined,
  selection: Selection,
): Iterable<Row> {
  const { filter, skip = 0, variables } = selection;
  const sort = parseSort(selection.sort ?? {});
  const matches = compileFilter(filter, variables);
  if (!collection) return [];
  const plan = planQuery(collection, { filter, sort, hint: selection.hint });
  const isSorted = isSortServed(plan, selection);
  const limit = selection.limit || Infinity;
  let rows = readRows(collection, plan, {
    deadline: selection.deadline,
    expected: isSorted ? estimateNeed(plan, selection) : undefined,
  });
  if (plan.kind !== "index" || !plan.isExact) {
    rows = Iterator.from(rows).filter((row) => matches(row.document));
  }
  if (!isSorted) rows = sortRows(rows, compileSortKey(sort), skip + limit);
  if (Array.isArray(rows) && rows.length <= limit && skip === 0) return rows;
  if (skip > 0) rows = Iterator.from(rows).drop(skip);
  return limit === Infinity ? rows : Iterator.from(rows).take(limit);
}

/**
 * Counts what a selection would return.
 *
 * @param collection Where to look; undefined counts nothing.
 * @param selection Filter and limits; the sort does not matter.
 * @returns The count.
 */
export function countRows(
  collection: Collection | undefined,
  selection: Selection,
): number {
  const { filter, skip = 0, limit, hint } = selection;
  compileFilter(filter, selection.variables);
  if (!collection) return 0;
  const bound = (total: number) =>
    Math.min(Math.max(total - skip, 0), limit || Infinity);
  if (Object.keys(filter).length === 0) return bound(collection.count);
  const plan = planQuery(collection, { filter, sort: [], hint });
  if (plan.kind === "index" && plan.isExact) {
    return bound(countEntries(collection, plan));
  }
  let count = 0;
  for (const _ of selectRows(collection, selection)) count++;
  return count;
}

/**
 * Whether rows read along a plan need no further sorting.
 *
 * @param plan The plan.
 * @param selection What was asked for.
 * @returns True without a sort, or when the index yields it.
 */
export function isSortServed(plan: Plan, selection: Selection): boolean {
  const { sort } = selection;
  if (!sort || Object.keys(sort).length === 0) return true;
  return plan.kind === "index" && plan.isSorted;
}

function estimateNeed(plan: Plan, selection: Selection): number | undefined {
  const { skip = 0, limit, expected } = selection;
  const needed = Math.min(limit || Infinity, expected ?? Infinity) + skip;
  const isExact = plan.kind === "index" && plan.isExact;
  return needed !== Infinity && (isExact || needed > 1) ? needed : undefined;
}

/** Keeps what may still be among the first `limit`, as bytes. */
function* sortRows(
  rows: Iterable<Row>,
  readKey: (document: Document) => Uint8Array,
  limit: number,
): Iterable<Row> {
  let kept: Keyed<Row>[] = [];
  let bound = new MemoryBound("Sort");
  for (const row of rows) {
    // A fresh row, so that the decoded document can go.
    const entry = {
      key: readKey(row.document),
      item: new Row(row.number, row.bytes),
    };
    const isPrunable = kept.length > limit &&
      (kept.length > limit + DROP_EVERY || !bound.hasRoom(measure(entry)));
    if (isPrunable) {
      kept = sortByKey(kept).slice(0, limit);
      bound = new MemoryBound("Sort");
      for (const survivor of kept) bound.add(measure(survivor));
    }
    bound.add(measure(entry));
    kept.push(entry);
  }
  for (const { item } of sortByKey(kept).slice(0, limit)) yield item;
}

function measure({ key, item }: Keyed<Row>): number {
  return key.length + item.bytes.length + ROW_BYTES;
}
