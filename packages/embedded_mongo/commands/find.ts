/** `find`: rows as bytes unless a projection asks for less. */

import type { Document } from "../bson/document.ts";
import { encodeDocument } from "../bson/encode_document.ts";
import { compileProjection } from "../query/compile_projection.ts";
import type { Row } from "../storage/row.ts";
import { type Selection, selectRows } from "../storage/select_rows.ts";
import {
  type Command,
  findNamedCollection,
  readCollectionName,
  readCount,
  readDeadline,
  readDocument,
  rejectCollation,
  rejectOptions,
} from "./command.ts";

const REFUSED = [
  "tailable",
  "awaitData",
  "min",
  "max",
  "returnKey",
  "showRecordId",
];

/** The command. */
export const find: Command = {
  fields: [
    ...REFUSED,
    "filter",
    "projection",
    "sort",
    "skip",
    "limit",
    "batchSize",
    "singleBatch",
    "hint",
    "let",
    "collation",
    "noCursorTimeout",
    "allowDiskUse",
    "allowPartialResults",
    "oplogReplay",
  ],
  run: (request, context) => {
    const { command, database } = request;
    const name = readCollectionName(request);
    rejectOptions(command, REFUSED, "find");
    const selection = readSelection(command);
    const rows = selectRows(findNamedCollection(request, context), selection);
    return context.cursors.open({
      ns: `${database}.${name}`,
      rows: Iterator.from(rows).map(compileOutput(command, selection)),
      batchSize: readCount(command, "batchSize"),
      isSingleBatch: command.singleBatch === true,
    });
  },
};

/**
 * Reads what a find selects; explain and count read the same.
 *
 * @param command The find command.
 * @returns The selection.
 * @throws {MongoError} For arguments of a wrong type, and for a collation.
 */
export function readSelection(command: Document): Selection {
  rejectCollation(command);
  const batchSize = readCount(command, "batchSize");
  return {
    filter: readDocument(command, "filter"),
    sort: readDocument(command, "sort"),
    skip: readCount(command, "skip"),
    limit: readCount(command, "limit"),
    hint: command.hint,
    variables: readDocument(command, "let"),
    deadline: readDeadline(command),
    expected: (batchSize ?? 101) + 1,
  };
}

function compileOutput(
  command: Document,
  { filter, variables = {} }: Selection,
): (row: Row) => Uint8Array {
  const projection = readDocument(command, "projection");
  if (Object.keys(projection).length === 0) return (row) => row.bytes;
  const project = compileProjection(projection, { filter, variables });
  return (row) => encodeDocument(project(row.document));
}
