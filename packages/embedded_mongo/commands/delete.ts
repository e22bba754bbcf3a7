/** `delete`: one document or all that match. */

import { toSafeInteger } from "../bson/numbers.ts";
import { MongoError } from "../errors.ts";
import {
  type Command,
  findNamedCollection,
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
    const { command } = request;
    const collection = findNamedCollection(request, context);
    let n = 0;
    const errors = runStatements(
      command,
      readStatements(command, "deletes", STATEMENT_FIELDS),
      (statement) => {
        const limit = toSafeInteger(statement.limit);
        if (limit !== 0 && limit !== 1) {
          throw new MongoError(
            "FailedToParse",
            "The limit field in delete objects must be 0 or 1",
          );
        }
        rejectCollation(statement);
        const targets = selectTargets(collection, {
          filter: readDocument(statement, "q"),
          isMulti: limit === 0,
          hint: statement.hint,
          variables: readDocument(command, "let"),
          deadline: readDeadline(command),
        });
        for (const row of targets) {
          collection?.remove(row);
          n++;
        }
      },
    );
    return { n, ...errors, ok: 1 };
  },
};
