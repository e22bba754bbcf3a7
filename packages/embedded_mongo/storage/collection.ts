/**
 * One collection: its rows and index entries in SQLite, kept in step.
 *
 * Rows are BSON as it came, keyed by the order key of `_id`; SQLite's row number
 * keeps insertion order. Unique keys are checked before anything is written, so
 * a refused document leaves no trace and needs no savepoint. Transactions are
 * the concern of Store.
 */

import type { DatabaseSync, StatementSync } from "node:sqlite";
import { compareBytes } from "../bson/compare_values.ts";
import type { Document } from "../bson/document.ts";
import { encodeDocument } from "../bson/encode_document.ts";
import { encodeOrderKey } from "../bson/order_key.ts";
import { createDuplicateError } from "./duplicate_key.ts";
import {
  type IndexEntry,
  type IndexSpec,
  listIndexEntries,
} from "./index_spec.ts";
import { prepareDocument, type Row, toRow } from "./row.ts";

/** What a collection needs to know of its place. */
export interface CollectionPlace {
  readonly id: number;
  readonly database: string;
  readonly name: string;
  readonly options: Document;
  readonly count: number;
}

/** The definition of the index that every collection has. */
export const ID_INDEX: Document = { v: 2, key: { _id: 1 }, name: "_id_" };

/** A collection that is open. */
export class Collection {
  readonly id: number;
  /** `database.name`. */
  readonly ns: string;
  /** Secondary indexes; `_id_` is part of the row table. */
  readonly indexes: IndexSpec[] = [];
  /** How many documents there are, kept by this class. */
  count: number;
  readonly #db: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();
  readonly #onChange: (collection: Collection) => void;

  /**
   * @param db The open database.
   * @param place Number, name, options and count as stored.
   * @param onChange Called before the first write of each document.
   */
  constructor(
    db: DatabaseSync,
    readonly place: CollectionPlace,
    onChange: (collection: Collection) => void,
  ) {
    this.#db = db;
    this.#onChange = onChange;
    this.id = place.id;
    this.ns = `${place.database}.${place.name}`;
    this.count = place.count;
  }

  /**
   * Prepares a statement once.
   *
   * @param sql The statement.
   * @returns The prepared statement.
   */
  prepare(sql: string): StatementSync {
    let statement = this.#statements.get(sql);
    if (!statement) {
      statement = this.#db.prepare(sql);
      this.#statements.set(sql, statement);
    }
    return statement;
  }

  /**
   * Reads one document by `_id`.
   *
   * @param key The order key of the `_id`.
   * @returns The row, or undefined.
   */
  findById(key: Uint8Array): Row | undefined {
    const found = this.prepare(
      `SELECT r, doc FROM c${this.id} WHERE k = ?`,
    ).get(key);
    return found && toRow(found);
  }

  /**
   * Reads one document by its row number.
   *
   * @param number SQLite's row number.
   * @returns The row, or undefined.
   */
  findByNumber(number: number): Row | undefined {
    const found = this.prepare(
      `SELECT r, doc FROM c${this.id} WHERE r = ?`,
    ).get(number);
    return found && toRow(found);
  }

  /**
   * Inserts a document.
   *
   * @param bytes The document; gets an ObjectId when it has no `_id`.
   * @returns The `_id`.
   * @throws {MongoError} DuplicateKey, InvalidIdField, BSONObjectTooLarge.
   */
  insert(bytes: Uint8Array): unknown {
    const { id, document, bytes: stored } = prepareDocument(bytes);
    const key = encodeOrderKey(id);
    const additions = this.indexes.map((index) => ({
      index,
      ...listIndexEntries(index, document),
    }));
    this.#onChange(this);
    try {
      for (const { index, entries } of additions) {
        this.#rejectDuplicates(index, entries, 0);
      }
    } catch (error) {
      // mongod reports the _id index first.
      if (this.findById(key)) {
        throw createDuplicateError(this.ns, ID_INDEX, [id]);
      }
      throw error;
    }
    const { changes, lastInsertRowid } = this.prepare(
      `INSERT INTO c${this.id}(k, doc) VALUES (?, ?) ON CONFLICT DO NOTHING`,
    ).run(key, stored);
    if (changes === 0) throw createDuplicateError(this.ns, ID_INDEX, [id]);
    this.count++;
    for (const { index, entries, hasArray } of additions) {
      this.#addEntries(index, entries, Number(lastInsertRowid));
      if (hasArray) this.#markMultikey(index);
    }
    return id;
  }

