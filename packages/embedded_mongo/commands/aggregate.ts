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
import { splitWords } from "../split_words.ts";
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

/** What the driver's countDocuments ends in. */
const COUNT = '[{"$group":{"_id":1,"n":{"$sum":1}}}]';

/** The command. */
export const aggregate: Command = {
  fields: splitWords(`
    pipeline cursor allowDiskUse hint let collation explain
    bypassDocumentValidation`),
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
  const peek = (name: string) =>
    isDocument(rest[0]) ? rest[0][name] : undefined;
  const sort = peek("$sort");
  const hasSort = isDocument(sort) && Object.keys(sort).length > 0;
  if (hasSort) take("$sort");
  const peekWhole = (name: string) => {
    const number = toSafeInteger(peek(name));
    return number === Number(String(peek(name))) ? number : undefined;
  };
  const skip = peekWhole("$skip") ?? -1;
  if (skip >= 0) take("$skip");
  const limit = peekWhole("$limit") ?? 0;
  if (limit > 0) take("$limit");
  return {
    selection: {
      filter: mergeFilters(filters),
      sort: hasSort ? sort : undefined,
      skip: Math.max(skip, 0),
      limit: Math.max(limit, 0),
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
      "Location15959",
      "the match filter must be an expression in an object",
    );
  }
  return filters.length > 1 ? { $and: [...filters] } : filters[0] ?? {};
}

function runAggregate(
  request: CommandRequest,
  context: CommandContext,
): Iterable<Uint8Array> {
  const { selection, rest } = splitPipeline(request.command);
  const pipelineContext = createPipelineContext(request, context, selection);
  const collection = findNamedCollection(request, context);
  if (JSON.stringify(rest) === COUNT) {
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
