/** `delete`: one document or all that match. */

import { isDocument } from "../bson/document.ts";
import { toSafeInteger } from "../bson/numbers.ts";
import { MongoError } from "../errors.ts";
import {
  type Command,
  findNamedCollection,
  readArray,
  readDeadline,
  readDocument,
} from "./command.ts";
import { rejectCollation } from "./reject_options.ts";
import { selectTargets } from "./select_targets.ts";
import { runStatements } from "./write_errors.ts";

/** The command; `delete` itself is a reserved word. */
export const deleteCommand: Command = {
  fields: ["deletes", "ordered", "let"],
  run: (request, context) => {
    const { command } = request;
    const collection = findNamedCollection(request, context);
    let n = 0;
    const errors = runStatements(
      command,
      readArray(command, "deletes"),
      (statement) => {
        const limit = isDocument(statement)
          ? toSafeInteger(statement.limit)
          : undefined;
        if (!isDocument(statement) || limit !== 0 && limit !== 1) {
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