  /**
   * Replaces a document, whose `_id` must be unchanged.
   *
   * @param row The row as read.
   * @param document The new document.
   * @returns Whether any byte changed.
   * @throws {MongoError} DuplicateKey, BSONObjectTooLarge.
   */
  replace(row: Row, document: Document): boolean {
    const bytes = encodeDocument(document);
    if (compareBytes(bytes, row.bytes) === 0) return false;
    const changes = this.indexes.map((index) => {
      const before = listIndexEntries(index, row.document).entries;
      const { entries, hasArray } = listIndexEntries(index, document);
      return {
        index,
        hasArray,
        removed: without(before, entries),
        added: without(entries, before),
      };
    });
    this.#onChange(this);
    for (const { index, added } of changes) {
      this.#rejectDuplicates(index, added, row.number);
    }
    this.prepare(`UPDATE c${this.id} SET doc = ? WHERE r = ?`)
      .run(bytes, row.number);
    for (const { index, removed, added, hasArray } of changes) {
      this.#removeEntries(index, removed, row.number);
      this.#addEntries(index, added, row.number);
      if (hasArray) this.#markMultikey(index);
    }
    return true;
  }

  /**
   * Removes a document.
   *
   * @param row The row as read.
   */
  remove(row: Row): void {
    this.#onChange(this);
    for (const index of this.indexes) {
      const { entries } = listIndexEntries(index, row.document);
      this.#removeEntries(index, entries, row.number);
    }
    this.prepare(`DELETE FROM c${this.id} WHERE r = ?`).run(row.number);
    this.count--;
  }

  /**
   * Enters all documents in a new index.
   *
   * @param index The index, whose table exists and is empty.
   * @throws {MongoError} DuplicateKey when a unique index cannot be built.
   */
  build(index: IndexSpec): void {
    const rows = this.prepare(`SELECT r, doc FROM c${this.id} ORDER BY r`);
    for (const found of rows.iterate()) {
      const row = toRow(found);
      const { entries, hasArray } = listIndexEntries(index, row.document);
      this.#rejectDuplicates(index, entries, row.number);
      this.#addEntries(index, entries, row.number);
      if (hasArray) this.#markMultikey(index);
    }
  }

  #rejectDuplicates(
    index: IndexSpec,
    entries: readonly IndexEntry[],
    ownNumber: number,
  ): void {
    if (!index.isUnique) return;
    for (const entry of entries) {
      const other = this.prepare(
        `SELECT 1 FROM i${index.id} WHERE k = ? AND r <> ? LIMIT 1`,
      ).get(entry.key, ownNumber);
      if (other) {
        throw createDuplicateError(this.ns, index.definition, entry.values);
      }
    }
  }

  #addEntries(
    index: IndexSpec,
    entries: readonly IndexEntry[],
    rowNumber: number,
  ): void {
    for (const { key } of entries) {
      this.prepare(`INSERT INTO i${index.id}(k, r) VALUES (?, ?)`)
        .run(key, rowNumber);
    }
  }

  #removeEntries(
    index: IndexSpec,
    entries: readonly IndexEntry[],
    rowNumber: number,
  ): void {
    for (const { key } of entries) {
      this.prepare(`DELETE FROM i${index.id} WHERE k = ? AND r = ?`)
        .run(key, rowNumber);
    }
  }

  #markMultikey(index: IndexSpec): void {
    if (index.isMultikey) return;
    index.isMultikey = true;
    this.prepare("UPDATE indexes SET multikey = 1 WHERE id = ?").run(index.id);
  }
}

function without(
  entries: readonly IndexEntry[],
  others: readonly IndexEntry[],
): IndexEntry[] {
  return entries.filter(({ key }) =>
    !others.some((other) => compareBytes(other.key, key) === 0)
  );
}
