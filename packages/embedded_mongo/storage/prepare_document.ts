/** Makes a document ready to be stored: it has a legal `_id`, which comes first. */

import { ObjectId } from "bson";
import { decodeDocument } from "../bson/decode_document.ts";
import { type Document, getField } from "../bson/document.ts";
import {
  checkDocumentSize,
  encodeDocument,
  moveIdToFront,
} from "../bson/encode_document.ts";
import { MongoError } from "../errors.ts";

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
  rejectBadId(id);
  checkDocumentSize(bytes);
  return { id, document, bytes: moveIdToFront(bytes) };
}

function rejectBadId(id: unknown): void {
  const type = Array.isArray(id)
    ? "array"
    : id instanceof Object && "pattern" in id && "_bsontype" in id
    ? "regex"
    : undefined;
  if (type === undefined) return;
  throw new MongoError(
    "InvalidIdField",
    `The '_id' value cannot be of type ${type}`,
  );
}
