/**
 * SQLite as the engine uses it: one connection, statements prepared once, and group commits.
 *
 * Writes that are asked for together, and those they ask for while they run, share a transaction.
 * A `write()` resolves when its transaction is on disk: SQLite appends it to the write-ahead log
 * (synchronous=NORMAL), then the log is synced off the event loop, once for all transactions that
 * were appended meanwhile: the promise of synchronous=FULL without blocking. A `writeBehind()` does
 * not wait for that. The connection holds
 * the file exclusively; that lock is the lease on everything in the queue: a second engine cannot
 * open the folder, and after a crash the next one takes up every call that had no outcome.
 */
import {
  DatabaseSync,
  type SQLInputValue,
  type StatementSync,
} from "node:sqlite";
import { LogSync } from "./log_sync.ts";
import { MIGRATIONS, SCHEMA, SCHEMA_VERSION } from "./schema.ts";

const MEMORY = ":memory:";
const PAGE_BYTES = 16_384; // events of 2 KB pack well; measured 30 % faster than 4 KiB pages
const CACHE_KIB = 16_384;
const GATHER_TURNS = 32; // turns of the event loop that a commit waits for writers on their way
const GATHER_MS = 4;
const MAX_COMMIT_MS = 10; // further writes wait for the next commit, so that sockets get their turn

/** `first` does not wait for other writers, `behind` does not wait for the disk. */
type Urgency = "first" | "normal" | "behind";

interface PendingWrite {
  readonly urgency: Urgency;
  readonly work: () => unknown;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
}

/** The engine's file, with reads at any time and writes in groups. */
export class Database {
  readonly #connection: DatabaseSync;
  readonly #log: LogSync;
  readonly #statements = new Map<string, StatementSync>();
  #pending: PendingWrite[] = [];
  #afterCommit: (() => void)[] = [];
  #isScheduled = false;
  #isUrgent = false;
  #isClosed = false;
  /** How many writes are on their way; a commit waits a few turns for them. Set by the owner. */
  expectedWriters: () => number = () => 0;

