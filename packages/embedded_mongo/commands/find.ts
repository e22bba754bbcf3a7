/** `find`: rows as bytes unless a projection asks for less. */

import type { Document } from "../bson/document.ts";
import { encodeDocument } from "../bson/encode_document.ts";
import { compileProjection } from "../query/compile_projection.ts";
import { splitWords } from "../split_words.ts";
import type { Row } from "../storage/row.ts";
import { type Selection, selectRows } from "../storage/select_rows.ts";
import {
  type Command,
  findNamedCollection,
  readCollectionName,
  readCount,
  readDocument,
  readSelection,
} from "./command.ts";

/** The command. */
export const find: Command = {
  fields: splitWords(`
    filter projection sort skip limit batchSize singleBatch hint let collation
    noCursorTimeout allowDiskUse allowPartialResults oplogReplay`),
  refused: splitWords("tailable awaitData min max returnKey showRecordId"),
  run: (request, context) => {
    const { command, database } = request;
    const name = readCollectionName(request);
    const selection = readSelection(command, "filter");
    const batchSize = readCount(command, "batchSize");
    const rows = selectRows(findNamedCollection(request, context), {
      ...selection,
      expected: (batchSize ?? 101) + 1,
    });
    return context.cursors.open({
      ns: `${database}.${name}`,
      rows: Iterator.from(rows).map(compileOutput(command, selection)),
      batchSize,
      isSingleBatch: command.singleBatch === true,
    });
  },
};

function compileOutput(
  command: Document,
  { filter, variables = {} }: Selection,
): (row: Row) => Uint8Array {
  const projection = readDocument(command, "projection");
  if (Object.keys(projection).length === 0) return (row) => row.bytes;
  const project = compileProjection(projection, { filter, variables });
  return (row) => encodeDocument(project(row.document));
}
