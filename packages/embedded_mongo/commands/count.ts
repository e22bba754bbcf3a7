/** `count`: from the catalog or the index where that is exact. */

import { countRows } from "../storage/select_rows.ts";
import {
  type Command,
  findNamedCollection,
  readCount,
  readDeadline,
  readDocument,
  rejectCollation,
} from "./command.ts";

/** The command. */
export const count: Command = {
  fields: ["query", "limit", "skip", "hint", "collation"],
  run: (request, context) => {
    const { command } = request;
    rejectCollation(command);
    const n = countRows(findNamedCollection(request, context), {
      filter: readDocument(command, "query"),
      skip: readCount(command, "skip"),
      limit: readCount(command, "limit"),
      hint: command.hint,
      deadline: readDeadline(command),
    });
    return { n, ok: 1 };
  },
};
