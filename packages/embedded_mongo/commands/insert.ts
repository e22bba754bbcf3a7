/** `insert`: documents as bytes, stored as they came. */

import { MongoError } from "../errors.ts";
import { type Command, readArray, readCollectionName } from "./command.ts";
import { runStatements } from "./write_errors.ts";

/** The command. */
export const insert: Command = {
  fields: ["documents", "ordered", "bypassDocumentValidation"],
  run: (request, { store }) => {
    const { command, database } = request;
    const documents = readArray(command, "documents");
    const name = readCollectionName(request);
    let n = 0;
    const errors = runStatements(command, documents, (document) => {
      if (!(document instanceof Uint8Array)) {
        throw new MongoError("TypeMismatch", "Each document must be an object");
      }
      store.ensureCollection(database, name).insert(document);
      n++;
    });
    return { n, ...errors, ok: 1 };
  },
};
