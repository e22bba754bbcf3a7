/**
 * Cuts the bytes of a connection into messages.
 *
 * Memory grows with the bytes that came, never with the length that was declared.
 */

import { MAX_MESSAGE_BYTES } from "../commands/hello.ts";
import { MongoError } from "../errors.ts";
import { HEADER_BYTES } from "./message.ts";

const READ_BYTES = 64 * 1024;

/**
 * Reads messages.
 *
 * @param connection Where to read.
 * @returns All messages that have arrived, each time some have.
 * @throws {MongoError} ProtocolError for an impossible length.
 */
export async function* readMessages(
  connection: { read(buffer: Uint8Array): Promise<number | null> },
): AsyncIterable<Uint8Array[]> {
  let buffer = new Uint8Array(READ_BYTES);
  let filled = 0;
  while (true) {
    if (filled === buffer.length) buffer = resize(buffer, buffer.length * 2);
    const count = await connection.read(buffer.subarray(filled));
    if (count === null) return;
    filled += count;
    const { messages, used } = cutMessages(buffer.subarray(0, filled));
    if (used > 0) {
      buffer.copyWithin(0, used, filled);
      filled -= used;
      if (buffer.length > READ_BYTES && filled <= READ_BYTES) {
        buffer = resize(buffer.subarray(0, filled), READ_BYTES);
      }
      yield messages;
    }
  }
}

function resize(buffer: Uint8Array, size: number) {
  const resized = new Uint8Array(size);
  resized.set(buffer);
  return resized;
}

function cutMessages(
  bytes: Uint8Array,
): { readonly messages: Uint8Array[]; readonly used: number } {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const messages: Uint8Array[] = [];
  let used = 0;
  while (bytes.length - used >= 4) {
    const size = view.getInt32(used, true);
    if (size < HEADER_BYTES || size > MAX_MESSAGE_BYTES) {
      throw new MongoError(
        "ProtocolError",
        `Cannot read message: ${size} bytes are outside ${HEADER_BYTES} to ${MAX_MESSAGE_BYTES}`,
      );
    }
    if (bytes.length - used < size) break;
    messages.push(bytes.slice(used, used + size));
    used += size;
  }
  return { messages, used };
}
