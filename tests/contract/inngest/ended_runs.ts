/**
 * The ends of runs as `inngest/function.finished` tells them, to be waited for one by one.
 */

/** What a lifecycle event says about a run that ended. */
export interface RunEnded {
  readonly function_id: string;
  readonly run_id: string;
  readonly result?: unknown;
  readonly error?: {
    readonly name: string;
    readonly message: string;
    readonly error: string;
  };
  readonly event: {
    readonly id: string;
    readonly name: string;
    readonly data: unknown;
  };
  readonly events: readonly unknown[];
  readonly _inngest: { readonly status: string };
}

/** Hands out the ends of each function's runs in the order in which they came. */
export class EndedRuns {
  readonly #ended = new Map<string, RunEnded[]>();
  readonly #waiting = new Map<string, ((run: RunEnded) => void)[]>();

  /** Notes an end. */
  add(run: RunEnded): void {
    const waiting = this.#waiting.get(run.function_id)?.shift();
    if (waiting) waiting(run);
    else this.#listOf(this.#ended, run.function_id).push(run);
  }

  /** @returns the next end of a run of the function, by its full slug */
  next(slug: string): Promise<RunEnded> {
    const ended = this.#ended.get(slug)?.shift();
    if (ended) return Promise.resolve(ended);
    return new Promise((resolve) =>
      this.#listOf(this.#waiting, slug).push(resolve)
    );
  }

  #listOf<T>(lists: Map<string, T[]>, slug: string): T[] {
    const list = lists.get(slug) ?? [];
    lists.set(slug, list);
    return list;
  }
}
