/** `killCursors`: ends cursors that the client has no use for. */

import { Long } from "bson";
import { type Command, readArray } from "./command.ts";

/** The command. */
export const killCursors: Command = {
  fields: ["cursors"],
  run: ({ command }, { cursors }) => {
    const ids = readArray(command, "cursors")
      .filter((id): id is Long => id instanceof Long);
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
