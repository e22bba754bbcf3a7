/** Wire messages by hand, for what a driver would never send. */
import { deserialize, type Document } from "bson";

/** The opcode of all commands but the first hello. */
export const OP_MSG = 2013;

/** The opcode of the first hello of old and cautious drivers. */
export const OP_QUERY = 2004;

/**
 * Builds a message.
 *
 * @param opCode Its kind.
 * @param body What follows the header.
 * @param header The request id, and a length that may be a lie.
 * @returns Header and body.
 */
export function message(
  opCode: number,
  body: Uint8Array,
  header: { readonly id?: number; readonly declaredBytes?: number } = {},
): Uint8Array {
  const { id = 1, declaredBytes = 16 + body.length } = header;
  const bytes = new Uint8Array(16 + body.length);
  const view = new DataView(bytes.buffer);
  view.setInt32(0, declaredBytes, true);
  view.setInt32(4, id, true);
  view.setInt32(12, opCode, true);
  bytes.set(body, 16);
  return bytes;
}

/**
 * Builds the body of an OP_MSG: flags, then one section.
 *
 * @param section The bytes after its kind.
 * @param kind 0 for a body, 1 for a document sequence.
 * @returns The bytes.
 */
export function section(section: Uint8Array, kind = 0): Uint8Array {
  const bytes = new Uint8Array(5 + section.length);
  bytes[4] = kind;
  bytes.set(section, 5);
  return bytes;
}

/**
 * Connects to the Unix socket in a server's URI.
 *
 * @param uri The URI.
 * @returns The open connection.
 */
export async function connectRaw(uri: string): Promise<Deno.UnixConn> {
  const path = decodeURIComponent(new URL(uri).host);
  return await Deno.connect({ transport: "unix", path });
}

/** A reply as it came. */
export interface RawReply {
  readonly opCode: number;
  /** The id of the request that it answers. */
  readonly responseTo: number;
  readonly body: Document;
}

/**
 * Reads whole replies.
 *
 * @param connection Where to read.
 * @param count How many; undefined reads until the server closes.
 * @returns The replies, in the order in which they came.
 */
export async function readReplies(
  connection: Deno.Conn,
  count = Infinity,
): Promise<RawReply[]> {
  const replies: RawReply[] = [];
  let bytes = new Uint8Array();
  const chunk = new Uint8Array(64 * 1024);
  while (replies.length < count) {
    const read = await connection.read(chunk);
    if (read === null) return replies;
    bytes = Uint8Array.from([...bytes, ...chunk.subarray(0, read)]);
    while (bytes.length >= 4) {
      const view = new DataView(bytes.buffer);
      const size = view.getInt32(0, true);
      if (bytes.length < size) break;
      const opCode = view.getInt32(12, true);
      const bodyAt = opCode === OP_MSG ? 21 : 36;
      replies.push({
        opCode,
        responseTo: view.getInt32(8, true),
        body: deserialize(bytes.slice(bodyAt, size)),
      });
      bytes = bytes.slice(size);
    }
  }
  return replies;
}
