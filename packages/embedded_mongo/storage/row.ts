/** One row of a collection: as SQLite returned it, or about to be stored. */

import { BSONRegExp, ObjectId } from "bson";
import { decodeDocument } from "../bson/decode_document.ts";
import { type Document, getField } from "../bson/document.ts";
import {
  checkDocumentSize,
  encodeDocument,
  moveIdToFront,
} from "../bson/encode_document.ts";
import { MongoError } from "../errors.ts";

/** A stored document, decoded only when somebody looks into it. */
export class Row {
  #document: Document | undefined;

  /**
   * @param number SQLite's row number.
   * @param bytes The document as BSON.
   */
  constructor(readonly number: number, readonly bytes: Uint8Array) {}

  /** The decoded document; shared, so not to be changed. */
  get document(): Document {
    return this.#document ??= decodeDocument(this.bytes);
  }
}

/** Turns what SQLite returned into a row. */
export function toRow(found: Record<string, unknown>): Row {
  return new Row(found.r as number, found.doc as Uint8Array);
}

/** A document that may be stored. */
export interface PreparedDocument {
  readonly id: unknown;
  readonly document: Document;
  /** The document as BSON. */
  readonly bytes: Uint8Array;
}

/**
 * Prepares a document for its insert.
 *
 * @param bytes The document as it came; decoded, so that broken BSON is refused.
 * @returns Its `_id`, an ObjectId when it had none, and what to store.
 * @throws {MongoError} InvalidBSON, InvalidIdField or BSONObjectTooLarge.
 */
export function prepareDocument(bytes: Uint8Array): PreparedDocument {
  const document = decodeDocument(bytes);
  const id = getField(document, "_id");
  if (id === undefined) {
    const withId = { _id: new ObjectId(), ...document };
    const encoded = encodeDocument(withId);
    return { id: withId._id, document: withId, bytes: encoded };
  }
  if (Array.isArray(id) || id instanceof BSONRegExp) {
    const type = Array.isArray(id) ? "array" : "regex";
    throw new MongoError(
      "InvalidIdField",
      `The '_id' value cannot be of type ${type}`,
    );
  }
  checkDocumentSize(bytes);
  return { id, document, bytes: moveIdToFront(bytes) };
}
