/**
 * `aggregate`: leading stages by the planner, the others in memory.
 *
 * A leading `$match`, then `$sort`, `$skip` and `$limit`, become a selection, so
 * that indexes serve them; rows that need no further stage leave as bytes.
 */

import {
  type PipelineContext,
  readStage,
  runPipeline,
} from "../aggregate/run_pipeline.ts";
import { type Document, isDocument } from "../bson/document.ts";
import { encodeDocument } from "../bson/encode_document.ts";
import { toSafeInteger } from "../bson/numbers.ts";
import { MongoError } from "../errors.ts";
import type { Row } from "../storage/row.ts";
import {
  countRows,
  type Selection,
  selectRows,
} from "../storage/select_rows.ts";
import {
  type Command,
  type CommandContext,
  type CommandRequest,
  findNamedCollection,
  readArray,
  readCollectionName,
  readCount,
  readDeadline,
  readDocument,
  rejectCollation,
} from "./command.ts";

/** The command. */
export const aggregate: Command = {
  fields: [
    "pipeline",
    "cursor",
    "allowDiskUse",
    "hint",
    "let",
    "collation",
    "explain",
    "bypassDocumentValidation",
  ],
  run: (request, context) => {
    const { command, database } = request;
    rejectCollation(command);
    if (command.cursor === undefined) {
      throw new MongoError(
        "FailedToParse",
        "The 'cursor' option is required, except for aggregate with the explain argument",
      );
    }
    if (typeof command.aggregate !== "string") {
      // Says by name what only a real server does without a collection.
      runPipeline([], readArray(command, "pipeline"), { variables: {} });
    }
    return context.cursors.open({
      ns: `${database}.${readCollectionName(request)}`,
      rows: runAggregate(request, context),
      batchSize: readCount(readDocument(command, "cursor"), "batchSize"),
    });
  },
};

/**
 * Splits a pipeline into what the planner serves and the rest.
 *
 * @param command The aggregate command.
 * @returns The selection, and the stages that follow it.
 */
export function splitPipeline(
  command: Document,
): { readonly selection: Selection; readonly rest: unknown[] } {
  const rest = readArray(command, "pipeline").slice();
  const take = (name: string) => {
    const [next] = rest;
    if (next === undefined) return undefined;
    const [found, spec] = readStage(next);
    if (found !== name) return undefined;
    rest.shift();
    return spec;
  };
  const filters: unknown[] = [];
  for (let spec = take("$match"); spec !== undefined; spec = take("$match")) {
    filters.push(spec);
  }
  const sort = isDocument(rest[0]) && isDocument(rest[0].$sort) &&
      Object.keys(rest[0].$sort).length > 0
    ? take("$sort") as Document
    : undefined;
  const skip = isDocument(rest[0]) && Number(toSafeInteger(rest[0].$skip)) >= 0
    ? toSafeInteger(take("$skip"))
    : undefined;
  const limit = isDocument(rest[0]) && Number(toSafeInteger(rest[0].$limit)) > 0
    ? toSafeInteger(take("$limit"))
    : undefined;
  return {
    selection: {
      filter: mergeFilters(filters),
      sort,
      skip,
      limit,
      hint: command.hint,
      variables: readDocument(command, "let"),
      deadline: readDeadline(command),
    },
    rest,
  };
}

function mergeFilters(filters: readonly unknown[]): Document {
  if (!filters.every(isDocument)) {
    throw new MongoError(
      "BadValue",
      "the match filter must be an expression in an object",
    );
  }
  return filters.length === 1
    ? filters[0] ?? {}
    : filters.length === 0
    ? {}
    : { $and: [...filters] };
}

function runAggregate(
  request: CommandRequest,
  context: CommandContext,
): Iterable<Uint8Array> {
  const { selection, rest } = splitPipeline(request.command);
  const pipelineContext = createPipelineContext(request, context, selection);
  const collection = findNamedCollection(request, context);
  const counted = readCountStage(rest);
  if (counted !== undefined) {
    const n = countRows(collection, selection);
    return n > 0 ? [encodeDocument({ _id: 1, n })] : [];
  }
  const rows = selectRows(collection, selection);
  if (rest.length === 0) {
    return Iterator.from(rows).map((row: Row) => row.bytes);
  }
  const documents = Iterator.from(rows).map((row: Row) => row.document);
  return Iterator.from(runPipeline(documents, rest, pipelineContext))
    .map(encodeDocument);
}

/** The driver's countDocuments ends in `{ $group: { _id: 1, n: { $sum: 1 } } }`. */
function readCountStage(rest: readonly unknown[]): true | undefined {
  const isCount = rest.length === 1 &&
    JSON.stringify(rest[0]) === '{"$group":{"_id":1,"n":{"$sum":1}}}';
  return isCount ? true : undefined;
}

function createPipelineContext(
  { database }: CommandRequest,
  { store }: CommandContext,
  { variables = {}, deadline }: Selection,
): PipelineContext {
  return {
    variables,
    readCollection: (name, filter) => {
      const rows = selectRows(store.findCollection(database, name), {
        filter,
        deadline,
      });
      return Iterator.from(rows).map((row: Row) => row.document);
    },
  };
}
