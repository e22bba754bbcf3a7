/** `count`: from the catalog or the index where that is exact. */

import { countRows } from "../storage/select_rows.ts";
import { type Command, findNamedCollection, readSelection } from "./command.ts";

/** The command. */
export const count: Command = {
  fields: ["query", "limit", "skip", "hint", "collation"],
  run: (request, context) => {
    const selection = readSelection(request.command, "query");
    return {
      n: countRows(findNamedCollection(request, context), selection),
      ok: 1,
    };
  },
};
