/** `explain`: which index serves a command, by the planner that serves it. */

import { type Document, isDocument } from "../bson/document.ts";
import { MongoError } from "../errors.ts";
import { compileFilter } from "../query/compile_filter.ts";
import { parseSort } from "../query/compile_sort.ts";
import { type Plan, planQuery } from "../storage/plan_query.ts";
import {
  isSortServed,
  type Selection,
  selectRows,
} from "../storage/select_rows.ts";
import { splitPipeline } from "./aggregate.ts";
import {
  type Command,
  findNamedCollection,
  readArray,
  readSelection,
} from "./command.ts";

/** The command. */
export const explain: Command = {
  fields: ["verbosity"],
  run: ({ command, database }, context) => {
    const { explain: inner } = command;
    if (!isDocument(inner)) {
      throw new MongoError("FailedToParse", "explain needs a command");
    }
    const request = { command: inner, database };
    const selection = readExplained(inner);
    const collection = findNamedCollection(request, context);
    compileFilter(selection.filter);
    const plan = collection
      ? planQuery(collection, {
        ...selection,
        sort: parseSort(selection.sort ?? {}),
      })
      : undefined;
    const winningPlan = plan ? describe(plan, selection) : { stage: "EOF" };
    const ns = `${database}.${Object.values(inner)[0]}`;
    return {
      explainVersion: "1",
      queryPlanner: {
        namespace: ns,
        parsedQuery: selection.filter,
        winningPlan,
        rejectedPlans: [],
      },
      ...(command.verbosity === "queryPlanner" ? {} : {
        executionStats: {
          executionSuccess: true,
          nReturned: [...selectRows(collection, selection)].length,
        },
      }),
      command: inner,
      serverInfo: { version: "8.0.0" },
      ok: 1,
    };
  },
};

function readExplained(inner: Document): Selection {
  const [name] = Object.keys(inner);
  switch (name) {
    case "find":
      return readSelection(inner, "filter");
    case "aggregate":
      return splitPipeline(inner).selection;
    case "count":
    case "distinct":
    case "findAndModify":
      return readSelection(inner, "query");
    case "update":
    case "delete": {
      const [statement] = readArray(inner, `${name}s`);
      return readSelection(isDocument(statement) ? statement : {}, "q", inner);
    }
    default:
      throw new MongoError(
        "CommandNotFound",
        `Explain failed due to unknown command: ${name}`,
      );
  }
}

function describe(plan: Plan, selection: Selection): Document {
  let stage = describeAccess(plan, selection);
  if (!isSortServed(plan, selection)) {
    stage = { stage: "SORT", sortPattern: selection.sort, inputStage: stage };
  }
  if (selection.skip) {
    stage = { stage: "SKIP", skipAmount: selection.skip, inputStage: stage };
  }
  if (selection.limit) {
    stage = { stage: "LIMIT", limitAmount: selection.limit, inputStage: stage };
  }
  return stage;
}

function describeAccess(plan: Plan, selection: Selection): Document {
  const scan = describeScan(plan);
  const { filter } = selection;
  const isDecided = plan.kind === "index" && plan.isExact ||
    Object.keys(filter).length === 0;
  const filterPart = isDecided ? {} : { filter };
  return plan.kind === "all"
    ? { ...scan, ...filterPart }
    : { stage: "FETCH", ...filterPart, inputStage: scan };
}

function describeScan(plan: Plan): Document {
  if (plan.kind === "union") {
    return { stage: "OR", inputStages: plan.plans.map(describeScan) };
  }
  if (plan.kind === "all") return { stage: "COLLSCAN", direction: "forward" };
  return {
    stage: "IXSCAN",
    keyPattern: plan.index.keyPattern,
    indexName: plan.index.name,
    isMultiKey: plan.index.isMultikey,
    direction: plan.isReverse ? "backward" : "forward",
    intervals: plan.intervals.length,
  };
}
