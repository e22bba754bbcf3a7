/**
 * Applies a compiled update to a row, or inserts what an upsert makes of it.
 *
 * Shared by update and findAndModify.
 */

import { ObjectId } from "bson";
import { decodeDocument } from "../bson/decode_document.ts";
import { type Document, getField } from "../bson/document.ts";
import { encodeDocument } from "../bson/encode_document.ts";
import { compileFilter } from "../query/compile_filter.ts";
import type { PathTrace } from "../query/visit_path.ts";
import type { Collection } from "../storage/collection.ts";
import type { Row } from "../storage/row.ts";
import { compileUpdate, type Update } from "../update/compile_update.ts";
import { buildUpsertBase } from "../update/upsert_base.ts";

/** An update with the filter that its `$` refers to. */
export interface Write {
  readonly filter: Document;
  readonly update: Update;
  readonly variables: Document;
  readonly now: Date;
}

/**
 * Compiles a write.
 *
 * @param parts The filter, update and options as the client sent them.
 * @returns The write.
 * @throws {MongoError} For what the update asks wrongly.
 */
export function compileWrite(parts: {
  readonly filter: Document;
  readonly update: unknown;
  readonly arrayFilters: unknown;
  readonly variables: Document;
  readonly now: Date;
}): Write {
  const { filter, arrayFilters, variables, now } = parts;
  const update = compileUpdate(parts.update, { arrayFilters, variables });
  return { filter, update, variables, now };
}

/**
 * Updates a row.
 *
 * @param collection Its collection.
 * @param row The row as read.
 * @param write The write.
 * @returns The new document, and whether it differs from the old one.
 * @throws {MongoError} DuplicateKey, PathNotViable and others.
 */
export function updateRow(
  collection: Collection,
  row: Row,
  write: Write,
): { readonly document: Document; readonly isModified: boolean } {
  const trace: PathTrace = {};
  if (write.update.needsPosition) {
    compileFilter(write.filter, write.variables)(row.document, trace);
  }
  const document = write.update.apply(decodeDocument(row.bytes), {
    isInsert: false,
    now: write.now,
    arrayIndex: trace.arrayIndex,
  });
  return { document, isModified: collection.replace(row, document) };
}

/**
 * Inserts the document of an upsert that matched nothing.
 *
 * @param collection Where to insert.
 * @param write The write.
 * @returns The document as inserted.
 * @throws {MongoError} DuplicateKey when a guard in the filter kept it from
 *   matching the document that is there.
 */
export function insertUpsert(collection: Collection, write: Write): Document {
  const { update, filter, now } = write;
  const base = buildUpsertBase(filter);
  const start = update.kind === "replacement"
    ? "_id" in base ? { _id: base._id } : {}
    : base;
  const made = update.apply(start, { isInsert: true, now });
  const { _id = new ObjectId(), ...rest } = made;
  const document = { _id: getField(made, "_id") ?? _id, ...rest };
  collection.insert(encodeDocument(document));
  return document;
}
