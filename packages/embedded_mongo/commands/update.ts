/**
 * `update`: guard and write in one step, with upserts.
 *
 * Each statement finds its rows by the filter and writes them at once; nothing
 * can come between, since commands run one after the other.
 */

import type { Document } from "../bson/document.ts";
import { MongoError } from "../errors.ts";
import { splitWords } from "../split_words.ts";
import { compileUpdate } from "../update/compile_update.ts";
import { insertUpsert, selectTargets, updateRow } from "./apply_write.ts";
import {
  type Command,
  type CommandContext,
  readCollectionName,
  readSelection,
} from "./command.ts";
import {
  readStatements,
  runStatements,
  type StatementUse,
} from "./write_errors.ts";

const STATEMENT_FIELDS = new Set(
  splitWords("q u c multi upsert sort hint arrayFilters collation"),
);

/** The command. */
export const update: Command = {
  fields: ["updates", "ordered", "bypassDocumentValidation", "let"],
  run: (request, context) => {
    const { command, database } = request;
    const use = { command, database, name: readCollectionName(request) };
    const statements = readStatements(command, "updates", STATEMENT_FIELDS);
    const upserted: Document[] = [];
    const total = { n: 0, nModified: 0 };
    const errors = runStatements(command, statements, (statement, index) => {
      const result = runUpdate(statement, use, context);
      total.n += result.n;
      total.nModified += result.nModified;
      if (result.upserted) upserted.push({ index, ...result.upserted });
    });
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
 * @param use The command and the collection.
 * @param context The server.
 * @returns What it matched and changed, and the `_id` of what it inserted.
 * @throws {MongoError} For what the statement asks wrongly, and DuplicateKey.
 */
export function runUpdate(
  statement: Document,
  { command, database, name }: StatementUse,
  { store, now }: CommandContext,
): { n: number; nModified: number; upserted?: { _id: unknown } } {
  const collection = store.findCollection(database, name);
  const selection = readSelection(statement, "q", command);
  const { variables } = selection;
  const { arrayFilters } = statement;
  const update = compileUpdate(statement.u, { arrayFilters, variables });
  const write = { selection, update, now: now() };
  const isMulti = statement.multi === true;
  if (isMulti && update.kind === "replacement") {
    throw new MongoError(
      "FailedToParse",
      "multi update is not supported for replacement-style update",
    );
  }
  let n = 0;
  let nModified = 0;
  for (const row of selectTargets(collection, selection, isMulti)) {
    n++;
    if (collection && updateRow(collection, row, write).isModified) nModified++;
  }
  if (n > 0 || statement.upsert !== true) return { n, nModified };
  const { _id } = insertUpsert(store.ensureCollection(database, name), write);
  return { n: 1, nModified: 0, upserted: { _id } };
}
