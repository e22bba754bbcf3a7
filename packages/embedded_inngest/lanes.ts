/**
 * Keyed concurrency: how many requests are in flight under each evaluated key.
 *
 * A lane is a limit's scope with the key's value; its limit travels with the run, for two functions
 * may share a lane under different limits. Only lanes in use are in memory.
 */

/** A lane's name and how many requests it lets through at once. */
export type Lane = readonly [name: string, limit: number];

/** Counts what is in flight in each lane. */
export class Lanes {
  readonly #counts = new Map<string, number>();

  /**
   * @param lanes the lanes a call goes through
   * @returns the name of one that is full, or undefined when the call may go
   */
  findFull(lanes: readonly Lane[]): string | undefined {
    return lanes.find(([name, limit]) => (this.#counts.get(name) ?? 0) >= limit)
      ?.[0];
  }

  /** Notes that a request of these lanes is in flight. */
  enter(names: readonly string[]): void {
    for (const name of names) {
      this.#counts.set(name, (this.#counts.get(name) ?? 0) + 1);
    }
  }

  /** Notes that a request of these lanes is back. */
  leave(names: readonly string[]): void {
    for (const name of names) {
      const left = (this.#counts.get(name) ?? 1) - 1;
      if (left > 0) this.#counts.set(name, left);
      else this.#counts.delete(name);
    }
  }

  /** @returns whether nothing is in flight in a lane, so that nobody will free a slot */
  isIdle(name: string): boolean {
    return !this.#counts.has(name);
  }
}

/**
 * Reads the lanes of a run.
 *
 * @param text the column `runs.lanes`
 */
export function readLanes(text: string | null): readonly Lane[] {
  return text === null ? [] : JSON.parse(text) as Lane[];
}
