/**
 * Clerk's Backend API for tests: the simulated instance of the demo, over HTTP on
 * 127.0.0.1, with faults, a log of requests and a place to change things between
 * two pages.
 *
 * Faithful to Clerk's published document where there is one; where there is none
 * the answer is a switch (see ListBehaviour). Writes over HTTP are left out.
 */

import {
  ServedClerkInstance,
  type StartClerkOptions,
} from "../../../tasks/demo/clerk_instance/start_clerk_instance.ts";
import { FaultPlan, type FaultRates } from "./fault_plan.ts";

/** One request as the API saw it, with its final answer's status. */
export interface SeenRequest {
  readonly url: URL;
  readonly headers: Headers;
  readonly status: number;
}

/** What to serve, and what goes wrong. */
export interface ClerkApiOptions
  extends Omit<StartClerkOptions, "intercept" | "port"> {
  /** How often which fault strikes. Default: never. */
  readonly faults?: FaultRates;
  /** Seed of the faults. Default 1. */
  readonly faultSeed?: number;
  /**
   * Called before each answer is computed, with the number of requests before
   * it: the place to create, change or delete users between two pages.
   */
  readonly beforeAnswer?: (
    clerk: FakeClerk,
    url: URL,
    nth: number,
  ) => void | Promise<void>;
}

/** The instance, its address, its faults and what was asked of it. */
export class FakeClerk extends ServedClerkInstance {
  readonly faults: FaultPlan;
  /** Every request in order of arrival. */
  readonly requests: SeenRequest[];

  /** @param options Population, key, faults and switches. */
  constructor(options: ClerkApiOptions = {}) {
    const faults = new FaultPlan(options.faultSeed ?? 1, options.faults ?? {});
    const requests: SeenRequest[] = [];
    let arrived = 0;
    super({
      ...options,
      intercept: async (request, next) => {
        const url = new URL(request.url);
        await options.beforeAnswer?.(this, url, arrived++);
        const answer = await faults.spoil(next());
        requests.push({ url, headers: request.headers, status: answer.status });
        return answer;
      },
    });
    this.faults = faults;
    this.requests = requests;
  }

  /** Lets held requests go, then stops listening. */
  override async close(): Promise<void> {
    this.faults.release();
    await super.close();
  }
}

/**
 * Starts Clerk's API on a free port of the loopback interface.
 *
 * @param options Population, key, faults and switches.
 * @returns The running API; dispose of it to stop it.
 */
export function startClerkApi(
  options: ClerkApiOptions = {},
): Promise<FakeClerk> {
  return Promise.resolve(new FakeClerk(options));
}