  /**
   * Opens the file and creates the tables that are missing.
   *
   * @param file path of the SQLite file, or ":memory:"
   * @throws {Error} when another engine holds the file, or a newer one wrote it
   */
  constructor(file: string) {
    this.#connection = new DatabaseSync(file);
    try {
      this.#connection.exec(
        `PRAGMA page_size=${PAGE_BYTES}; PRAGMA locking_mode=EXCLUSIVE; PRAGMA journal_mode=WAL;
         PRAGMA synchronous=NORMAL; PRAGMA cache_size=-${CACHE_KIB}; PRAGMA temp_store=MEMORY;`,
      );
      const version = this.get<{ user_version: number }>("PRAGMA user_version")
        ?.user_version ?? 0;
      if (version > SCHEMA_VERSION) {
        throw new Error(
          `Cannot open the engine's database: schema ${version} is newer`,
        );
      }
      const migrations = version === 0 ? [] : MIGRATIONS.slice(version - 1);
      this.#connection.exec(
        `BEGIN EXCLUSIVE; ${migrations.join("")} ${SCHEMA}
         PRAGMA user_version=${SCHEMA_VERSION}; COMMIT`,
      );
      this.#log = new LogSync(file === MEMORY ? undefined : `${file}-wal`);
    } catch (error) {
      this.#connection.close();
      throw error;
    }
  }

  /**
   * Reads one row.
   *
   * @param sql the statement, prepared on first use
   * @param params its positional parameters
   * @returns the first row, or undefined
   */
  get<Row>(sql: string, ...params: SQLInputValue[]): Row | undefined {
    return this.#prepare(sql).get(...params) as Row | undefined;
  }

  /**
   * Reads all rows; the caller bounds them with LIMIT where they can be many.
   *
   * @param sql the statement, prepared on first use
   * @param params its positional parameters
   */
  all<Row>(sql: string, ...params: SQLInputValue[]): Row[] {
    return this.#prepare(sql).all(...params) as Row[];
  }

  /**
   * Changes rows; only to be called inside `write()`.
   *
   * @param sql the statement, prepared on first use
   * @param params its positional parameters
   * @returns how many rows changed, and the id of the last inserted one
   */
  run(
    sql: string,
    ...params: SQLInputValue[]
  ): { changes: number; id: number } {
    const { changes, lastInsertRowid } = this.#prepare(sql).run(...params);
    return { changes: Number(changes), id: Number(lastInsertRowid) };
  }

  /**
   * Runs `work` in the next group commit.
   *
   * @param work changes rows through `run()`; must not await
   * @returns what `work` returned, once it is on disk
   * @throws {Error} when `work` throws or the disk refuses; nothing of `work` is kept then
   */
  write<T>(work: () => T): Promise<T> {
    return this.#enqueue("normal", work);
  }

  /**
   * Like `write()`, without waiting for other writers; its caller is told before theirs.
   *
   * @param work changes rows through `run()`; must not await
   * @returns what `work` returned, once it is on disk
   * @throws {Error} when `work` throws or the disk refuses; nothing of `work` is kept then
   */
  writeFirst<T>(work: () => T): Promise<T> {
    return this.#enqueue("first", work);
  }

  /**
   * Runs `work` in the next group commit, for what may happen again after a power failure.
   *
   * @param work changes rows through `run()`; must not await
   * @returns what `work` returned, once it would survive the end of this process; the next
   * `write()` takes it to the disk
   * @throws {Error} when `work` throws or the disk refuses; nothing of `work` is kept then
   */
  writeBehind<T>(work: () => T): Promise<T> {
    return this.#enqueue("behind", work);
  }

  /**
   * Runs `effect` after the commit that is being built; not at all if it is rolled back.
   *
   * @param effect changes memory to match what was written
   */
  afterCommit(effect: () => void): void {
    this.#afterCommit.push(effect);
  }

  /** @returns bytes of the pages that hold rows, free pages not counted */
  usedBytes(): number {
    const { pages = 0 } = this.get<{ pages: number }>(
      `SELECT (SELECT page_count FROM pragma_page_count) -
       (SELECT freelist_count FROM pragma_freelist_count) AS pages`,
    ) ?? {};
    return pages * PAGE_BYTES;
  }

  /** Commits what is pending, waits until it is on disk and closes the file. */
  async close(): Promise<void> {
    while (this.#pending.length > 0) this.#flush();
    this.#isClosed = true;
    await this.#log.close();
    this.#statements.clear();
    this.#connection.exec("PRAGMA wal_checkpoint(TRUNCATE)");
    this.#connection.close();
  }

  #enqueue<T>(urgency: Urgency, work: () => T): Promise<T> {
    if (this.#isClosed) {
      return Promise.reject(new Error("Cannot write: the engine is closed"));
    }
    if (urgency === "first") this.#isUrgent = true;
    return new Promise<T>((resolve, reject) => {
      this.#pending.push({
        urgency,
        work,
        resolve: (value) => resolve(value as T),
        reject,
      });
      this.#schedule();
    });
  }

  #prepare(sql: string): StatementSync {
    let statement = this.#statements.get(sql);
    if (!statement) {
      statement = this.#connection.prepare(sql);
      this.#statements.set(sql, statement);
    }
    return statement;
  }

  #schedule(): void {
    if (this.#isScheduled || this.#pending.length === 0) return;
    this.#isScheduled = true;
    this.#gather(performance.now(), GATHER_TURNS);
  }

  /** An idle loop turns in microseconds, so waiting by turns delays only those who are busy. */
  #gather(startedMs: number, turnsLeft: number): void {
    setImmediate(() => {
      if (this.#isClosed) return;
      const isWorthWaiting = !this.#isUrgent && turnsLeft > 0 &&
        this.#pending.length < this.expectedWriters() &&
        performance.now() - startedMs < GATHER_MS;
      if (isWorthWaiting) {
        this.#gather(startedMs, turnsLeft - 1);
        return;
      }
      this.#isScheduled = false;
      this.#isUrgent = false;
      this.#flush();
      this.#schedule();
    });
  }

  #flush(): void {
    const started = performance.now();
    const group: PendingWrite[] = [];
    const results: unknown[] = [];
    try {
      this.#connection.exec("BEGIN IMMEDIATE");
      for (
        let next = this.#pending.shift();
        next;
        next = this.#pending.shift()
      ) {
        group.push(next);
        results.push(next.work());
        if (performance.now() - started > MAX_COMMIT_MS) break;
      }
      this.#connection.exec("COMMIT");
    } catch (error) {
      this.#rollBack();
      this.#commitOneByOne(group, error);
      return;
    }
    const effects = this.#afterCommit.splice(0);
    for (const effect of effects) effect();
    this.#settle(group, results);
  }

  #settle(group: readonly PendingWrite[], results: readonly unknown[]): void {
    const committed = group.map(({ urgency, resolve, reject }, index) => ({
      urgency,
      isFirst: urgency === "first",
      resolve: () => resolve(results[index]),
      reject,
    }));
    for (const { urgency, resolve } of committed) {
      if (urgency === "behind") resolve();
    }
    this.#log.add(committed.filter(({ urgency }) => urgency !== "behind"));
  }

  /** One write of the group failed: only that one may suffer. */
  #commitOneByOne(group: PendingWrite[], error: unknown): void {
    if (group.length === 0) {
      const waiting = this.#pending.splice(0);
      waiting.forEach(({ reject }) => reject(error));
    } else if (group.length === 1) {
      group[0]?.reject(error);
    } else {
      const later = this.#pending;
      for (const write of group) {
        this.#pending = [write];
        this.#flush();
        later.push(...this.#pending);
      }
      this.#pending = later;
    }
  }

  #rollBack(): void {
    this.#afterCommit = [];
    if (this.#connection.isTransaction) this.#connection.exec("ROLLBACK");
  }
}
