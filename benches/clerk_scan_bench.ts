// deno-lint-ignore-file no-console -- a bench prints its numbers
/**
 * How fast and in how much memory a walk over all Clerk users goes, and that the
 * memory does not grow with their number.
 *
 * Prints one line for each tenth of the walk and a verdict. Simulated instance
 * and client share this process and machine: users/s is a floor for the client,
 * and the limiter is opened wide. Run:
 * `deno run -A benches/clerk_scan_bench.ts [users]` (default 1,000,000).
 */

import { createClerkApiClient } from "../lib/clerk/clerk_api_client.ts";
import { createRateLimiter } from "../lib/clerk/rate_limiter.ts";
import { ServedClerkInstance } from "../tasks/demo/clerk_instance/start_clerk_instance.ts";

const userCount = Number(Deno.args[0] ?? 1_000_000);

await using clerk = new ServedClerkInstance({
  users: userCount,
  rateLimit: Infinity,
  spacingMs: 1_000,
});
const client = createClerkApiClient({
  apiUrl: clerk.url,
  secretKey: clerk.secretKey,
  limiter: createRateLimiter({ callsPerWindow: 10_000_000 }),
});

const rssMb = () => Deno.memoryUsage().rss / 2 ** 20;
const print = (...columns: string[]) =>
  console.log(columns.map((column) => column.padStart(12)).join(""));

const beganMs = performance.now();
const samplesMb: number[] = [];
let given = 0;
print("users", "seconds", "users/s", "RSS MB");
for await (const { users } of client.listUsers()) {
  const tenthBefore = Math.floor(given * 10 / userCount);
  given += users.length;
  if (Math.floor(given * 10 / userCount) === tenthBefore) continue;
  const seconds = (performance.now() - beganMs) / 1_000;
  samplesMb.push(rssMb());
  print(
    String(given),
    seconds.toFixed(1),
    (given / seconds).toFixed(0),
    rssMb().toFixed(0),
  );
}

const firstHalfMb = Math.max(...samplesMb.slice(0, 5));
const secondHalfMb = Math.max(...samplesMb.slice(5));
const { requests, retries } = client.usage();
console.log(
  `${given} users in ${requests} requests (${retries} retries); ` +
    `highest RSS ${firstHalfMb.toFixed(0)} MB in the first half, ` +
    `${secondHalfMb.toFixed(0)} MB in the second`,
);
if (given !== userCount) Deno.exit(1);
