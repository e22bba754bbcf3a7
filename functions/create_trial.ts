/** Starts a new user's trial subscription at Stripe, once. */
import type { InngestFunction } from "inngest";
import { actOnce } from "./act_once.ts";
import { createAutomation } from "./automation.ts";
import type { FunctionDependencies } from "./dependencies.ts";

/** Far below Stripe's 25 requests a second in test mode; a trial takes four. */
const STRIPE_PACE = { concurrency: { limit: 4 } };

/**
 * @param deps Inngest, store, clock, metrics, billing and configuration.
 * @returns The function `create-trial`.
 */
export function createTrial(deps: FunctionDependencies): InngestFunction.Any {
  const { billing } = deps;
  return createAutomation(deps, {
    id: "create-trial",
    name: "Create trial",
    pace: STRIPE_PACE,
    act: billing &&
      (({ userId, email, fullName: name }, task) =>
        actOnce(deps, task, {
          // A trial is found again without its key.
          keyLifetimeMs: undefined,
          act: async (idempotencyKey) => {
            const { subscriptionId: id } = await billing.startTrial({
              userId,
              email,
              name,
              idempotencyKey,
            });
            return { id };
          },
        })),
  });
}
