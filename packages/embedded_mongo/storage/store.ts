/**
 * The database file: its catalog, its transactions, its collections.
 *
 * WAL with synchronous=FULL, so a commit is on disk when it returns. The file is
 * locked for this process alone, which lets counts and catalog live in memory;
 * after a rollback both are read from disk again. A transaction opens with the
 * first write after a commit and holds the writes of one batch.
 */

import { DatabaseSync } from "node:sqlite";
import { decodeDocument } from "../bson/decode_document.ts";
import type { Document } from "../bson/document.ts";
import { encodeDocument } from "../bson/encode_document.ts";
import { MongoError } from "../errors.ts";
import { Collection } from "./collection.ts";
import { type IndexSpec, parseIndex } from "./index_spec.ts";

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS collections (
    id INTEGER PRIMARY KEY AUTOINCREMENT, database TEXT NOT NULL,
    name TEXT NOT NULL, options BLOB NOT NULL, count INTEGER NOT NULL,
    UNIQUE (database, name));
  CREATE TABLE IF NOT EXISTS indexes (
    id INTEGER PRIMARY KEY AUTOINCREMENT, collection INTEGER NOT NULL,
    definition BLOB NOT NULL, multikey INTEGER NOT NULL DEFAULT 0)`;

const FILE_NAME = "mongo.sqlite";
const SCHEMA_VERSION = 1;

/** An open database file. */
export class Store {
  readonly #db: DatabaseSync;
  readonly #collections = new Map<string, Collection>();
  readonly #changed = new Set<Collection>();
  #isInTransaction = false;

  /**
   * Opens the database, creating it when it is missing.
   *
   * @param path A folder, or ":memory:".
   * @throws {Error} when another process has it open or a newer version wrote it.
   */
  constructor(path: string) {
    this.#db = openDatabase(path);
    this.#readCatalog();
  }

  /** All collections of a database, or of all, by name. */
  listCollections(database?: string): Collection[] {
    return [...this.#collections.values()]
      .filter(({ place }) =>
        database === undefined || place.database === database
      )
      .sort((left, right) => left.ns < right.ns ? -1 : 1);
  }

  /** How many bytes the file takes, the write-ahead log apart. */
  get sizeBytes(): number {
    const read = (pragma: string) =>
      Number(
        Object.values(this.#db.prepare(`PRAGMA ${pragma}`).get() ?? {})[0],
      );
    return read("page_count") * read("page_size");
  }

  /** The collection of that name, or undefined. */
  findCollection(database: string, name: string): Collection | undefined {
    return this.#collections.get(`${database}.${name}`);
  }

  /**
   * Finds a collection or creates it, as a first insert does.
   *
   * @param database Its database.
   * @param name Its name.
   * @param options What listCollections shows of it.
   * @returns The collection.
   * @throws {MongoError} InvalidNamespace for a bad name.
   */
  ensureCollection(
    database: string,
    name: string,
    options: Document = {},
  ): Collection {
    const found = this.findCollection(database, name);
    if (found) return found;
    rejectBadName(database, name);
    this.begin();
    const { lastInsertRowid } = this.#db.prepare(
      "INSERT INTO collections(database, name, options, count) VALUES (?, ?, ?, 0)",
    ).run(database, name, encodeDocument(options));
    const id = Number(lastInsertRowid);
    this.#db.exec(
      `CREATE TABLE c${id} (r INTEGER PRIMARY KEY, k BLOB NOT NULL UNIQUE, doc BLOB NOT NULL)`,
    );
    return this.#open({ id, database, name, options, count: 0 });
  }

  /** Drops a collection with its documents and indexes. */
  dropCollection(collection: Collection): void {
    this.begin();
    for (const index of collection.indexes.slice()) {
      this.dropIndex(collection, index);
    }
    this.#db.exec(`DROP TABLE c${collection.id}`);
    this.#db.prepare("DELETE FROM collections WHERE id = ?").run(collection.id);
    this.#collections.delete(collection.ns);
    this.#changed.delete(collection);
  }

  /**
   * Creates an index and fills it.
   *
   * @param collection The collection.
   * @param definition One entry of createIndexes.
   * @throws {MongoError} DuplicateKey when existing documents clash; nothing is
   *   left of the index then.
   */
  createIndex(collection: Collection, definition: Document): void {
    this.begin();
    const { definition: full } = parseIndex(definition, {
      id: 0,
      isMultikey: false,
    });
    const { lastInsertRowid } = this.#db.prepare(
      "INSERT INTO indexes(collection, definition) VALUES (?, ?)",
    ).run(collection.id, encodeDocument(full));
    const id = Number(lastInsertRowid);
    this.#db.exec(
      `CREATE TABLE i${id} (k BLOB NOT NULL, r INTEGER NOT NULL, PRIMARY KEY (k, r)) WITHOUT ROWID`,
    );
    const index = parseIndex(full, { id, isMultikey: false });
    try {
      collection.build(index);
    } catch (error) {
      this.#dropIndexTable(index);
      throw error;
    }
    collection.indexes.push(index);
  }

  /** Drops an index. */
  dropIndex(collection: Collection, index: IndexSpec): void {
    this.begin();
    this.#dropIndexTable(index);
    collection.indexes.splice(collection.indexes.indexOf(index), 1);
  }

  /** Opens a transaction unless one is open; every write calls it. */
  begin(): void {
    if (this.#isInTransaction) return;
    this.#db.exec("BEGIN IMMEDIATE");
    this.#isInTransaction = true;
  }

  /** Commits what is open; when it returns, the writes are on disk. */
  commit(): void {
    if (!this.#isInTransaction) return;
    for (const { count, id } of this.#changed) {
      this.#db.prepare("UPDATE collections SET count = ? WHERE id = ?")
        .run(count, id);
    }
    this.#db.exec("COMMIT");
    this.#isInTransaction = false;
    this.#changed.clear();
  }

  /** Undoes what is open and forgets what memory knew of it. */
  rollback(): void {
    if (!this.#isInTransaction) return;
    this.#isInTransaction = false;
    // When the disk is full, SQLite has rolled back by itself.
    if (this.#db.isTransaction) this.#db.exec("ROLLBACK");
    this.#changed.clear();
    this.#collections.clear();
    this.#readCatalog();
  }

  /** Commits and closes the file. */
  close(): void {
    this.commit();
    this.#db.close();
  }

  #dropIndexTable(index: IndexSpec): void {
    this.#db.exec(`DROP TABLE i${index.id}`);
    this.#db.prepare("DELETE FROM indexes WHERE id = ?").run(index.id);
  }

  #readCatalog(): void {
    const collections = this.#db.prepare("SELECT * FROM collections").all();
    const byId = new Map(collections.map((found) => {
      const { id, database, name, options, count } = found as CollectionRecord;
      const place = {
        id,
        database,
        name,
        options: decodeDocument(options),
        count,
      };
      return [id, this.#open(place)];
    }));
    for (
      const found of this.#db.prepare("SELECT * FROM indexes ORDER BY id").all()
    ) {
      const { id, collection, definition, multikey } = found as IndexRecord;
      const stored = { id, isMultikey: multikey === 1 };
      byId.get(collection)?.indexes
        .push(parseIndex(decodeDocument(definition), stored));
    }
  }

  #open(place: Collection["place"]): Collection {
    const collection = new Collection(this.#db, place, (changed) => {
      this.begin();
      this.#changed.add(changed);
    });
    this.#collections.set(collection.ns, collection);
    return collection;
  }
}

type CollectionRecord = {
  id: number;
  database: string;
  name: string;
  options: Uint8Array;
  count: number;
};

type IndexRecord = {
  id: number;
  collection: number;
  definition: Uint8Array;
  multikey: number;
};

function openDatabase(path: string): DatabaseSync {
  const isInMemory = path === ":memory:";
  if (!isInMemory) Deno.mkdirSync(path, { recursive: true, mode: 0o700 });
  const file = isInMemory ? path : `${path}/${FILE_NAME}`;
  const db = new DatabaseSync(file);
  try {
    db.exec("PRAGMA page_size = 8192; PRAGMA locking_mode = EXCLUSIVE");
    db.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL");
    db.exec("PRAGMA cache_size = -49152; PRAGMA wal_autocheckpoint = 2000");
    rejectNewerSchema(db, file);
    db.exec(SCHEMA);
    db.exec(`PRAGMA user_version = ${SCHEMA_VERSION}`);
    return db;
  } catch (cause) {
    db.close();
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new Error(`Cannot open ${file}: ${reason}`, { cause });
  }
}

function rejectNewerSchema(db: DatabaseSync, file: string): void {
  const { user_version: version } = db.prepare("PRAGMA user_version").get() ??
    {};
  if (Number(version) > SCHEMA_VERSION) {
    throw new Error(`Cannot read ${file}: a newer version wrote it`);
  }
}

function rejectBadName(database: string, name: string): void {
  const isBad = database === "" || /[/\\. "$\0]/.test(database) ||
    database.length > 63 || name === "" || name.startsWith("system.") ||
    name.startsWith(".") || name.endsWith(".") || /[$\0]/.test(name) ||
    name.length > 255;
  if (isBad) {
    throw new MongoError(
      "InvalidNamespace",
      `Invalid namespace specified '${database}.${name}'`,
    );
  }
}
