/**
 * The promise of the sync as a property on the real store: whatever the order, the
 * duplicates, the interleaving of workers and the crashes, the final state is that
 * of the history told in order.
 */
import fc from "fast-check";
import { assertFinalState } from "./assert_final_state.ts";
import {
  anyDelivery,
  deliverHistory,
  type Delivery,
} from "./deliver_history.ts";
import { anySteps, type Step, tellHistory } from "./histories.ts";
import { openTestStore } from "./test_store.ts";

const SEED = 20261125;

/** On a server of another make they take ten times as long. */
const NUM_RUNS = Deno.env.has("MONGODB_URI") ? 200 : 2_000;

/** How long a failure may be made smaller before it is reported. */
const MAX_SHRINK_MS = 30_000;

/** What happens, and how it is told. */
interface Scenario {
  readonly steps: readonly Step[];
  readonly delivery: Delivery;
}

/**
 * Tries random histories: 2,000 on the embedded server, 200 on another.
 *
 * @param kinds What may happen in them.
 * @throws {Error} with the smallest history that ends otherwise.
 */
export async function checkConvergence(
  kinds: readonly Step["kind"][],
): Promise<void> {
  await using test = await openTestStore();
  const scenarios = fc.record({
    steps: anySteps(kinds),
    delivery: anyDelivery(),
  });
  await fc.assert(
    fc.asyncProperty(
      scenarios,
      boundShrinking(async ({ steps, delivery }) => {
        await Promise.all(
          ["users", "organizations", "memberships", "tombstones"].map((name) =>
            test.db.collection(name).deleteMany({})
          ),
        );
        const history = tellHistory(steps);
        const themes = await deliverHistory(test.db, history, delivery);
        await assertFinalState(test.store, history, themes);
      }),
    ),
    {
      numRuns: NUM_RUNS,
      seed: SEED,
      interruptAfterTimeLimit: 300_000,
      markInterruptAsFailure: true,
    },
  );
}

/** Lets every smaller case pass once time is up, so that shrinking ends. */
function boundShrinking(
  check: (scenario: Scenario) => Promise<void>,
): (scenario: Scenario) => Promise<void> {
  let deadlineMs = Number.POSITIVE_INFINITY;
  return async (scenario) => {
    if (performance.now() > deadlineMs) return;
    try {
      await check(scenario);
    } catch (error) {
      deadlineMs = Math.min(deadlineMs, performance.now() + MAX_SHRINK_MS);
      throw error;
    }
  };
}
