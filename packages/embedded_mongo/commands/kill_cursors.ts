/** `killCursors`: ends cursors that the client has no use for. */

import { Long } from "bson";
import { MongoError } from "../errors.ts";
import { type Command, readArray } from "./command.ts";

/** The command. */
export const killCursors: Command = {
  fields: ["cursors"],
  run: ({ command }, { cursors }) => {
    const ids = readArray(command, "cursors").map(readCursorId);
    const killed = new Set(ids.filter((id) => cursors.kill(id)));
    return {
      cursorsKilled: [...killed],
      cursorsNotFound: ids.filter((id) => !killed.has(id)),
      cursorsAlive: [],
      cursorsUnknown: [],
      ok: 1,
    };
  },
};

function readCursorId(id: unknown): Long {
  if (id instanceof Long) return id;
  throw new MongoError("TypeMismatch", "killCursors needs int64 cursor ids");
}
