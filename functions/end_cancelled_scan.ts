/**
 * Ends the report of a scan whose run somebody cancels, here or in Inngest's own
 * dashboard: without a word of it the next scan would wait for one that is gone.
 */
import type { InngestFunction } from "inngest";
import { APP_ID } from "../lib/inngest/create_client.ts";
import { addDeadLetter } from "./dead_letter.ts";
import type { FunctionDependencies } from "./dependencies.ts";
import { endedRun, endScan, SCAN_DRIFT } from "./scan_drift.ts";

const CANCELLED = "inngest/function.cancelled";

/**
 * @param deps Inngest, store, feed and clock.
 * @returns The function `end-cancelled-scan`.
 */
export function endCancelledScan(
  deps: FunctionDependencies,
): InngestFunction.Any {
  return deps.inngest.createFunction(
    {
      id: "end-cancelled-scan",
      name: "End cancelled scan",
      triggers: [{
        event: CANCELLED,
        if: `event.data.function_id == "${APP_ID}-${SCAN_DRIFT}"`,
      }],
      onFailure: (failure) => addDeadLetter(deps, failure),
    },
    async ({ event }) => {
      const run = endedRun.parse(event.data);
      await endScan(deps, run, "Its run was cancelled");
    },
  );
}
