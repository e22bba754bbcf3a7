/**
 * Takes committed writes to the disk, off the event loop, and tells their callers.
 *
 * One sync covers every transaction that was appended to the log before it began. Whoever accepts
 * events is told before those whose code runs on once they are told.
 */

/** A write whose transaction is committed. */
export interface Committed {
  /** Whether its caller is told before all others. */
  readonly isFirst: boolean;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** Syncs the write-ahead log of one file. */
export class LogSync {
  readonly #log: Deno.FsFile | undefined;
  #unsynced: Committed[] = [];
  #syncing: Promise<void> | undefined;

  /** @param file path of the log, or undefined when there is no disk */
  constructor(file: string | undefined) {
    this.#log = file === undefined
      ? undefined
      : Deno.openSync(file, { write: true });
  }

  /**
   * Tells the callers of writes once they are on disk.
   *
   * @param writes writes of one transaction, which is in the log
   */
  add(writes: readonly Committed[]): void {
    if (writes.length === 0) return;
    this.#unsynced.push(...writes);
    this.#syncing ??= this.#sync();
  }

  /** Syncs what is left, and closes the log. */
  async close(): Promise<void> {
    await this.#syncing;
    this.#log?.close();
  }

  async #sync(): Promise<void> {
    while (this.#unsynced.length > 0) {
      const covered = this.#unsynced.splice(0);
      try {
        await this.#log?.syncData();
        for (const { isFirst, resolve } of covered) if (isFirst) resolve();
        for (const { isFirst, resolve } of covered) if (!isFirst) resolve();
      } catch (error) {
        for (const { reject } of covered) reject(error);
      }
    }
    this.#syncing = undefined;
  }
}
