/**
 * Asks a provider for something on a user's behalf, once.
 *
 * The order is what makes it safe: claim in the ledger, ask under the ledger's
 * key, settle in the ledger. Whatever crashes or comes twice, the next one asks
 * under the same key, and the provider answers what it answered before. Where the
 * provider forgets keys, nobody asks again after that.
 */
import { NonRetriableError } from "inngest";
import { ProviderError } from "../lib/providers/provider_error.ts";
import type { Task } from "../lib/store/automation_ledger.ts";
import type { FunctionDependencies } from "./dependencies.ts";
import { forInngest } from "./for_inngest.ts";

/** What the provider did. */
export interface ProviderResult {
  /** What the provider calls it; null when there is nothing to name. */
  readonly id: string | null;
  /** A code for the ledger, where the result is not the usual one. */
  readonly note?: string;
}

/** What became of a task. */
export interface TaskOutcome {
  readonly outcome: "done" | "already-done" | "skipped";
  /** Why it was skipped, or a note; null for the usual. */
  readonly reason: string | null;
}

/** How a task is done. */
export interface ActOptions {
  /** How long the provider knows a key, ms; undefined when for good. */
  readonly keyLifetimeMs: number | undefined;
  /** Asks the provider under a key. */
  readonly act: (key: string) => Promise<ProviderResult>;
}

/** Store, clock and metrics. */
export type ActDependencies = Pick<
  FunctionDependencies,
  "store" | "clock" | "metrics"
>;

/** From the claim to the request: a process may be paused in between. */
const LONGEST_PAUSE_MS = 60 * 60 * 1000;

/**
 * Does a task, unless it is done or its user is gone.
 *
 * @param deps Store, clock and metrics.
 * @param task Which automation, for whom, because of what.
 * @param options How.
 * @returns What became of it.
 * @throws {NonRetriableError} when the provider refuses for good, or may have
 * done the task and can no longer tell.
 * @throws {ProviderError} when another attempt may succeed.
 */
export async function actOnce(
  deps: ActDependencies,
  task: Task,
  { keyLifetimeMs, act }: ActOptions,
): Promise<TaskOutcome> {
  const { store, clock } = deps;
  const { automationLedger: ledger } = store;
  await store.ensureIndexes();
  const gone = await store.users.tombstones.findOne({ _id: task.userId });
  if (gone !== null) return await skipTask(deps, task, "user-deleted");

  const now = clock.now();
  const askedSince = keyLifetimeMs === undefined
    ? undefined
    : new Date(now.getTime() - keyLifetimeMs + LONGEST_PAUSE_MS);
  const claim = await ledger.claim(task, now, askedSince);
  if (claim.kind === "done") return count(deps, task, "already-done", null);
  if (claim.kind === "too-late") {
    throw new NonRetriableError(
      `Cannot run ${task.automation}: an earlier attempt may have succeeded, and it is too long ago to ask`,
    );
  }
  try {
    const { id, note = null } = await act(claim.key);
    await ledger.settle(claim, { id, note }, clock.now());
    return count(deps, task, "done", note);
  } catch (error) {
    if (!(error instanceof ProviderError)) throw error;
    if (error.isRefusal) await ledger.withdraw(claim);
    throw forInngest(error);
  }
}

/**
 * Asks a provider for what may be asked again at any time.
 *
 * @param ask The question.
 * @throws {NonRetriableError} when the provider refuses for good.
 * @throws {ProviderError} when another attempt may succeed.
 */
export async function askProvider(ask: () => Promise<void>): Promise<void> {
  try {
    await ask();
  } catch (error) {
    throw error instanceof ProviderError ? forInngest(error) : error;
  }
}

/**
 * Leaves a task undone.
 *
 * @param deps Store, clock and metrics.
 * @param task Which automation, for whom, because of what.
 * @param reason Why, as a code.
 * @returns What became of it.
 */
export async function skipTask(
  deps: ActDependencies,
  task: Task,
  reason: string,
): Promise<TaskOutcome> {
  const { store, clock } = deps;
  await store.ensureIndexes();
  await store.automationLedger.skip(task, reason, clock.now());
  return count(deps, task, "skipped", reason);
}

function count(
  { metrics }: ActDependencies,
  { automation }: Task,
  outcome: TaskOutcome["outcome"],
  reason: string | null,
): TaskOutcome {
  metrics.automations.inc({ automation, outcome });
  return { outcome, reason };
}
