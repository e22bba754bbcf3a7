/** `delete`: one document or all that match. */

import type { Document } from "../bson/document.ts";
import { toSafeInteger } from "../bson/numbers.ts";
import { MongoError } from "../errors.ts";
import { selectTargets } from "./apply_write.ts";
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

const STATEMENT_FIELDS = new Set(["q", "limit", "hint", "collation"]);

/** The command; `delete` itself is a reserved word. */
export const deleteCommand: Command = {
  fields: ["deletes", "ordered", "let"],
  run: (request, context) => {
    const { command, database } = request;
    const use = { command, database, name: readCollectionName(request) };
    const statements = readStatements(command, "deletes", STATEMENT_FIELDS);
    let n = 0;
    const errors = runStatements(command, statements, (statement) => {
      n += runDelete(statement, use, context);
    });
    return { n, ...errors, ok: 1 };
  },
};

/**
 * Runs one statement.
 *
 * @param statement With the fields of `deletes`.
 * @param use The command and the collection.
 * @param context The server.
 * @returns How many documents it removed.
 * @throws {MongoError} For what the statement asks wrongly.
 */
export function runDelete(
  statement: Document,
  { command, database, name }: StatementUse,
  { store }: CommandContext,
): number {
  const limit = toSafeInteger(statement.limit);
  if (limit !== 0 && limit !== 1) {
    throw new MongoError(
      "FailedToParse",
      "The limit field in delete objects must be 0 or 1",
    );
  }
  const collection = store.findCollection(database, name);
  const selection = readSelection(statement, "q", command);
  let n = 0;
  for (const row of selectTargets(collection, selection, limit === 0)) {
    collection?.remove(row);
    n++;
  }
  return n;
}
