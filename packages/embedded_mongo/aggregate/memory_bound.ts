/**
 * Bounds what a stage may hold in memory, as mongod does at 100 MB a stage.
 *
 * mongod may spill to disk; this server does not and says so.
 */

import { calculateObjectSize } from "bson";
import type { Document } from "../bson/document.ts";
import { MongoError } from "../errors.ts";

/** mongod's limit for a blocking stage. */
export const MAX_STAGE_BYTES = 100 * 1024 * 1024;

const DECODED_FACTOR = 3; // A decoded document takes about three times its BSON.

/** Counts what a stage holds and refuses to pass the bound. */
export class MemoryBound {
  #bytes = 0;

  /** @param stage The stage to name in the error. */
  constructor(readonly stage: string) {}

  /** Whether that many more bytes may be held. */
  hasRoom(bytes: number): boolean {
    return this.#bytes + bytes <= MAX_STAGE_BYTES;
  }

  /**
   * Counts bytes.
   *
   * @param bytes How many more are held.
   * @throws {MongoError} QueryExceededMemoryLimitNoDiskUseAllowed past 100 MB.
   */
  add(bytes: number): void {
    this.#bytes += bytes;
    if (this.hasRoom(0)) return;
    throw new MongoError(
      "QueryExceededMemoryLimitNoDiskUseAllowed",
      `${this.stage} exceeded memory limit of ${MAX_STAGE_BYTES} bytes, and the ` +
        "embedded server does not use the disk for it: narrow the query, add an " +
        "index or set MONGODB_URI to use a real server",
    );
  }

  /** Counts a decoded document; see {@linkcode MemoryBound.add}. */
  addDocument(document: Document): void {
    this.add(calculateObjectSize(document) * DECODED_FACTOR);
  }
}

/**
 * Reads everything into an array, within the bound.
 *
 * @param documents What to read.
 * @param bound The bound, which may hold other things besides.
 * @returns All documents.
 * @throws {MongoError} As {@linkcode MemoryBound.add}.
 */
export function collectBounded(
  documents: Iterable<Document>,
  bound: MemoryBound,
): Document[] {
  const collected: Document[] = [];
  for (const document of documents) {
    bound.addDocument(document);
    collected.push(document);
  }
  return collected;
}
