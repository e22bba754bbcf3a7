/** The `$unwind` stage: one document for each element of an array. */

import { Long } from "bson";
import { type Document, getField, isDocument } from "../bson/document.ts";
import { MongoError } from "../errors.ts";
import { setAtPath } from "./set_at_path.ts";

/**
 * Unwinds an array field.
 *
 * @param documents What to unwind.
 * @param spec A path with its dollar, or the long form.
 * @returns The unwound documents.
 * @throws {MongoError} For a path without a dollar, and for a wrong option.
 */
export function* unwindDocuments(
  documents: Iterable<Document>,
  spec: unknown,
): Iterable<Document> {
  const { path, includeArrayIndex, preserveNullAndEmptyArrays, ...unknown } =
    isDocument(spec) ? spec : { path: spec };
  const [option] = Object.keys(unknown);
  if (option !== undefined) {
    throw fail(28811, `unrecognized option to $unwind stage: ${option}`);
  }
  if (path === undefined) {
    throw fail(28812, "no path specified to $unwind stage");
  }
  if (typeof path !== "string" || !/^\$[^$]/.test(path)) {
    throw fail(
      28818,
      "path option to $unwind stage should be prefixed with a '$'",
    );
  }
  if (typeof (preserveNullAndEmptyArrays ?? true) !== "boolean") {
    throw fail(28809, "expected a boolean for preserveNullAndEmptyArrays");
  }
  if (/^$|^\$/.test(String(includeArrayIndex ?? "i"))) {
    throw fail(
      28822,
      "includeArrayIndex should not be empty or begin with '$'",
    );
  }
  const parts = path.slice(1).split(".");
  const indexPath = typeof includeArrayIndex === "string"
    ? includeArrayIndex.split(".")
    : undefined;
  for (const document of documents) {
    const value = readPath(document, parts);
    if (Array.isArray(value) && value.length > 0) {
      for (let i = 0; i < value.length; i++) {
        const unwound = setAtPath(document, parts, value[i]);
        yield indexPath
          ? setAtPath(unwound, indexPath, Long.fromNumber(i))
          : unwound;
      }
    } else if (isScalar(value) || preserveNullAndEmptyArrays === true) {
      const kept = Array.isArray(value)
        ? setAtPath(document, parts, undefined)
        : document;
      yield indexPath ? setAtPath(kept, indexPath, null) : kept;
    }
  }
}

function fail(code: number, message: string): MongoError {
  return new MongoError(`Location${code}`, message);
}

function isScalar(value: unknown): boolean {
  return value !== undefined && value !== null && !Array.isArray(value);
}

function readPath(document: Document, parts: readonly string[]): unknown {
  let value: unknown = document;
  for (const part of parts) {
    value = isDocument(value) ? getField(value, part) : undefined;
  }
  return value;
}
