/**
 * The batches that still take events, in memory; their events and their call are on disk.
 *
 * A batch is a run whose first call is due when the batch times out. It is closed when it is full,
 * when it times out or when its call is taken; after a restart the open ones take no more events
 * and run at their time.
 */

/** A run that gathers events. */
export interface OpenBatch {
  readonly runSeq: number;
  readonly callId: number;
  readonly dueMs: number;
  /** Events gathered so far. */
  size: number;
  /** Characters of their JSON. */
  chars: number;
}

/** Finds the open batch of a function and key. */
export class OpenBatches {
  readonly #byKey = new Map<string, OpenBatch>();
  readonly #keyByCall = new Map<number, string>();

  /**
   * @param key the function and its evaluated batch key
   * @param nowMs ms since the epoch
   * @returns the batch, or undefined when none is open at that time
   */
  find(key: string, nowMs: number): OpenBatch | undefined {
    const batch = this.#byKey.get(key);
    return batch && batch.dueMs > nowMs ? batch : undefined;
  }

  /** Makes a batch findable, in place of an older one of that key. */
  open(key: string, batch: OpenBatch): void {
    const older = this.#byKey.get(key);
    if (older) this.#keyByCall.delete(older.callId);
    this.#byKey.set(key, batch);
    this.#keyByCall.set(batch.callId, key);
  }

  /** Takes the batch of a call out, because it is full or about to run. */
  close(callId: number): void {
    const key = this.#keyByCall.get(callId);
    if (key === undefined) return;
    this.#keyByCall.delete(callId);
    this.#byKey.delete(key);
  }
}
