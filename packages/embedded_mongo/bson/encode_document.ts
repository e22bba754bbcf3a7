/**
 * Writes documents of document.ts as BSON, and assembles replies from bytes.
 *
 * Rows are stored as BSON, so a reply of stored rows is put together by copying;
 * nothing is decoded on the way from disk to the client.
 */

import { type Long, onDemand, serialize } from "bson";
import { MongoError } from "../errors.ts";
import {
  checkDepth,
  type Document,
  isDocument,
  MAX_DEPTH,
} from "./document.ts";

/** mongod's `maxBsonObjectSize`. */
export const MAX_DOCUMENT_BYTES = 16 * 1024 * 1024;

const CURSOR_AT = 4 + 1 + "cursor".length + 1; // length, type, name, zero
const CURSOR_PREFIX_BYTES = CURSOR_AT + 4 + 1; // its length and its first type
const LEVEL_BYTES = 7; // The least that one more level takes.
const ID_NAME = [0x5f, 0x69, 0x64, 0]; // "_id\0"

/**
 * Encodes one document.
 *
 * @param document The document.
 * @returns Its BSON bytes.
 * @throws {MongoError} BSONObjectTooLarge when it exceeds 16 MiB, Overflow when it
 *   nests deeper than could be read again.
 */
export function encodeDocument(document: Document): Uint8Array {
  const bytes = serialize(document, { ignoreUndefined: true });
  checkDocumentSize(bytes);
  if (bytes.length > MAX_DEPTH * LEVEL_BYTES) checkNesting(document, 1);
  return bytes;
}

function checkNesting(value: unknown, depth: number): void {
  if (!isDocument(value) && !Array.isArray(value)) return;
  checkDepth(depth);
  for (const item of Object.values(value)) checkNesting(item, depth + 1);
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
 * Encodes the reply of a command that returns a cursor, rows copied into place.
 *
 * @param reply The cursor's id and namespace, which batch it is, and its rows.
 * @returns The BSON of `{ cursor: { firstBatch | nextBatch, id, ns }, ok: 1 }`.
 */
export function encodeCursorReply(reply: {
  readonly id: Long;
  readonly ns: string;
  readonly field: "firstBatch" | "nextBatch";
  readonly rows: readonly Uint8Array[];
}): Uint8Array {
  const { rows, field } = reply;
  // What comes before and after the rows, with an empty array between.
  const frame = serialize({
    cursor: { [field]: [], id: reply.id, ns: reply.ns },
    ok: 1,
  });
  const arrayAt = CURSOR_PREFIX_BYTES + field.length + 1;
  const rowsBytes = measureRows(rows);
  const bytes = new Uint8Array(frame.length + rowsBytes);
  bytes.set(frame.subarray(0, arrayAt + 4));
  writeRows(bytes, arrayAt + 4, rows);
  bytes.set(frame.subarray(arrayAt + 4), arrayAt + 4 + rowsBytes);
  const view = new DataView(bytes.buffer);
  for (const at of [0, CURSOR_AT, arrayAt]) {
    view.setInt32(at, view.getInt32(at, true) + rowsBytes, true);
  }
  return bytes;
}

function elementsOf(bytes: Uint8Array) {
  return onDemand.parseToElements(bytes);
}

function isIdAt(bytes: Uint8Array, offset: number): boolean {
  return ID_NAME.every((byte, i) => bytes[offset + i] === byte);
}

function measureRows(rows: readonly Uint8Array[]): number {
  let size = 0;
  for (let i = 0; i < rows.length; i++) {
    size += 2 + String(i).length + rows[i]!.length;
  }
  return size;
}

/** Writes array elements: the type of a document, the index as text, the row. */
function writeRows(
  bytes: Uint8Array,
  start: number,
  rows: readonly Uint8Array[],
): void {
  let at = start;
  for (let i = 0; i < rows.length; i++) {
    bytes[at++] = 3;
    const name = String(i);
    for (let c = 0; c < name.length; c++) bytes[at++] = name.charCodeAt(c);
    bytes.set(rows[i]!, ++at);
    at += rows[i]!.length;
  }
}
