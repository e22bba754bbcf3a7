/** `drop`: a collection with its documents and indexes. */

import { type Command, findNamedCollection } from "./command.ts";

/** The command. */
export const drop: Command = {
  fields: [],
  run: (request, context) => {
    const collection = findNamedCollection(request, context);
    if (!collection) return { ok: 1 };
    const nIndexesWas = collection.indexes.length + 1;
    context.store.dropCollection(collection);
    context.cursors.killAllOn(collection.ns);
    return { nIndexesWas, ns: collection.ns, ok: 1 };
  },
};
