/** `findAndModify`: changes or removes one document and returns it. */

import { type Document, getField } from "../bson/document.ts";
import { MongoError } from "../errors.ts";
import { compileProjection } from "../query/compile_projection.ts";
import { splitWords } from "../split_words.ts";
import type { Collection } from "../storage/collection.ts";
import type { Row } from "../storage/row.ts";
import type { Selection } from "../storage/select_rows.ts";
import { compileUpdate } from "../update/compile_update.ts";
import { insertUpsert, selectTargets, updateRow } from "./apply_write.ts";
import {
  type Command,
  type CommandContext,
  type CommandRequest,
  findNamedCollection,
  readCollectionName,
  readDocument,
  readSelection,
} from "./command.ts";

/** The command. */
export const findAndModify: Command = {
  fields: splitWords(`
    query sort remove update new fields upsert hint arrayFilters let collation
    bypassDocumentValidation`),
  run: (request, context) => {
    const { command } = request;
    const selection = readSelection(command, "query");
    rejectContradictions(command);
    const { filter, variables = {} } = selection;
    const fields = readDocument(command, "fields");
    const project = compileProjection(fields, { filter, variables });
    const collection = findNamedCollection(request, context);
    const [row] = [...selectTargets(collection, selection, false)];
    const { value, lastErrorObject } = command.remove === true
      ? removeOne(collection, row)
      : updateOne(collection, row, { request, context, selection });
    return { lastErrorObject, value: value && project(value), ok: 1 };
  },
};

interface Outcome {
  readonly value: Document | null;
  readonly lastErrorObject: Document;
}

function rejectContradictions(command: Document): void {
  const isRemove = command.remove === true;
  if (isRemove === (command.update !== undefined)) {
    throw new MongoError(
      "FailedToParse",
      "Either an update or remove=true must be specified",
    );
  }
  if (isRemove && (command.new === true || command.upsert === true)) {
    throw new MongoError(
      "FailedToParse",
      "Cannot specify both remove=true and new=true or upsert=true",
    );
  }
}

function removeOne(
  collection: Collection | undefined,
  row: Row | undefined,
): Outcome {
  if (!row) return { value: null, lastErrorObject: { n: 0 } };
  collection?.remove(row);
  return { value: row.document, lastErrorObject: { n: 1 } };
}

function updateOne(
  collection: Collection | undefined,
  row: Row | undefined,
  use: {
    readonly request: CommandRequest;
    readonly context: CommandContext;
    readonly selection: Selection;
  },
): Outcome {
  const { request, context, selection } = use;
  const { command, database } = request;
  const { arrayFilters } = command;
  const { variables } = selection;
  const update = compileUpdate(command.update, { arrayFilters, variables });
  const write = { selection, update, now: context.now() };
  const wantsNew = command.new === true;
  if (collection && row) {
    const { document } = updateRow(collection, row, write);
    return {
      value: wantsNew ? document : row.document,
      lastErrorObject: { n: 1, updatedExisting: true },
    };
  }
  if (command.upsert !== true) {
    return { value: null, lastErrorObject: { n: 0, updatedExisting: false } };
  }
  const document = insertUpsert(
    context.store.ensureCollection(database, readCollectionName(request)),
    write,
  );
  return {
    value: wantsNew ? document : null,
    lastErrorObject: {
      n: 1,
      updatedExisting: false,
      upserted: getField(document, "_id"),
    },
  };
}
