/** `delete`: one document or all that match. */

import type { Document } from "../bson/document.ts";
import { toSafeInteger } from "../bson/numbers.ts";
import { MongoError } from "../errors.ts";
import {
  type Command,
  type CommandContext,
  readCollectionName,
  readDeadline,
  readDocument,
  rejectCollation,
} from "./command.ts";
import { selectTargets } from "./select_targets.ts";
import { readStatements, runStatements } from "./write_errors.ts";

const STATEMENT_FIELDS = new Set(["q", "limit", "hint", "collation"]);

/** The command; `delete` itself is a reserved word. */
export const deleteCommand: Command = {
  fields: ["deletes", "ordered", "let"],
  run: (request, context) => {
    const { command, database } = request;
    const name = readCollectionName(request);
    let n = 0;
    const errors = runStatements(
      command,
      readStatements(command, "deletes", STATEMENT_FIELDS),
      (statement) => {
        n += runDelete(statement, { command, database, name }, context);
      },
    );
    return { n, ...errors, ok: 1 };
  },
};

/**
 * Runs one statement.
 *
 * @param statement With the fields of `deletes`.
 * @param use The command, for `let` and `maxTimeMS`, and the collection.
 * @param context The server.
 * @returns How many documents it removed.
 * @throws {MongoError} For what the statement asks wrongly.
 */
export function runDelete(
  statement: Document,
  use: {
    readonly command: Document;
    readonly database: string;
    readonly name: string;
  },
  { store }: CommandContext,
): number {
  const limit = toSafeInteger(statement.limit);
  if (limit !== 0 && limit !== 1) {
    throw new MongoError(
      "FailedToParse",
      "The limit field in delete objects must be 0 or 1",
    );
  }
  rejectCollation(statement);
  const collection = store.findCollection(use.database, use.name);
  const targets = selectTargets(collection, {
    filter: readDocument(statement, "q"),
    isMulti: limit === 0,
    hint: statement.hint,
    variables: readDocument(use.command, "let"),
    deadline: readDeadline(use.command),
  });
  let n = 0;
  for (const row of targets) {
    collection?.remove(row);
    n++;
  }
  return n;
}
