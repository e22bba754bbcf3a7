/**
 * The users of an instance in order of one instant (created_at or updated_at)
 * and, within a millisecond, of id; by rank, in O(log n), without a list of
 * them.
 *
 * It merges two sorted sequences: the generated users that are still untouched,
 * known by index only, and the stored ones. A rank is the number of users that
 * come before, so offset and cursor paging are both arithmetic on ranks.
 */

import type { GeneratedUsers } from "./generated_users.ts";

/** Where a user stands in an order; it need not exist (any more). */
export interface OrderKey {
  /** created_at or updated_at, Unix ms. */
  readonly timeMs: number;
  readonly id: string;
}

/** Which generated users no longer count, ascending indexes. */
export type TakenOver = readonly number[];

/** One order over generated and stored users. */
export class TimeOrder {
  readonly #generated: GeneratedUsers;
  readonly #takenOver: TakenOver;
  readonly #generatedTimeMs: (index: number) => number;
  /** Invariant: sorted by {@linkcode compareKeys}, no key twice. */
  readonly #stored: OrderKey[] = [];

  /**
   * @param generated The computed part of the population.
   * @param takenOver Indexes to leave out; the owner keeps it up to date.
   * @param generatedTimeMs The instant this order sorts by, ascending in index.
   */
  constructor(
    generated: GeneratedUsers,
    takenOver: TakenOver,
    generatedTimeMs: (index: number) => number,
  ) {
    this.#generated = generated;
    this.#takenOver = takenOver;
    this.#generatedTimeMs = generatedTimeMs;
  }

  /** How many users the order holds. */
  get size(): number {
    return this.#untouchedCount + this.#stored.length;
  }

  /** Puts a stored user in its place. */
  add(key: OrderKey): void {
    this.#stored.splice(this.#storedBefore(key), 0, key);
  }

  /** Takes a stored user out; the key must be the one it was added with. */
  remove(key: OrderKey): void {
    const at = this.#storedBefore(key);
    if (this.#stored[at]?.id === key.id) this.#stored.splice(at, 1);
  }

  /** How many users come strictly before the key. */
  rankOf(key: OrderKey): number {
    return this.#untouchedBefore(key) + this.#storedBefore(key);
  }

  /**
   * Finds who stands at a rank.
   *
   * @param rank From 0 to size − 1.
   * @returns A generated user's index, or a stored user's id.
   */
  at(rank: number): number | string {
    const nth = findFirst(this.#stored.length, (position) => {
      const key = this.#stored[position];
      return key !== undefined && position + this.#untouchedBefore(key) >= rank;
    });
    const key = this.#stored[nth];
    if (key !== undefined && nth + this.#untouchedBefore(key) === rank) {
      return key.id;
    }
    return this.#untouchedAt(rank - nth);
  }

  get #untouchedCount(): number {
    return this.#generated.count - this.#takenOver.length;
  }

  #storedBefore(key: OrderKey): number {
    return findFirst(this.#stored.length, (position) => {
      const other = this.#stored[position];
      return other !== undefined && compareKeys(other, key) >= 0;
    });
  }

  #untouchedBefore(key: OrderKey): number {
    const index = findFirst(this.#generated.count, (candidate) => {
      const timeMs = this.#generatedTimeMs(candidate);
      if (timeMs !== key.timeMs) return timeMs > key.timeMs;
      return this.#generated.idAt(candidate) >= key.id;
    });
    return index - countBelow(this.#takenOver, index);
  }

  #untouchedAt(nth: number): number {
    return findFirst(
      this.#generated.count,
      (index) => index + 1 - countBelow(this.#takenOver, index + 1) > nth,
    );
  }
}

/** Orders by instant, then by id as text (KSUIDs sort that way). */
export function compareKeys(one: OrderKey, other: OrderKey): number {
  if (one.timeMs !== other.timeMs) return one.timeMs - other.timeMs;
  return one.id < other.id ? -1 : one.id > other.id ? 1 : 0;
}

/**
 * Counts the entries of an ascending list that are smaller than a bound, which
 * is also where the bound would be inserted.
 */
export function countBelow(ascending: readonly number[], bound: number) {
  return findFirst(
    ascending.length,
    (position) => (ascending[position] ?? Infinity) >= bound,
  );
}

/** Binary search: the first of 0…count−1 for which the test holds, or count. */
function findFirst(count: number, holds: (position: number) => boolean) {
  let low = 0;
  let high = count;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (holds(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}
