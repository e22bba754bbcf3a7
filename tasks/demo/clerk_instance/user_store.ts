/**
 * All users of the simulated instance: the generated population with an overlay
 * of what was created, changed or deleted.
 *
 * Memory grows with the changes, not with the population. It keeps users and
 * their two paging orders consistent; it decides nothing about what a change
 * means (see clerk_instance.ts) and answers no query (see list_users.ts).
 */

import type { ClerkUser } from "./clerk_user.ts";
import type { GeneratedUsers } from "./generated_users.ts";
import { countBelow, type OrderKey, TimeOrder } from "./time_order.ts";

/** Users by id, and in the two orders that a population can be paged in. */
export class UserStore {
  readonly #generated: GeneratedUsers;
  /** Ascending indexes of generated users that are stored or deleted. */
  readonly #takenOver: number[] = [];
  readonly #stored = new Map<string, ClerkUser>();
  /** created_at of the deleted: a cursor may still name one of them. */
  readonly #deleted = new Map<string, number>();

  readonly byCreatedAt: TimeOrder;
  readonly byUpdatedAt: TimeOrder;

  /** @param generated The population to start from. */
  constructor(generated: GeneratedUsers) {
    this.#generated = generated;
    this.byCreatedAt = new TimeOrder(
      generated,
      this.#takenOver,
      (index) => generated.createdAtMs(index),
    );
    this.byUpdatedAt = new TimeOrder(
      generated,
      this.#takenOver,
      (index) => generated.updatedAtMs(index),
    );
  }

  /** How many users exist now. */
  get size(): number {
    return this.byCreatedAt.size;
  }

  /**
   * Reads one user as it is now.
   *
   * @param id Clerk id.
   * @returns The user, not to be changed in place; undefined when there is none.
   */
  get(id: string): ClerkUser | undefined {
    const stored = this.#stored.get(id);
    if (stored !== undefined || this.#deleted.has(id)) return stored;
    const index = this.#generated.indexOf(id);
    return index < 0 ? undefined : this.#generated.at(index);
  }

  /** Reads the user at a rank of one of the two orders. */
  getAt(order: TimeOrder, rank: number): ClerkUser | undefined {
    const found = order.at(rank);
    return typeof found === "string"
      ? this.#stored.get(found)
      : this.#generated.at(found);
  }

  /** Adds a user or replaces the one with its id. */
  put(user: ClerkUser): void {
    this.#unstore(user.id);
    this.#takeOver(user.id);
    this.#deleted.delete(user.id);
    this.#stored.set(user.id, user);
    this.byCreatedAt.add(createdKey(user));
    this.byUpdatedAt.add(updatedKey(user));
  }

  /** Removes a user; one that is not there stays not there. */
  remove(id: string): void {
    const user = this.get(id);
    if (user === undefined) return;
    this.#unstore(id);
    this.#takeOver(id);
    this.#deleted.set(id, user.created_at);
  }

  /**
   * Says where a user stands, or stood, in created_at order.
   *
   * @returns Undefined for an id that never existed here.
   */
  locate(id: string): OrderKey | undefined {
    const deletedAtMs = this.#deleted.get(id);
    if (deletedAtMs !== undefined) return { timeMs: deletedAtMs, id };
    const user = this.get(id);
    return user === undefined ? undefined : createdKey(user);
  }

  #unstore(id: string): void {
    const stored = this.#stored.get(id);
    if (stored === undefined) return;
    this.#stored.delete(id);
    this.byCreatedAt.remove(createdKey(stored));
    this.byUpdatedAt.remove(updatedKey(stored));
  }

  #takeOver(id: string): void {
    const index = this.#generated.indexOf(id);
    if (index < 0) return;
    const place = countBelow(this.#takenOver, index);
    if (this.#takenOver[place] !== index) {
      this.#takenOver.splice(place, 0, index);
    }
  }
}

function createdKey(user: ClerkUser): OrderKey {
  return { timeMs: user.created_at, id: user.id };
}

function updatedKey(user: ClerkUser): OrderKey {
  return { timeMs: user.updated_at, id: user.id };
}
