/** `listDatabases`: the databases that hold a collection. */

import { compileFilter } from "../query/compile_filter.ts";
import { type Command, readDocument } from "./command.ts";

/** The command. */
export const listDatabases: Command = {
  fields: ["nameOnly", "filter", "authorizedDatabases"],
  run: ({ command }, { store }) => {
    const matches = compileFilter(readDocument(command, "filter"));
    const names = new Set(
      store.listCollections().map(({ place }) => place.database),
    );
    // All databases share one file, so each reports the size of it.
    const sizeOnDisk = store.sizeBytes;
    const databases = [...names].map((name) =>
      command.nameOnly === true ? { name } : { name, sizeOnDisk, empty: false }
    ).filter((database) => matches(database));
    return { databases, totalSize: sizeOnDisk, ok: 1 };
  },
};
