/**
 * Chooses how a filter and a sort are served: by an index or by reading all.
 *
 * Of several indexes the one that serves both filter and sort wins, then the one
 * with the fewest entries to read, which is counted up to a limit. Whatever is
 * chosen, the filter decides.
 */

import { type Document, isDocument } from "../bson/document.ts";
import { badValue } from "../errors.ts";
import type { SortField } from "../query/compile_sort.ts";
import { listConditions } from "../query/list_conditions.ts";
import type { Collection } from "./collection.ts";
import { isImplied } from "./is_implied.ts";
import { readFilterBounds, readPredicate } from "./key_bounds.ts";
import {
  type Candidate,
  createFullPlan,
  createPointPlan,
  type IndexPlan,
  planIndex,
  type PlannedIndex,
} from "./plan_index.ts";

/** How to read. */
export type Plan =
  | { readonly kind: "all" }
  | IndexPlan
  | { readonly kind: "union"; readonly plans: readonly Plan[] };

/** What is to be planned. */
export interface QueryShape {
  readonly filter: Document;
  readonly sort: readonly SortField[];
  readonly hint?: unknown;
}

const ESTIMATE_LIMIT = 1000;
const ID_INDEX: PlannedIndex = {
  id: undefined,
  name: "_id_",
  keyPattern: { _id: 1 },
  fields: [{ path: "_id", direction: 1 }],
  isMultikey: false,
};

/**
 * Plans a query.
 *
 * @param collection Where it runs.
 * @param shape Filter, sort and hint.
 * @returns The plan.
 * @throws {MongoError} BadValue when the hint names no index.
 */
export function planQuery(collection: Collection, shape: QueryShape): Plan {
  const byId = planById(shape);
  if (byId) return byId;
  const bounds = readFilterBounds(shape.filter);
  const indexes = listIndexes(collection, shape);
  const plans = indexes.flatMap((index) =>
    planIndex(index, bounds, shape.sort)
  );
  if (shape.hint !== undefined) return chooseHinted(indexes, plans, shape);
  const bounded = plans.filter((plan) => plan.isBounded);
  const best = chooseBounded(collection, bounded) ??
    planUnion(collection, shape.filter);
  const sorted = plans.find((plan) => plan.isSorted);
  if (best === undefined) return sorted ?? { kind: "all" };
  if (shape.sort.length === 0 || !sorted || isSorted(best)) return best;
  // An in-memory sort of few rows beats walking the index in order.
  return best.kind === "index" && estimate(collection, best) < ESTIMATE_LIMIT
    ? best
    : sorted;
}

/**
 * Counts the entries of a plan without reading rows.
 *
 * @param collection Where the plan runs.
 * @param plan An index plan.
 * @param limit Where to stop counting.
 * @returns The number of entries, at most `limit`.
 */
export function countEntries(
  collection: Collection,
  plan: IndexPlan,
  limit = Number.MAX_SAFE_INTEGER,
): number {
  const table = plan.index.id === undefined
    ? `c${collection.id}`
    : `i${plan.index.id}`;
  const isLimited = limit !== Number.MAX_SAFE_INTEGER;
  const statement = collection.prepare(
    isLimited
      ? `SELECT count(*) AS n FROM (SELECT 1 FROM ${table} WHERE k >= ? AND k < ? LIMIT ${limit})`
      : `SELECT count(*) AS n FROM ${table} WHERE k >= ? AND k < ?`,
  );
  let total = 0;
  for (const { low, high } of plan.intervals) {
    total += Number(statement.get(low, high)?.n);
    if (total >= limit) return limit;
  }
  return total;
}

/** One value of `_id` is one row at most: nothing serves better. */
function planById({ filter, hint }: QueryShape): IndexPlan | undefined {
  if (hint !== undefined || !Object.hasOwn(filter, "_id")) return undefined;
  const [condition, ...more] = listConditions({ _id: filter._id });
  const point = condition && readPredicate(condition);
  const [key, another] = point?.kind === "points" ? point.keys : [];
  if (more.length > 0 || !key || another) return undefined;
  return {
    ...createPointPlan(ID_INDEX, key),
    isSorted: true,
    isExact: Object.keys(filter).length === 1,
  };
}

function listIndexes(
  collection: Collection,
  shape: QueryShape,
): PlannedIndex[] {
  const usable = collection.indexes.filter((index) =>
    index.definition.hidden !== true &&
    (!index.partialFilter || isImplied(index.partialFilter, shape.filter)) &&
    // With a hint the client answers for what a sparse index leaves out.
    (!index.isSparse || shape.hint !== undefined ||
      index.fields.some(({ path }) =>
        isImplied({ [path]: { $exists: true } }, shape.filter)
      ))
  );
  return [ID_INDEX, ...usable];
}

function chooseHinted(
  indexes: readonly PlannedIndex[],
  plans: readonly Candidate[],
  shape: QueryShape,
): Plan {
  const { hint } = shape;
  if (isDocument(hint) && "$natural" in hint) return { kind: "all" };
  const wanted = JSON.stringify(hint);
  const index = indexes.find(({ name, keyPattern }) =>
    hint === name || isDocument(hint) && JSON.stringify(keyPattern) === wanted
  );
  if (!index) {
    throw badValue(
      "error processing query: planner returned error: hint provided does not correspond to an existing index",
    );
  }
  return plans.find((plan) => plan.index === index) ??
    { ...createFullPlan(index), isSorted: shape.sort.length === 0 };
}

function isSorted(plan: Plan): boolean {
  return plan.kind === "index" && plan.isSorted;
}

function chooseBounded(
  collection: Collection,
  candidates: readonly Candidate[],
): Candidate | undefined {
  const ranked = candidates.toSorted((left, right) =>
    Number(right.isSorted) - Number(left.isSorted) ||
    right.fieldCount - left.fieldCount
  );
  const [first, ...others] = ranked;
  if (!first || others.length === 0 || first.index.id === undefined) {
    return first;
  }
  let best = first;
  let fewest = estimate(collection, first);
  for (const other of others) {
    // An index that also sorts is worth more than a somewhat shorter one.
    const isComparable = other.isSorted === best.isSorted ||
      fewest === ESTIMATE_LIMIT;
    const entries = isComparable ? estimate(collection, other) : fewest;
    if (entries < fewest) [best, fewest] = [other, entries];
  }
  return best;
}

function estimate(collection: Collection, plan: IndexPlan): number {
  return countEntries(collection, plan, ESTIMATE_LIMIT);
}

/** `$or` is served when each branch is. */
function planUnion(collection: Collection, filter: Document): Plan | undefined {
  const branches = filter.$or;
  if (!Array.isArray(branches) || !branches.every(isDocument)) return undefined;
  const plans = branches.map((branch) =>
    planQuery(collection, { filter: branch, sort: [] })
  );
  return plans.some((plan) => plan.kind === "all")
    ? undefined
    : { kind: "union", plans };
}
