/**
 * `createIndexes`: builds indexes in the foreground, all of them or none.
 *
 * The same definition again is no change; the same name or key with other options
 * is an error, as in mongod.
 */

import { type Document, isDocument } from "../bson/document.ts";
import { MongoError } from "../errors.ts";
import type { Collection } from "../storage/collection.ts";
import { parseIndex } from "../storage/index_spec.ts";
import {
  type Command,
  findNamedCollection,
  readArray,
  readCollectionName,
} from "./command.ts";

/** The command. */
export const createIndexes: Command = {
  fields: ["indexes", "commitQuorum", "ignoreUnknownIndexOptions"],
  run: (request, context) => {
    const { command, database } = request;
    const definitions = readArray(command, "indexes").map(readDefinition);
    const isNewCollection = !findNamedCollection(request, context);
    const collection = context.store.ensureCollection(
      database,
      readCollectionName(request),
    );
    const numIndexesBefore = collection.indexes.length + 1;
    try {
      for (const definition of definitions) {
        if (isExisting(collection, definition)) continue;
        context.store.createIndex(collection, definition);
      }
    } catch (error) {
      const made = collection.indexes.slice(numIndexesBefore - 1);
      for (const index of made) context.store.dropIndex(collection, index);
      throw error;
    }
    const numIndexesAfter = collection.indexes.length + 1;
    return {
      numIndexesBefore,
      numIndexesAfter,
      createdCollectionAutomatically: isNewCollection,
      ...(numIndexesAfter === numIndexesBefore
        ? { note: "all indexes already exist" }
        : {}),
      ok: 1,
    };
  },
};

function readDefinition(definition: unknown): Document {
  if (!isDocument(definition)) {
    throw new MongoError("TypeMismatch", "Each index must be an object");
  }
  return parseIndex(definition, { id: 0, isMultikey: false }).definition;
}

function isExisting(collection: Collection, definition: Document): boolean {
  const key = JSON.stringify(definition.key);
  if (key === '{"_id":1}') return true;
  for (const index of collection.indexes) {
    const hasSameKey = JSON.stringify(index.definition.key) === key;
    const hasSameName = index.name === definition.name;
    if (!hasSameKey && !hasSameName) continue;
    if (
      hasSameKey && hasSameName &&
      describe(index.definition) === describe(definition)
    ) {
      return true;
    }
    throw hasSameKey && !hasSameName
      ? new MongoError(
        "IndexOptionsConflict",
        `An equivalent index already exists with a different name or options: ${index.name}`,
      )
      : new MongoError(
        "IndexKeySpecsConflict",
        `An existing index has the same name as the requested index: ${index.name}`,
      );
  }
  return false;
}

/** What makes two indexes on one key different. */
function describe(definition: Document): string {
  const { unique, sparse, partialFilterExpression, expireAfterSeconds } =
    definition;
  return JSON.stringify([
    unique === true,
    sparse === true,
    partialFilterExpression ?? null,
    expireAfterSeconds === undefined ? null : Number(expireAfterSeconds),
  ]);
}
