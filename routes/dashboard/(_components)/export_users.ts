/**
 * Users as CSV or NDJSON, a row at a time, so that any number of them fits in
 * little memory and a reader who leaves stops the query.
 *
 * @see https://www.rfc-editor.org/rfc/rfc4180
 */
import type { UserDocument } from "../../../lib/sync/user_document.ts";

/** A form of export. */
export type ExportFormat = "csv" | "ndjson";

const COLUMNS = [
  "_id",
  "email",
  "email_verified",
  "full_name",
  "first_name",
  "last_name",
  "username",
  "phone",
  "external_id",
  "banned",
  "locked",
  "clerk_created_at",
  "clerk_updated_at",
] as const satisfies readonly (keyof UserDocument)[];

/**
 * Writes users as a stream of bytes.
 *
 * @param users Read as fast as the reader takes them.
 * @param format CSV has the columns of the table, NDJSON whole documents.
 * @returns The stream; cancelling it ends the iteration.
 */
export function exportUsers(
  users: AsyncIterable<UserDocument>,
  format: ExportFormat,
): ReadableStream<Uint8Array> {
  const lines = format === "csv" ? toCsv(users) : toNdjson(users);
  return ReadableStream.from(inChunks(lines)).pipeThrough(
    new TextEncoderStream(),
  );
}

/** A chunk for each line would cost more than the line. */
const CHUNK_LENGTH = 16_384;

async function* inChunks(lines: AsyncIterable<string>): AsyncGenerator<string> {
  let chunk = "";
  for await (const line of lines) {
    chunk += line;
    if (chunk.length < CHUNK_LENGTH) continue;
    yield chunk;
    chunk = "";
  }
  if (chunk !== "") yield chunk;
}

async function* toNdjson(
  users: AsyncIterable<UserDocument>,
): AsyncGenerator<string> {
  for await (const user of users) yield `${JSON.stringify(user)}\n`;
}

async function* toCsv(
  users: AsyncIterable<UserDocument>,
): AsyncGenerator<string> {
  yield `${COLUMNS.join(",")}\r\n`;
  for await (const user of users) {
    yield `${COLUMNS.map((column) => toCell(user[column])).join(",")}\r\n`;
  }
}

function toCell(value: UserDocument[typeof COLUMNS[number]]): string {
  if (value === null || value === undefined) return "";
  const text = value instanceof Date ? value.toISOString() : String(value);
  // A spreadsheet would run it as a formula.
  const isFormula = /^[=+\-@\t\r\n]/.test(text);
  const safe = isFormula ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
