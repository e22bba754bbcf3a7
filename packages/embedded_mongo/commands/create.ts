/** `create`: a collection without special options. */

import { MongoError } from "../errors.ts";
import { splitWords } from "../split_words.ts";
import {
  type Command,
  findNamedCollection,
  readCollectionName,
} from "./command.ts";

/** The command. */
export const create: Command = {
  fields: splitWords(`
    pipeline size max validationLevel validationAction storageEngine
    indexOptionDefaults`),
  refused: splitWords(`
    capped timeseries viewOn validator clusteredIndex expireAfterSeconds
    changeStreamPreAndPostImages encryptedFields`),
  run: (request, context) => {
    const name = readCollectionName(request);
    if (findNamedCollection(request, context)) {
      throw new MongoError(
        "NamespaceExists",
        `Collection ${request.database}.${name} already exists.`,
      );
    }
    context.store.ensureCollection(request.database, name);
    return { ok: 1 };
  },
};
