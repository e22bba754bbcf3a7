/** Refuses the options that would change an answer and are not supported. */

import { type Document, isDocument } from "../bson/document.ts";
import { refuse } from "../errors.ts";

/**
 * Refuses any collation but the simple one, which is the default.
 *
 * @param source The command or one of its statements.
 * @throws {MongoError} NotImplemented.
 */
export function rejectCollation(source: Document): void {
  const { collation } = source;
  if (collation === undefined) return;
  if (isDocument(collation) && collation.locale === "simple") return;
  throw refuse("collation");
}
