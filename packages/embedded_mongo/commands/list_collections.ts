/** `listCollections`: the collections of a database. */

import { encodeDocument } from "../bson/encode_document.ts";
import { compileFilter } from "../query/compile_filter.ts";
import { ID_INDEX } from "../storage/collection.ts";
import { type Command, readCount, readDocument } from "./command.ts";

/** The command. */
export const listCollections: Command = {
  fields: ["filter", "nameOnly", "authorizedCollections", "cursor"],
  run: ({ command, database }, { store, cursors }) => {
    const matches = compileFilter(readDocument(command, "filter"));
    const entries = store.listCollections(database).map(({ place }) => ({
      name: place.name,
      type: "collection",
      ...(command.nameOnly === true ? {} : {
        options: place.options,
        info: { readOnly: false },
        idIndex: ID_INDEX,
      }),
    })).filter((entry) => matches(entry));
    return cursors.open({
      ns: `${database}.$cmd.listCollections`,
      rows: entries.map(encodeDocument),
      batchSize: readCount(readDocument(command, "cursor"), "batchSize"),
    });
  },
};
