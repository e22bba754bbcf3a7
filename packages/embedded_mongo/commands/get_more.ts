/** `getMore`: the next batch of a cursor. */

import { Long } from "bson";
import { MongoError } from "../errors.ts";
import { type Command, readCount } from "./command.ts";

/** The command. */
export const getMore: Command = {
  fields: ["collection", "batchSize"],
  run: ({ command, database }, { cursors }) => {
    const { getMore: id, collection } = command;
    if (!(id instanceof Long) || typeof collection !== "string") {
      throw new MongoError(
        "TypeMismatch",
        "getMore needs an int64 cursor id and the name of its collection",
      );
    }
    const batchSize = readCount(command, "batchSize");
    return cursors.getMore(id, `${database}.${collection}`, batchSize);
  },
};
