/**
 * The requests that are being made right now, by the id under which the SDK names them.
 *
 * A checkpoint counts only while its request is in flight: after a crash or a cancellation an
 * older execution may still be alive, and must not write into the run.
 */

interface Dispatch {
  readonly runSeq: number;
  readonly runId: string;
}

/** Knows which requests are in flight. */
export class InFlight {
  readonly #dispatches = new Map<string, Dispatch>();
  readonly #runs = new Map<string, number>();
  /** Differs between two lives of the engine, so that their dispatches cannot be confused. */
  readonly #prefix = crypto.randomUUID();
  #count = 0;

  /**
   * Notes a request that is about to be sent.
   *
   * @param run the run, by number and by ULID
   * @returns the id to send as `qi_id`
   */
  begin(run: Dispatch): string {
    const id = `${this.#prefix}.${++this.#count}`;
    this.#dispatches.set(id, run);
    this.#runs.set(run.runId, (this.#runs.get(run.runId) ?? 0) + 1);
    return id;
  }

  /** Notes that a request was answered or given up. */
  end(id: string): void {
    const dispatch = this.#dispatches.get(id);
    if (!dispatch) return;
    this.#dispatches.delete(id);
    const left = (this.#runs.get(dispatch.runId) ?? 1) - 1;
    if (left > 0) this.#runs.set(dispatch.runId, left);
    else this.#runs.delete(dispatch.runId);
  }

  /** @returns the dispatch of that id, or undefined when it is not in flight */
  find(id: string): Dispatch | undefined {
    return this.#dispatches.get(id);
  }

  /** @returns whether some request of a run is in flight */
  hasRun(runId: string): boolean {
    return this.#runs.has(runId);
  }
}
