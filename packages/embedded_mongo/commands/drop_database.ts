/** `dropDatabase`: all collections of a database. */

import type { Command } from "./command.ts";

/** The command. */
export const dropDatabase: Command = {
  fields: [],
  run: ({ database }, { store, cursors }) => {
    const collections = store.listCollections(database);
    for (const collection of collections) {
      store.dropCollection(collection);
      cursors.killAllOn(collection.ns);
    }
    return { ...(collections.length > 0 ? { dropped: database } : {}), ok: 1 };
  },
};
