/**
 * `update`: guard and write in one step, with upserts.
 *
 * Each statement finds its rows by the filter and writes them at once; nothing
 * can come between, since commands run one after the other.
 */

import type { Document } from "../bson/document.ts";
import { MongoError } from "../errors.ts";
import {
  type Command,
  type CommandContext,
  readCollectionName,
  readDeadline,
  readDocument,
  rejectCollation,
} from "./command.ts";
import { compileWrite, insertUpsert, updateRow } from "./apply_write.ts";
import { selectTargets } from "./select_targets.ts";
import { readStatements, runStatements } from "./write_errors.ts";

const STATEMENT_FIELDS = new Set([
  "q",
  "u",
  "c",
  "multi",
  "upsert",
  "sort",
  "hint",
  "arrayFilters",
  "collation",
]);

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
      readStatements(command, "updates", STATEMENT_FIELDS),
      (statement, index) => {
        const result = runUpdate(
          statement,
          { command, database, name },
          context,
        );
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

/**
 * Runs one statement.
 *
 * @param statement With the fields of `updates`.
 * @param use The command, for `let` and `maxTimeMS`, and the collection.
 * @param context The server.
 * @returns What it matched and changed, and the `_id` of what it inserted.
 * @throws {MongoError} For what the statement asks wrongly, and DuplicateKey.
 */
export function runUpdate(
  statement: Document,
  use: {
    readonly command: Document;
    readonly database: string;
    readonly name: string;
  },
  context: CommandContext,
): { n: number; nModified: number; upserted?: { _id: unknown } } {
  const { command, database, name } = use;
  const { store } = context;
  const collection = store.findCollection(database, name);
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
  if (n > 0 || statement.upsert !== true) return { n, nModified };
  const { _id } = insertUpsert(store.ensureCollection(database, name), write);
  return { n: 1, nModified: 0, upserted: { _id } };
}
