// deno-lint-ignore-file no-console -- it talks to its parent by lines
/**
 * A scan in a process of its own, so that its memory is its own: what
 * drift_scan_bench.ts measures. One line of JSON a step goes out; before the
 * second look it waits for a line to come in.
 *
 * Arguments: the address of Clerk, its key, the address of MongoDB, the database,
 * the scan's id.
 */
import { advanceScan, startOfScan } from "../../functions/drift_scan_steps.ts";
import { createClerkApiClient } from "../../lib/clerk/clerk_api_client.ts";
import { createRateLimiter } from "../../lib/clerk/rate_limiter.ts";
import { systemClock } from "../../lib/clock.ts";
import { readConfig } from "../../lib/config.ts";
import { openStore } from "../../lib/store/store.ts";

const [apiUrl = "", secretKey = "", uri = "", database = "", reportId = ""] =
  Deno.args;

await using store = openStore({ uri, database });
const deps = {
  store,
  clock: systemClock,
  config: readConfig({}),
  clerkApi: createClerkApiClient({
    apiUrl,
    secretKey,
    limiter: createRateLimiter({ callsPerWindow: 10_000_000 }),
    timeoutMs: 2_000,
    // A second that Clerk asks for is not worth a second of a bench.
    sleep: () => Promise.resolve(),
  }),
};

await store.drift.begin(reportId, new Date(), null);
let progress = startOfScan(reportId);
while (progress.phase !== "done") {
  if (progress.phase === "confirm" && progress.after === null) {
    console.log(JSON.stringify("ready"));
    await Deno.stdin.read(new Uint8Array(1));
  }
  progress = await advanceScan(deps, progress);
  const rssMb = Math.round(Deno.memoryUsage().rss / 2 ** 20);
  console.log(JSON.stringify({ rssMb, progress }));
}
Deno.exit(0);
