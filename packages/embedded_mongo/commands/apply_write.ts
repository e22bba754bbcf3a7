/**
 * Finds the rows of a write and applies its compiled update to them, or inserts
 * what an upsert makes of it.
 *
 * Shared by update, delete and findAndModify.
 */

import { ObjectId } from "bson";
import { decodeDocument } from "../bson/decode_document.ts";
import { type Document, getField } from "../bson/document.ts";
import { encodeDocument } from "../bson/encode_document.ts";
import { compileFilter } from "../query/compile_filter.ts";
import type { PathTrace } from "../query/visit_path.ts";
import type { Collection } from "../storage/collection.ts";
import type { Row } from "../storage/row.ts";
import { type Selection, selectRows } from "../storage/select_rows.ts";
import type { Update } from "../update/compile_update.ts";
import { buildUpsertBase } from "../update/upsert_base.ts";

/** An update with the filter that its `$` refers to. */
export interface Write {
  readonly selection: Selection;
  readonly update: Update;
  readonly now: Date;
}

/**
 * Selects the rows that a write is about to change.
 *
 * Row numbers are collected before the first write, so that a document which the
 * write moves along the index is not met twice.
 *
 * @param collection Where to look; undefined selects nothing.
 * @param selection What to look for.
 * @param isMulti Whether all are wanted or one.
 * @returns The rows, each read when its turn comes.
 */
export function* selectTargets(
  collection: Collection | undefined,
  selection: Selection,
  isMulti: boolean,
): Iterable<Row> {
  if (!isMulti || !collection) {
    yield* [...selectRows(collection, { ...selection, limit: 1 })];
    return;
  }
  const numbers: number[] = [];
  for (const row of selectRows(collection, selection)) numbers.push(row.number);
  for (const number of numbers) {
    const row = collection.findByNumber(number);
    if (row) yield row;
  }
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
  { selection, update, now }: Write,
): { readonly document: Document; readonly isModified: boolean } {
  const trace: PathTrace = {};
  if (update.needsPosition) {
    compileFilter(selection.filter, selection.variables)(row.document, trace);
  }
  const document = update.apply(decodeDocument(row.bytes), {
    isInsert: false,
    now,
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
  const { update, selection, now } = write;
  const base = buildUpsertBase(selection.filter);
  const start = update.kind === "replacement"
    ? "_id" in base ? { _id: base._id } : {}
    : base;
  const made = update.apply(start, { isInsert: true, now });
  const { _id = new ObjectId(), ...rest } = made;
  const document = { _id: getField(made, "_id") ?? _id, ...rest };
  collection.insert(encodeDocument(document));
  return document;
}
