/** `dropIndexes`: by name, by key, several, or all but `_id_`. */

import { isDocument } from "../bson/document.ts";
import { MongoError } from "../errors.ts";
import type { Collection } from "../storage/collection.ts";
import type { IndexSpec } from "../storage/index_spec.ts";
import {
  type Command,
  findNamedCollection,
  readCollectionName,
} from "./command.ts";

/** The command. */
export const dropIndexes: Command = {
  fields: ["index"],
  run: (request, context) => {
    const collection = findNamedCollection(request, context);
    if (!collection) {
      const ns = `${request.database}.${readCollectionName(request)}`;
      throw new MongoError("NamespaceNotFound", `ns not found ${ns}`);
    }
    const { index: wanted } = request.command;
    const nIndexesWas = collection.indexes.length + 1;
    const doomed = wanted === "*"
      ? collection.indexes.slice()
      : [wanted].flat().map((one) => findIndex(collection, one));
    for (const index of doomed) context.store.dropIndex(collection, index);
    context.cursors.killAllOn(collection.ns); // They may read along one of them.
    return { nIndexesWas, ok: 1 };
  },
};

function findIndex(collection: Collection, wanted: unknown): IndexSpec {
  const key = isDocument(wanted) ? JSON.stringify(wanted) : undefined;
  if (wanted === "_id_" || key === '{"_id":1}') {
    throw new MongoError("InvalidOptions", "cannot drop _id index");
  }
  const found = collection.indexes.find(({ name, definition }) =>
    name === wanted || JSON.stringify(definition.key) === key
  );
  if (found) return found;
  throw new MongoError(
    "IndexNotFound",
    `index not found with name [${wanted}]`,
  );
}
