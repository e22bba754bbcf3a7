/** `listIndexes`: the definitions of a collection's indexes. */

import { encodeDocument } from "../bson/encode_document.ts";
import { MongoError } from "../errors.ts";
import { ID_INDEX } from "../storage/collection.ts";
import {
  type Command,
  findNamedCollection,
  readCollectionName,
  readCount,
  readDocument,
} from "./command.ts";

/** The command. */
export const listIndexes: Command = {
  fields: ["cursor"],
  run: (request, context) => {
    const collection = findNamedCollection(request, context);
    if (!collection) {
      const ns = `${request.database}.${readCollectionName(request)}`;
      throw new MongoError("NamespaceNotFound", `ns does not exist: ${ns}`);
    }
    const definitions = collection.indexes.map(({ definition }) => definition);
    return context.cursors.open({
      ns: collection.ns,
      rows: [ID_INDEX, ...definitions].map(encodeDocument),
      batchSize: readCount(
        readDocument(request.command, "cursor"),
        "batchSize",
      ),
    });
  },
};
