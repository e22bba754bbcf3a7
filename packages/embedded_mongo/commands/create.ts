/** `create`: a collection without special options. */

import { MongoError, refuse } from "../errors.ts";
import {
  type Command,
  findNamedCollection,
  readCollectionName,
} from "./command.ts";

const REFUSED = [
  "capped",
  "timeseries",
  "viewOn",
  "validator",
  "clusteredIndex",
  "expireAfterSeconds",
  "changeStreamPreAndPostImages",
  "encryptedFields",
];

/** The command. */
export const create: Command = {
  fields: [
    ...REFUSED,
    "pipeline",
    "size",
    "max",
    "validationLevel",
    "validationAction",
    "storageEngine",
    "indexOptionDefaults",
  ],
  run: (request, context) => {
    for (const option of REFUSED) {
      const value = request.command[option];
      if (value !== undefined && value !== false) {
        throw refuse(`a collection with ${option}`);
      }
    }
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
