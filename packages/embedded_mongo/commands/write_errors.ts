/**
 * Runs the statements of one write command and collects their errors.
 *
 * Ordered: the first error ends it. Unordered: the others still run. An error of
 * one statement is part of the reply; it never fails the command.
 */

import { type Document, isDocument } from "../bson/document.ts";
import { MongoError } from "../errors.ts";
import { readArray, rejectUnknownFields } from "./command.ts";

/** Where a statement runs. */
export interface StatementUse {
  /** The command, for `let` and `maxTimeMS`. */
  readonly command: Document;
  readonly database: string;
  /** The collection's name. */
  readonly name: string;
}

const MAX_STATEMENTS = 100_000; // mongod's maxWriteBatchSize

/**
 * Reads the statements of an update or delete.
 *
 * @param command The command.
 * @param field Where they stand.
 * @param known The fields that one may have.
 * @returns The statements.
 * @throws {MongoError} TypeMismatch, or Location40415 for an unknown field.
 */
export function readStatements(
  command: Document,
  field: "updates" | "deletes",
  known: ReadonlySet<string>,
): Document[] {
  const place = `${Object.keys(command)[0]}.${field}`;
  return readArray(command, field).map((statement) => {
    if (!isDocument(statement)) {
      throw new MongoError(
        "TypeMismatch",
        `Each of ${place} must be an object`,
      );
    }
    rejectUnknownFields(statement, place, known);
    return statement;
  });
}

/**
 * Runs each statement.
 *
 * @param command The command, for `ordered`.
 * @param statements What to run.
 * @param run Runs one statement.
 * @returns The errors, empty when all went well, to be spread into the reply.
 * @throws {MongoError} InvalidLength for none or too many statements.
 */
export function runStatements<T>(
  command: Document,
  statements: readonly T[],
  run: (statement: T, index: number) => void,
): { writeErrors?: Document[] } {
  if (statements.length === 0 || statements.length > MAX_STATEMENTS) {
    throw new MongoError(
      "InvalidLength",
      `Write batch sizes must be between 1 and ${MAX_STATEMENTS}. Got ${statements.length} operations.`,
    );
  }
  const writeErrors: Document[] = [];
  for (const [index, statement] of statements.entries()) {
    try {
      run(statement, index);
    } catch (error) {
      if (!(error instanceof MongoError)) throw error;
      // A bad name is the fault of the command, not of a statement.
      if (error.codeName === "InvalidNamespace") throw error;
      const { code, message, details } = error;
      writeErrors.push({ index, code, errmsg: message, ...details });
      if (command.ordered !== false) break;
    }
  }
  return writeErrors.length > 0 ? { writeErrors } : {};
}
