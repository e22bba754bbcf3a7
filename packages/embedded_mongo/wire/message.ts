/**
 * MongoDB's wire messages: OP_MSG, and OP_QUERY for the first hello.
 *
 * A body section is a command; document sequences become array fields of it. The
 * documents of an insert stay bytes. No compression is negotiated, and a checksum,
 * which no driver sends, is refused. Source:
 * mongodb.com/docs/manual/reference/mongodb-wire-protocol.
 */

import { decodeCommand, decodeDocument } from "../bson/decode_document.ts";
import { type Document, isDocument, setField } from "../bson/document.ts";
import { encodeDocument } from "../bson/encode_document.ts";
import type { CommandReply, CommandRequest } from "../commands/command.ts";
import { MongoError, refuse } from "../errors.ts";

/** Bytes before the body of every message. */
export const HEADER_BYTES = 16;

const OP_REPLY = 1;
const OP_QUERY = 2004;
const OP_MSG = 2013;
const CHECKSUM_PRESENT = 1;
const MORE_TO_COME = 2;
const RAW_FIELD = "documents";

/** A request as it came over the wire. */
export interface WireRequest extends CommandRequest {
  readonly requestId: number;
  readonly isLegacy: boolean;
  /** The client wants no reply. */
  readonly isUnacknowledged: boolean;
}

/**
 * Parses one whole message.
 *
 * @param message Header and body.
 * @returns The request.
 * @throws {MongoError} ProtocolError or InvalidBSON when it is malformed.
 */
export function parseMessage(message: Uint8Array): WireRequest {
  const view = new DataView(
    message.buffer,
    message.byteOffset,
    message.byteLength,
  );
  const requestId = view.getInt32(4, true);
  const opCode = view.getInt32(12, true);
  if (opCode === OP_MSG) return parseMsg(message, view, requestId);
  if (opCode === OP_QUERY) return parseQuery(message, requestId);
  throw malformed(`opcode ${opCode}`);
}

/**
 * Reads the id that a reply to a message must carry.
 *
 * @param message Header and body.
 * @returns The request id.
 */
export function readRequestId(message: Uint8Array): number {
  return new DataView(message.buffer, message.byteOffset).getInt32(4, true);
}

/**
 * Encodes a reply.
 *
 * @param reply The reply of the command.
 * @param to The id of the request and whether it came as OP_QUERY.
 * @returns The whole message.
 */
export function encodeReply(
  reply: CommandReply,
  to: { readonly requestId: number; readonly isLegacy: boolean },
): Uint8Array {
  const body = reply instanceof Uint8Array ? reply : encodeDocument(reply);
  const prefixBytes = to.isLegacy ? 20 : 5;
  const message = new Uint8Array(HEADER_BYTES + prefixBytes + body.length);
  const view = new DataView(message.buffer);
  view.setInt32(0, message.length, true);
  view.setInt32(8, to.requestId, true);
  view.setInt32(12, to.isLegacy ? OP_REPLY : OP_MSG, true);
  if (to.isLegacy) {
    view.setInt32(HEADER_BYTES, 8, true); // AwaitCapable, as mongod always says.
    view.setInt32(HEADER_BYTES + 16, 1, true); // One document.
  }
  message.set(body, HEADER_BYTES + prefixBytes);
  return message;
}

function parseMsg(
  message: Uint8Array,
  view: DataView,
  requestId: number,
): WireRequest {
  if (message.length < HEADER_BYTES + 10) throw malformed("it is truncated");
  const flags = view.getUint32(HEADER_BYTES, true);
  if (flags & CHECKSUM_PRESENT) throw refuse("a checksum", "ProtocolError");
  const unknown = flags & 0xffff & ~MORE_TO_COME;
  if (unknown !== 0) throw malformed(`flags ${unknown}`);
  const sections = readSections(message, HEADER_BYTES + 4);
  return {
    requestId,
    ...toRequest(sections),
    isLegacy: false,
    isUnacknowledged: (flags & MORE_TO_COME) !== 0,
  };
}

/** The body comes first in practice, but may come after its sequences. */
function readSections(message: Uint8Array, start: number): Document {
  let body: Document | undefined;
  const sequences: Document = {};
  for (let at = start; at < message.length;) {
    const kind = message[at++];
    const section = readSized(message, at);
    at += section.length;
    if (kind === 0 && !body) body = decodeCommand(section, RAW_FIELD);
    else if (kind === 1) addSequence(sequences, section);
    else throw malformed("bad section");
  }
  if (!body) throw malformed("it is truncated");
  for (const name of Object.keys(sequences)) {
    if (Object.hasOwn(body, name)) {
      throw malformed(`field ${name} is given twice`);
    }
    setField(body, name, sequences[name]);
  }
  return body;
}

function readSized(message: Uint8Array, at: number): Uint8Array {
  if (at + 5 > message.length) throw malformed("it is truncated");
  const view = new DataView(message.buffer, message.byteOffset + at);
  const size = view.getInt32(0, true);
  if (size < 5 || at + size > message.length) {
    throw malformed("it is truncated");
  }
  return message.subarray(at, at + size);
}

function addSequence(sequences: Document, section: Uint8Array): void {
  const nameEnd = section.indexOf(0, 4);
  if (nameEnd < 0) throw malformed("it is truncated");
  const name = new TextDecoder().decode(section.subarray(4, nameEnd));
  const documents: unknown[] = [];
  for (let at = nameEnd + 1; at < section.length;) {
    const document = readSized(section, at);
    at += document.length;
    documents.push(name === RAW_FIELD ? document : decodeDocument(document));
  }
  if (Object.hasOwn(sequences, name)) {
    throw malformed(`field ${name} is given twice`);
  }
  setField(sequences, name, documents);
}

function toRequest(command: Document): CommandRequest {
  const { $db } = command;
  if (typeof $db !== "string") {
    throw new MongoError(
      "Location40414",
      "OP_MSG requests require a $db argument",
    );
  }
  return { command, database: $db };
}

function parseQuery(message: Uint8Array, requestId: number): WireRequest {
  const nameStart = HEADER_BYTES + 4;
  const nameEnd = message.indexOf(0, nameStart);
  if (nameEnd < 0 || nameEnd + 9 > message.length) {
    throw malformed("it is truncated");
  }
  const name = new TextDecoder().decode(message.subarray(nameStart, nameEnd));
  const query = decodeDocument(readSized(message, nameEnd + 9));
  const command = isDocument(query.$query) ? query.$query : query;
  const isHello = /^(hello|ismaster)$/i.test(Object.keys(command)[0] ?? "");
  if (!name.endsWith(".$cmd") || !isHello) {
    throw new MongoError(
      "ProtocolError",
      "Unsupported OP_QUERY command: only hello may come this way",
    );
  }
  return {
    requestId,
    command,
    database: name.slice(0, -".$cmd".length),
    isLegacy: true,
    isUnacknowledged: false,
  };
}

function malformed(state: string): MongoError {
  return new MongoError("ProtocolError", `Cannot read message: ${state}`);
}
