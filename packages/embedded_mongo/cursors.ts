/**
 * The open cursors: what getMore continues.
 *
 * A cursor holds a paused read, not a snapshot. Their number is bounded: the one
 * unused for longest makes room. Idle cursors end after ten minutes, as in mongod.
 */

import { Long } from "bson";
import { encodeCursorReply } from "./bson/encode_document.ts";
import { MongoError } from "./errors.ts";

const MAX_CURSORS = 1000;
const IDLE_MS = 10 * 60 * 1000; // mongod's cursorTimeoutMillis
const DEFAULT_FIRST_BATCH = 101; // mongod's first batch
const MAX_BATCH_BYTES = 16 * 1024 * 1024 - 64 * 1024;

interface OpenCursor {
  readonly ns: string;
  readonly rows: Iterator<Uint8Array>;
  /** Read ahead, to know whether there is more. */
  next: Uint8Array | undefined;
  lastUsedAtMs: number;
}

/** How a command wants its first batch. */
export interface FirstBatch {
  readonly ns: string;
  readonly rows: Iterable<Uint8Array>;
  /** Undefined: 101 documents. */
  readonly batchSize?: number | undefined;
  /** The client wants no cursor to stay open. */
  readonly isSingleBatch?: boolean;
}

/** The registry of one server. */
export class Cursors {
  readonly #cursors = new Map<string, OpenCursor>();
  readonly #now: () => number;
  #lastId = 0;

  /** @param now Milliseconds since the epoch; for tests. */
  constructor(now: () => number = Date.now) {
    this.#now = now;
  }

  /** How many cursors are open. */
  get size(): number {
    return this.#cursors.size;
  }

  /**
   * Takes the first batch and keeps the rest for getMore.
   *
   * @param first Rows, namespace and batch size.
   * @returns The encoded reply.
   */
  open(first: FirstBatch): Uint8Array {
    const rows = first.rows[Symbol.iterator]();
    const cursor: OpenCursor = {
      ns: first.ns,
      rows,
      next: read(rows),
      lastUsedAtMs: this.#now(),
    };
    const batch = takeBatch(cursor, first.batchSize ?? DEFAULT_FIRST_BATCH);
    const isOpen = cursor.next !== undefined && !first.isSingleBatch;
    if (!isOpen) rows.return?.();
    return encodeCursorReply({
      id: isOpen ? this.#keep(cursor, this.#newId()) : Long.ZERO,
      ns: first.ns,
      field: "firstBatch",
      rows: batch,
    });
  }

  /**
   * Takes the next batch.
   *
   * @param id The cursor.
   * @param ns The namespace that the client names.
   * @param batchSize How many at most; undefined or 0: as many as fit.
   * @returns The encoded reply.
   * @throws {MongoError} CursorNotFound.
   */
  getMore(id: Long, ns: string, batchSize?: number): Uint8Array {
    const key = id.toString();
    const cursor = this.#cursors.get(key);
    if (!cursor) {
      throw new MongoError("CursorNotFound", `cursor id ${id} not found`);
    }
    if (cursor.ns !== ns) {
      throw new MongoError(
        "Unauthorized",
        `Requested getMore on namespace '${ns}', but cursor belongs to a different namespace`,
      );
    }
    this.#cursors.delete(key);
    const batch = takeBatch(cursor, batchSize || Infinity);
    cursor.lastUsedAtMs = this.#now();
    const isOpen = cursor.next !== undefined;
    return encodeCursorReply({
      id: isOpen ? this.#keep(cursor, id) : Long.ZERO,
      ns: cursor.ns,
      field: "nextBatch",
      rows: batch,
    });
  }

  /**
   * Ends a cursor.
   *
   * @param id The cursor.
   * @returns Whether it was open.
   */
  kill(id: Long): boolean {
    const cursor = this.#cursors.get(id.toString());
    cursor?.rows.return?.();
    return this.#cursors.delete(id.toString());
  }

  /** Ends the cursors on a collection that is dropped or loses an index. */
  killAllOn(ns: string): void {
    for (const [key, cursor] of this.#cursors) {
      if (cursor.ns === ns) this.#cursors.delete(key);
    }
  }

  /** Ends the cursors that nobody used for ten minutes. */
  endIdle(): void {
    const oldest = this.#now() - IDLE_MS;
    for (const [key, cursor] of this.#cursors) {
      if (cursor.lastUsedAtMs < oldest) this.#cursors.delete(key);
    }
  }

  /** The map keeps the order of use, so the first is the one unused longest. */
  #keep(cursor: OpenCursor, id: Long): Long {
    const [oldest] = this.#cursors.keys();
    if (this.#cursors.size >= MAX_CURSORS && oldest !== undefined) {
      this.#cursors.delete(oldest);
    }
    this.#cursors.set(id.toString(), cursor);
    return id;
  }

  /** Ids cannot be guessed and never repeat while the server runs. */
  #newId(): Long {
    const [random = 0] = crypto.getRandomValues(new Uint32Array(1));
    return Long.fromNumber(++this.#lastId * 2 ** 20 + random % 2 ** 20);
  }
}

function read(rows: Iterator<Uint8Array>): Uint8Array | undefined {
  const { done, value } = rows.next();
  return done ? undefined : value;
}

function takeBatch(cursor: OpenCursor, size: number): Uint8Array[] {
  const batch: Uint8Array[] = [];
  let bytes = 0;
  while (cursor.next !== undefined && batch.length < size) {
    bytes += cursor.next.length;
    if (batch.length > 0 && bytes > MAX_BATCH_BYTES) break;
    batch.push(cursor.next);
    cursor.next = read(cursor.rows);
  }
  return batch;
}
