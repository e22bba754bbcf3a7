/**
 * `bulkWrite`: inserts, updates and deletes in several collections at once.
 *
 * Every operation names its collection by a place in `nsInfo`, and runs as the
 * statement of insert, update or delete that it is.
 *
 * @see https://www.mongodb.com/docs/manual/reference/command/bulkWrite/
 */

import { Long } from "bson";
import { type Document, isDocument } from "../bson/document.ts";
import { encodeDocument } from "../bson/encode_document.ts";
import { toSafeInteger } from "../bson/numbers.ts";
import { badValue, MongoError } from "../errors.ts";
import { splitWords } from "../split_words.ts";
import {
  type Command,
  type CommandContext,
  readArray,
  readDocument,
  rejectUnknownFields,
} from "./command.ts";
import { runDelete } from "./delete.ts";
import { runUpdate } from "./update.ts";
import { runStatements, type StatementUse } from "./write_errors.ts";

const REPLY_NS = "admin.$cmd.bulkWrite";

/** The fields of an operation, besides the one that names its collection. */
const OPERATION_FIELDS = {
  insert: new Set(["document"]),
  update: new Set(splitWords(`
    filter updateMods constants multi upsert sort hint arrayFilters collation`)),
  delete: new Set(splitWords("filter multi hint collation")),
};

/** Those that have another name in a statement of update or delete. */
const STATEMENT_NAMES: Readonly<Record<string, string>> = {
  filter: "q",
  updateMods: "u",
  constants: "c",
};

interface Operation {
  readonly kind: keyof typeof OPERATION_FIELDS;
  /** Its place in `nsInfo`. */
  readonly ns: unknown;
  readonly statement: Document;
}

/** What became of one operation. */
interface Result extends Document {
  /** Its place in `ops`. */
  readonly idx: number;
}

interface Namespace {
  readonly database: string;
  readonly name: string;
}

/** The command. */
export const bulkWrite: Command = {
  fields: splitWords(`
    ops nsInfo ordered errorsOnly bypassDocumentValidation let cursor`),
  run: ({ command, database }, context) => {
    if (database !== "admin") {
      throw new MongoError(
        "Unauthorized",
        "bulkWrite may only be run against the admin database.",
      );
    }
    const namespaces = readArray(command, "nsInfo").map(readNamespace);
    const operations = readArray(command, "ops").map(readOperation);
    const targets = operations.map(({ ns }) => findTarget(namespaces, ns));
    const totals = {
      nInserted: 0,
      nMatched: 0,
      nModified: 0,
      nUpserted: 0,
      nDeleted: 0,
    };
    const results: Result[] = [];
    const { writeErrors = [] } = runStatements(
      command,
      operations,
      (operation, idx) => {
        const use = { command, ...targets[idx]! };
        const result = runOperation(operation, use, context);
        for (const [total, count] of Object.entries(result.counts)) {
          totals[total as keyof typeof totals] += count;
        }
        results.push({ ok: 1, idx, ...result.reply });
      },
    );
    const errors = writeErrors.map(({ index, ...error }): Result => ({
      ok: 0,
      idx: Number(index),
      n: 0,
      ...error,
    }));
    const shown = command.errorsOnly === true
      ? errors
      : [...results, ...errors].toSorted((a, b) => a.idx - b.idx);
    return {
      cursor: { id: Long.ZERO, firstBatch: shown, ns: REPLY_NS },
      nErrors: errors.length,
      ...totals,
      ok: 1,
    };
  },
};

function runOperation(
  { kind, statement }: Operation,
  use: StatementUse,
  context: CommandContext,
): { readonly counts: Record<string, number>; readonly reply: Document } {
  if (kind === "insert") {
    const document = encodeDocument(readDocument(statement, "document"));
    context.store.ensureCollection(use.database, use.name).insert(document);
    return { counts: { nInserted: 1 }, reply: { n: 1 } };
  }
  if (kind === "delete") {
    const { multi, ...rest } = statement;
    const limit = multi === true ? 0 : 1;
    const n = runDelete({ ...rest, limit }, use, context);
    return { counts: { nDeleted: n }, reply: { n } };
  }
  const { n, nModified, upserted } = runUpdate(statement, use, context);
  const counts = upserted ? { nUpserted: 1 } : { nMatched: n, nModified };
  return {
    counts,
    reply: { n, nModified, ...(upserted ? { upserted } : {}) },
  };
}

function readNamespace(info: unknown): Namespace {
  if (!isDocument(info) || typeof info.ns !== "string") {
    throw new MongoError(
      "TypeMismatch",
      "Each of bulkWrite.nsInfo must have a string 'ns'",
    );
  }
  rejectUnknownFields(info, "bulkWrite.nsInfo", new Set(["ns"]));
  const [, database, name] = /^([^.$\0]+)\.([^.$\0][^$\0]*)$/.exec(info.ns) ??
    [];
  if (database !== undefined && name !== undefined) return { database, name };
  throw new MongoError(
    "InvalidNamespace",
    `Invalid namespace specified for bulkWrite: '${info.ns}'`,
  );
}

function readOperation(operation: unknown): Operation {
  const [kind] = isDocument(operation) ? Object.keys(operation) : [];
  if (
    !isDocument(operation) ||
    (kind !== "insert" && kind !== "update" && kind !== "delete")
  ) {
    throw badValue(
      "Each of bulkWrite.ops must begin with insert, update or delete",
    );
  }
  const { [kind]: ns, ...fields } = operation;
  rejectUnknownFields(fields, "bulkWrite.ops", OPERATION_FIELDS[kind]);
  const statement = Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [
      STATEMENT_NAMES[name] ?? name,
      value,
    ]),
  );
  return { kind, ns, statement };
}

function findTarget(namespaces: readonly Namespace[], ns: unknown): Namespace {
  const found = namespaces[toSafeInteger(ns) ?? -1];
  if (found) return found;
  throw badValue(`BulkWrite ops entry has an invalid nsInfo index: ${ns}`);
}
