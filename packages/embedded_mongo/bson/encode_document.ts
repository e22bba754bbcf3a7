/**
 * Writes documents of document.ts as BSON, and assembles replies from bytes.
 *
 * Rows are stored as BSON, so a reply of stored rows is put together by copying;
 * nothing is decoded on the way from disk to the client.
 */

import { Long, onDemand, serialize } from "bson";
import { MongoError } from "../errors.ts";
import type { Document } from "./document.ts";

/** mongod's `maxBsonObjectSize`. */
export const MAX_DOCUMENT_BYTES = 16 * 1024 * 1024;

const ID_NAME = [0x5f, 0x69, 0x64, 0]; // "_id\0"

/**
 * Encodes one document.
 *
 * @param document The document.
 * @returns Its BSON bytes.
 * @throws {MongoError} BSONObjectTooLarge when it exceeds 16 MiB.
 */
export function encodeDocument(document: Document): Uint8Array {
  const bytes = serialize(document, {
    ignoreUndefined: true,
  });
  checkDocumentSize(bytes);
  return bytes;
}

/**
 * Refuses documents that mongod would refuse for their size.
 *
 * @param bytes The encoded document.
 * @throws {MongoError} BSONObjectTooLarge when it exceeds 16 MiB.
 */
export function checkDocumentSize(bytes: Uint8Array): void {
  if (bytes.length > MAX_DOCUMENT_BYTES) {
    throw new MongoError(
      "BSONObjectTooLarge",
      `Cannot store document: ${bytes.length} bytes exceed ${MAX_DOCUMENT_BYTES}`,
    );
  }
}

/**
 * Moves `_id` to the front, where mongod keeps it, without decoding.
 *
 * @param bytes A whole document.
 * @returns The same bytes when `_id` already leads or is missing.
 */
export function moveIdToFront(bytes: Uint8Array): Uint8Array {
  for (const [, nameOffset, nameLength, offset, length] of elementsOf(bytes)) {
    if (nameLength !== 3 || !isIdAt(bytes, nameOffset)) continue;
    const start = nameOffset - 1;
    if (start === 4) return bytes;
    const end = offset + length;
    const moved = bytes.slice();
    moved.set(bytes.subarray(start, end), 4);
    moved.set(bytes.subarray(4, start), 4 + end - start);
    return moved;
  }
  return bytes;
}

/**
 * Encodes the reply of a command that returns a cursor.
 *
 * @param reply The cursor's id and namespace, which batch it is, and its rows.
 * @returns The BSON of `{ cursor: { id, ns, firstBatch | nextBatch }, ok: 1 }`.
 */
export function encodeCursorReply(reply: {
  readonly id: Long;
  readonly ns: string;
  readonly field: "firstBatch" | "nextBatch";
  readonly rows: readonly Uint8Array[];
}): Uint8Array {
  const array = encodeArray(reply.rows);
  const head = serialize({ id: reply.id, ns: reply.ns });
  const cursor = insertField(head, reply.field, { type: 4, bytes: array });
  return insertField(serialize({ ok: 1 }), "cursor", {
    type: 3,
    bytes: cursor,
  });
}

function elementsOf(bytes: Uint8Array) {
  return onDemand.parseToElements(bytes);
}

function isIdAt(bytes: Uint8Array, offset: number): boolean {
  return ID_NAME.every((byte, i) => bytes[offset + i] === byte);
}

function encodeArray(rows: readonly Uint8Array[]): Uint8Array {
  let size = 5;
  rows.forEach((row, i) => size += 2 + String(i).length + row.length);
  const bytes = new Uint8Array(size);
  new DataView(bytes.buffer).setInt32(0, size, true);
  let at = 4;
  rows.forEach((row, i) => {
    bytes[at++] = 3;
    const name = String(i);
    for (let c = 0; c < name.length; c++) bytes[at++] = name.charCodeAt(c);
    at++;
    bytes.set(row, at);
    at += row.length;
  });
  return bytes;
}

/** Appends a field to an encoded document; `name` is ASCII. */
function insertField(
  document: Uint8Array,
  name: string,
  value: { readonly type: number; readonly bytes: Uint8Array },
): Uint8Array {
  const size = document.length + 2 + name.length + value.bytes.length;
  const bytes = new Uint8Array(size);
  bytes.set(document.subarray(0, -1));
  new DataView(bytes.buffer).setInt32(0, size, true);
  let at = document.length - 1;
  bytes[at++] = value.type;
  for (let c = 0; c < name.length; c++) bytes[at++] = name.charCodeAt(c);
  bytes.set(value.bytes, at + 1);
  return bytes;
}
