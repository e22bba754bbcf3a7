/** One row of a collection as SQLite returned it. */

import { decodeDocument } from "../bson/decode_document.ts";
import type { Document } from "../bson/document.ts";

/** A stored document, decoded only when somebody looks into it. */
export class Row {
  #document: Document | undefined;

  /**
   * @param number SQLite's row number.
   * @param bytes The document as BSON.
   */
  constructor(readonly number: number, readonly bytes: Uint8Array) {}

  /** The decoded document; shared, so not to be changed. */
  get document(): Document {
    return this.#document ??= decodeDocument(this.bytes);
  }
}

/** Turns what SQLite returned into a row. */
export function toRow(found: Record<string, unknown>): Row {
  return new Row(found.r as number, found.doc as Uint8Array);
}
