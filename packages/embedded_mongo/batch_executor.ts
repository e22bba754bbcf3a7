/**
 * Runs requests in batches that share one commit.
 *
 * What arrives while a batch is being synced to disk forms the next one. Every
 * reply of a batch waits for its commit: nothing is acknowledged that is not on
 * disk, and nobody reads what may yet be undone.
 */

import { setImmediate } from "node:timers";
import { type MongoError, toMongoError } from "./errors.ts";
import type { Store } from "./storage/store.ts";

const MAX_BATCH_MS = 20; // A long batch would make the first of it wait.

/** What became of a task. */
export type Outcome<T> =
  | { readonly kind: "done"; readonly value: T }
  | { readonly kind: "failed"; readonly error: MongoError };

interface Task<T> {
  readonly run: () => T;
  readonly resolve: (outcome: Outcome<T>) => void;
}

/** The one place where commands run. */
export class BatchExecutor<T> {
  readonly #store: Pick<Store, "commit" | "rollback">;
  #waiting: Task<T>[] = [];
  #isScheduled = false;
  #isClosed = false;

  /** @param store Whose transactions the batches are. */
  constructor(store: Pick<Store, "commit" | "rollback">) {
    this.#store = store;
  }

  /**
   * Runs a task in the next batch.
   *
   * @param run The task; may write to the store, must not wait.
   * @returns Its outcome, once the batch is on disk.
   */
  submit(run: () => T): Promise<Outcome<T>> {
    const { promise, resolve } = Promise.withResolvers<Outcome<T>>();
    this.#waiting.push({ run, resolve });
    this.#schedule();
    return promise;
  }

  /** Runs what has been submitted, and nothing after. */
  close(): void {
    while (this.#waiting.length > 0) this.#runBatch();
    this.#isClosed = true;
  }

  #schedule(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    setImmediate(() => {
      this.#isScheduled = false;
      if (this.#isClosed) return;
      this.#runBatch();
      if (this.#waiting.length > 0) this.#schedule();
    });
  }

  #runBatch(): void {
    const tasks = this.#waiting;
    const endsAtMs = performance.now() + MAX_BATCH_MS;
    const outcomes: Outcome<T>[] = [];
    let failure: unknown;
    for (const task of tasks) {
      try {
        outcomes.push({ kind: "done", value: task.run() });
      } catch (error) {
        outcomes.push({ kind: "failed", error: toMongoError(error) });
        if (isStorageError(error)) {
          failure = error;
          break;
        }
      }
      if (performance.now() > endsAtMs) break;
    }
    this.#waiting = tasks.slice(outcomes.length);
    try {
      if (failure === undefined) this.#store.commit();
    } catch (error) {
      failure = error;
    }
    this.#settle(tasks, outcomes, failure);
  }

  /** When the disk failed, no task of the batch has happened. */
  #settle(
    tasks: readonly Task<T>[],
    outcomes: readonly Outcome<T>[],
    failure: unknown,
  ): void {
    if (failure !== undefined) this.#store.rollback();
    outcomes.forEach((outcome, i) =>
      tasks[i]!.resolve(
        failure === undefined
          ? outcome
          : { kind: "failed", error: toMongoError(failure) },
      )
    );
  }
}

function isStorageError(error: unknown): boolean {
  return error instanceof Error && "code" in error &&
    error.code === "ERR_SQLITE_ERROR";
}
