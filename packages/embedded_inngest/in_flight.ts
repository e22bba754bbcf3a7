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
    return id;
  }

  /** Notes that a request was answered or given up. */
  end(id: string): void {
    this.#dispatches.delete(id);
  }

  /** @returns the dispatch of that id, or undefined when it is not in flight */
  find(id: string): Dispatch | undefined {
    return this.#dispatches.get(id);
  }

  /** @returns the numbers of the runs that a request is in flight of */
  runs(): ReadonlySet<number> {
    return new Set(
      this.#dispatches.values().map(({ runSeq }) => runSeq),
    );
  }
}
