/** Lets a test wait for dead letters, which are written after a run has ended. */
import type { FunctionDependencies } from "../../functions/dependencies.ts";
import { DeadLetters, type Failure } from "../../lib/store/dead_letters.ts";
import { withDeadline } from "./with_deadline.ts";

/** Dependencies that can be listened to. */
export interface HeardLetters {
  readonly deps: FunctionDependencies;
  /** Resolves once so many letters were written. */
  readonly kept: Promise<void>;
}

/**
 * Listens to dead letters.
 *
 * @param deps What the functions use.
 * @param count How many to wait for.
 * @returns The same dependencies with ears, and when they have heard enough.
 */
export function hearLetters(
  deps: FunctionDependencies,
  count: number,
): HeardLetters {
  let due = count;
  const { promise, resolve } = Promise.withResolvers<void>();
  const kept = withDeadline(promise, () => `${due} dead letters`);
  class Letters extends DeadLetters {
    override async add(failure: Failure): Promise<void> {
      await super.add(failure);
      if (--due === 0) resolve();
    }
  }
  const deadLetters = new Letters(deps.store.db);
  return { deps: { ...deps, store: { ...deps.store, deadLetters } }, kept };
}
