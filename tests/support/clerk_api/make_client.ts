/**
 * Rollcall's client bound to the fake, with time that passes by itself: waits
 * take none, and limits are wide unless a test narrows them.
 */

import {
  type ClerkApiClient,
  type ClerkApiClientOptions,
  createClerkApiClient,
} from "../../../lib/clerk/clerk_api_client.ts";
import { createRateLimiter } from "../../../lib/clerk/rate_limiter.ts";
import { createRandom } from "../../../tasks/demo/clerk_instance/seeded_random.ts";
import { ManualClock } from "./manual_clock.ts";
import type { FakeClerk } from "./start_clerk_api.ts";

/**
 * Makes a client for tests.
 *
 * @param clerk Whom it asks.
 * @param options Replace the defaults; a clock given here drives the waits too.
 * @returns A client that never really waits, except for its own timeout.
 */
export function makeClient(
  clerk: FakeClerk,
  options: Partial<ClerkApiClientOptions> & { clock?: ManualClock } = {},
): ClerkApiClient {
  const clock = options.clock ?? new ManualClock();
  return createClerkApiClient({
    apiUrl: clerk.url,
    secretKey: clerk.secretKey,
    limiter: createRateLimiter({
      callsPerWindow: 1_000_000,
      clock,
      sleep: clock.sleep,
    }),
    clock,
    sleep: clock.sleep,
    random: createRandom(5),
    ...options,
  });
}
