/**
 * What a command is, and how it reads its arguments.
 *
 * A command names the fields that it knows. Any other field is refused, so that
 * no option is ignored in silence; the table of commands is in run_command.ts.
 */

import { type Document, isDocument } from "../bson/document.ts";
import { toSafeInteger } from "../bson/numbers.ts";
import type { Cursors } from "../cursors.ts";
import { badValue, MongoError, refuse } from "../errors.ts";
import type { Collection } from "../storage/collection.ts";
import type { Selection } from "../storage/select_rows.ts";
import type { Store } from "../storage/store.ts";
import type { Scram } from "../wire/scram.ts";

/** What a command works on. */
export interface CommandContext {
  readonly store: Store;
  readonly cursors: Cursors;
  /** The connection's number. */
  readonly connectionId: number;
  /** The connection's login; undefined where none is needed. */
  readonly login?: Scram | undefined;
  /** The clock, for `$currentDate` and TTL. */
  readonly now: () => Date;
}

/** A request: the command document and where it runs. */
export interface CommandRequest {
  /** The command document; its first field is the name. */
  readonly command: Document;
  readonly database: string;
}

/** A reply: a document, or one that is encoded already. */
export type CommandReply = Document | Uint8Array;

/** One command. */
export interface Command {
  /** The fields it knows besides its own name and those of every command. */
  readonly fields: readonly string[];
  /** Those that would change what it does and only a real server takes. */
  readonly refused?: readonly string[];
  /** Answers it; a throw becomes an error reply. */
  readonly run: (
    request: CommandRequest,
    context: CommandContext,
  ) => CommandReply;
}

/**
 * Reads the collection that a command names in its first field.
 *
 * @param request The request.
 * @returns The collection's name.
 * @throws {MongoError} InvalidNamespace when it is no string, is empty, or holds `$` or NUL.
 */
export function readCollectionName({ command }: CommandRequest): string {
  const name = Object.values(command)[0];
  if (typeof name === "string" && /^[^.$\0][^$\0]*$/.test(name)) return name;
  throw new MongoError(
    "InvalidNamespace",
    `Invalid collection name in ${Object.keys(command)[0]}`,
  );
}

/**
 * Finds the collection that a command names.
 *
 * @param request The request.
 * @param context The server.
 * @returns The collection, or undefined when there is none of that name.
 */
export function findNamedCollection(
  request: CommandRequest,
  context: CommandContext,
): Collection | undefined {
  return context.store.findCollection(
    request.database,
    readCollectionName(request),
  );
}

/**
 * Reads an optional document.
 *
 * @param source The command or one of its statements.
 * @param field The field.
 * @returns The document; empty when the field is missing.
 * @throws {MongoError} TypeMismatch when it is something else.
 */
export function readDocument(source: Document, field: string): Document {
  const value = source[field] ?? {};
  if (isDocument(value)) return value;
  throw mismatch(field, "object");
}

/**
 * Reads an array.
 *
 * @param source The command or one of its statements.
 * @param field The field.
 * @returns The array.
 * @throws {MongoError} TypeMismatch when it is missing or something else.
 */
export function readArray(source: Document, field: string): unknown[] {
  const value = source[field];
  if (Array.isArray(value)) return value;
  throw mismatch(field, "array");
}

/**
 * Reads an optional number that may not be negative.
 *
 * @param source The command or one of its statements.
 * @param field The field.
 * @returns The integer, or undefined when the field is missing.
 * @throws {MongoError} TypeMismatch, or BadValue when it is negative.
 */
export function readCount(source: Document, field: string): number | undefined {
  const value = source[field];
  if (value === undefined || value === null) return undefined;
  const count = toSafeInteger(value);
  if (count === undefined) throw mismatch(field, "number");
  if (count >= 0) return count;
  throw badValue(
    `BSON field '${field}' value must be >= 0, actual value '${count}'`,
  );
}

/**
 * Reads what a command or one of its statements selects.
 *
 * @param source The command or one of its statements.
 * @param filterField Where its filter stands.
 * @param command The command, for `let` and `maxTimeMS`.
 * @returns The selection; what is not given is empty or undefined.
 * @throws {MongoError} TypeMismatch, and NotImplemented for a collation.
 */
export function readSelection(
  source: Document,
  filterField: string,
  command: Document = source,
): Selection {
  rejectCollation(source);
  return {
    filter: readDocument(source, filterField),
    sort: readDocument(source, "sort"),
    skip: readCount(source, "skip"),
    limit: readCount(source, "limit"),
    hint: source.hint,
    variables: {
      ...readDocument(command, "let"),
      ...readDocument(source, "c"),
    },
    deadline: readDeadline(command),
  };
}

/**
 * Reads `maxTimeMS`.
 *
 * @param command The command.
 * @returns Date.now() at which to give up, or undefined.
 */
export function readDeadline(command: Document): number | undefined {
  const maxTimeMs = readCount(command, "maxTimeMS");
  return maxTimeMs ? Date.now() + maxTimeMs : undefined;
}

/**
 * Refuses fields that nobody would look at.
 *
 * @param source The command or one of its statements.
 * @param place How the error calls the source.
 * @param known The fields that it may hold.
 * @throws {MongoError} Location40415.
 */
export function rejectUnknownFields(
  source: Document,
  place: string,
  known: ReadonlySet<string>,
): void {
  for (const field of Object.keys(source)) {
    if (known.has(field)) continue;
    throw new MongoError(
      "Location40415",
      `BSON field '${place}.${field}' is an unknown field.`,
    );
  }
}

/**
 * Refuses any collation but the simple one, which is the default.
 *
 * @param source The command or one of its statements.
 * @throws {MongoError} NotImplemented.
 */
export function rejectCollation({ collation }: Document): void {
  const isSimple = isDocument(collation) && collation.locale === "simple";
  if (collation !== undefined && !isSimple) throw refuse("collation");
}

function mismatch(field: string, type: string): MongoError {
  return new MongoError(
    "TypeMismatch",
    `BSON field '${field}' is the wrong type, expected type '${type}'`,
  );
}
