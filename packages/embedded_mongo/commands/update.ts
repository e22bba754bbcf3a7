/**
 * `update`: guard and write in one step, with upserts.
 *
 * Each statement finds its rows by the filter and writes them at once; nothing
 * can come between, since commands run one after the other.
 */

import { type Document, isDocument } from "../bson/document.ts";
import { MongoError } from "../errors.ts";
import type { Collection } from "../storage/collection.ts";
import {
  type Command,
  type CommandContext,
  readArray,
  readCollectionName,
  readDeadline,
  readDocument,
} from "./command.ts";
import { rejectCollation } from "./reject_options.ts";
import { compileWrite, insertUpsert, updateRow } from "./apply_write.ts";
import { selectTargets } from "./select_targets.ts";
import { runStatements } from "./write_errors.ts";

/** The command. */
export const update: Command = {
  fields: ["updates", "ordered", "bypassDocumentValidation", "let"],
  run: (request, context) => {
    const { command, database } = request;
    const name = readCollectionName(request);
    const upserted: Document[] = [];
    const total = { n: 0, nModified: 0 };
    const errors = runStatements(
      command,
      readArray(command, "updates"),
      (statement, index) => {
        if (!isDocument(statement)) {
          throw new MongoError("TypeMismatch", "Each update must be an object");
        }
        const collection = statement.upsert === true
          ? context.store.ensureCollection(database, name)
          : context.store.findCollection(database, name);
        const result = runUpdate(collection, { statement, command }, context);
        total.n += result.n;
        total.nModified += result.nModified;
        if (result.upserted) upserted.push({ index, ...result.upserted });
      },
    );
    return {
      ...total,
      ...(upserted.length > 0 ? { upserted } : {}),
      ...errors,
      ok: 1,
    };
  },
};

function runUpdate(
  collection: Collection | undefined,
  use: { readonly statement: Document; readonly command: Document },
  context: CommandContext,
): { n: number; nModified: number; upserted?: { _id: unknown } } {
  const { statement, command } = use;
  rejectCollation(statement);
  const filter = readDocument(statement, "q");
  const write = compileWrite({
    filter,
    update: statement.u,
    arrayFilters: statement.arrayFilters,
    variables: {
      ...readDocument(command, "let"),
      ...readDocument(statement, "c"),
    },
    now: context.now(),
  });
  const isMulti = statement.multi === true;
  if (isMulti && write.update.kind === "replacement") {
    throw new MongoError(
      "FailedToParse",
      "multi update is not supported for replacement-style update",
    );
  }
  let n = 0;
  let nModified = 0;
  const targets = selectTargets(collection, {
    filter,
    isMulti,
    sort: readDocument(statement, "sort"),
    hint: statement.hint,
    variables: write.variables,
    deadline: readDeadline(command),
  });
  for (const row of targets) {
    n++;
    if (collection && updateRow(collection, row, write).isModified) nModified++;
  }
  if (n > 0 || statement.upsert !== true || !collection) {
    return { n, nModified };
  }
  return {
    n: 1,
    nModified: 0,
    upserted: { _id: insertUpsert(collection, write)._id },
  };
}
