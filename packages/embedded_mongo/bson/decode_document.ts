/**
 * Reads BSON bytes into the loss-free form of document.ts.
 *
 * `bson`'s own deserialize() either drops the number type or wraps every number;
 * this reader stands on its element splitter, which checks lengths and bounds.
 * Depth is limited as in mongod, so that hostile nesting cannot exhaust the stack.
 */

import { deserialize, Double, Long, ObjectId, onDemand } from "bson";
import { MongoError } from "../errors.ts";
import { checkDepth, type Document, setField } from "./document.ts";

/** Binary, regular expression, code, symbol, timestamp, decimal, min and max key. */
const RARE_TYPES = new Set([5, 11, 13, 14, 15, 17, 19, 127, 255, -1]);
const ASCII_FAST_PATH_BYTES = 32;
const textDecoder = new TextDecoder("utf-8", { fatal: true });

/**
 * Decodes one document.
 *
 * @param bytes Bytes that hold the document.
 * @param offset Where it starts.
 * @returns The document.
 * @throws {MongoError} InvalidBSON when the bytes are no valid document,
 *   Overflow when it nests deeper than 180.
 */
export function decodeDocument(bytes: Uint8Array, offset = 0): Document {
  return translateErrors(() => readDocument(toSource(bytes), offset, 1));
}

/**
 * Decodes a command, leaving the documents of one array field as bytes.
 *
 * @param bytes The body of the message.
 * @param rawField The field whose elements stay bytes, such as `documents`.
 * @returns The command; `rawField` holds an array of `Uint8Array`.
 * @throws {MongoError} As {@linkcode decodeDocument}.
 */
export function decodeCommand(bytes: Uint8Array, rawField: string): Document {
  return translateErrors(() => {
    const source = toSource(bytes);
    const command: Document = {};
    for (const element of onDemand.parseToElements(bytes)) {
      const [type, nameOffset, nameLength, offset, length] = element;
      const name = readText(source, nameOffset, nameLength);
      if (name === "lsid") continue; // Sessions hold no state here.
      const value = type === 4 && name === rawField
        ? readRawDocuments(bytes.subarray(offset, offset + length))
        : readValue(source, element, 1);
      setField(command, name, value);
    }
    return command;
  });
}

type Element = ReturnType<typeof onDemand.parseToElements> extends
  Iterable<infer E> ? E : never;

/** Bytes and a view on them, made once a document. */
interface Source {
  readonly bytes: Uint8Array;
  readonly view: DataView;
}

function toSource(bytes: Uint8Array): Source {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return { bytes, view };
}

function translateErrors<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof MongoError) throw error;
    throw new MongoError(
      "InvalidBSON",
      `Cannot decode BSON: ${error instanceof Error ? error.message : error}`,
    );
  }
}

function readDocument(
  source: Source,
  offset: number,
  depth: number,
): Document {
  checkDepth(depth);
  const document: Document = {};
  for (const element of onDemand.parseToElements(source.bytes, offset)) {
    const name = readText(source, element[1], element[2]);
    setField(document, name, readValue(source, element, depth));
  }
  return document;
}

function readArray(source: Source, offset: number, depth: number) {
  checkDepth(depth);
  const values: unknown[] = [];
  for (const element of onDemand.parseToElements(source.bytes, offset)) {
    values.push(readValue(source, element, depth));
  }
  return values;
}

function readRawDocuments(array: Uint8Array): Uint8Array[] {
  const documents: Uint8Array[] = [];
  for (const [type, , , offset, length] of onDemand.parseToElements(array)) {
    if (type !== 3) {
      throw new MongoError(
        "TypeMismatch",
        "Cannot read documents: not objects",
      );
    }
    documents.push(array.subarray(offset, offset + length));
  }
  return documents;
}

function readValue(source: Source, element: Element, depth: number) {
  const [type, , , offset, length] = element;
  switch (type) {
    case 1:
      return readDouble(source, offset);
    case 2:
      return readText(source, offset + 4, length - 5);
    case 3:
      return readDocument(source, offset, depth + 1);
    case 4:
      return readArray(source, offset, depth + 1);
    case 7:
      return new ObjectId(source.bytes.slice(offset, offset + 12));
    case 8:
      return source.bytes[offset] === 1;
    case 9:
      return new Date(Number(source.view.getBigInt64(offset, true)));
    case 6:
    case 10:
      return null;
    case 16:
      return source.view.getInt32(offset, true);
    case 18:
      return readLong(source, offset);
    default:
      return readRareValue(source, element);
  }
}

/** What is rare is left to `bson`, in a document of its own that is called v. */
function readRareValue(source: Source, element: Element): unknown {
  const [type, , , offset, length] = element;
  if (!RARE_TYPES.has(type)) throw new Error(`type ${type} is not known`);
  const alone = new Uint8Array(length + 8);
  new DataView(alone.buffer).setInt32(0, alone.length, true);
  alone.set([type, "v".charCodeAt(0)], 4);
  alone.set(source.bytes.subarray(offset, offset + length), 7);
  return deserialize(alone, { promoteValues: false, bsonRegExp: true }).v;
}

function readDouble(source: Source, offset: number): number | Double {
  const value = source.view.getFloat64(offset, true);
  return Number.isInteger(value) ? new Double(value) : value;
}

function readLong({ view }: Source, offset: number): Long {
  return new Long(view.getInt32(offset, true), view.getInt32(offset + 4, true));
}

/** Short ASCII strings are the common case and are faster by hand. */
function readText(source: Source, offset: number, length: number): string {
  if (length <= ASCII_FAST_PATH_BYTES) {
    let text = "";
    let i = offset;
    const end = offset + length;
    for (; i < end; i++) {
      const code = source.bytes[i] ?? 0x80;
      if (code >= 0x80) break;
      text += String.fromCharCode(code);
    }
    if (i === end) return text;
  }
  return textDecoder.decode(source.bytes.subarray(offset, offset + length));
}
