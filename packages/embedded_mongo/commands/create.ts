/** `create`: a collection without special options. */

import { MongoError } from "../errors.ts";
import {
  type Command,
  findNamedCollection,
  readCollectionName,
  rejectOptions,
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
    rejectOptions(request.command, REFUSED, "a collection");
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
