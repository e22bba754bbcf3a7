/**
 * `deno task demo`: the service beside a simulated Clerk instance, whose some
 * fifty users sign up, change and leave, with signed webhooks all the while.
 *
 * It is the real service with real settings; only Clerk is simulated. Data goes
 * to a folder of its own, which every demo begins anew.
 */
import { clerkSecret, openDemoClerk } from "./demo/demo_clerk.ts";
import { playHistory, playMoment } from "./demo/simulated_life.ts";
import { createSimulatedSvix } from "./demo/simulated_svix.ts";
import { start } from "./start.ts";
import { print } from "./terminal.ts";

const DATA_DIR = ".data/demo";
/** One thing happens in this time, ms. */
const MOMENT_MS = 3_000;
/** The same people every time. */
const SEED = 7;

await Deno.remove(DATA_DIR, { recursive: true }).catch((error) => {
  if (!(error instanceof Deno.errors.NotFound)) throw error;
});
const webhookSecret = clerkSecret();
const clerk = openDemoClerk(SEED);
for (
  const [name, value] of Object.entries({
    CLERK_WEBHOOK_SIGNING_SECRET: webhookSecret,
    CLERK_SECRET_KEY: clerk.instance.secretKey,
    CLERK_API_URL: clerk.instance.url,
    DATA_DIR,
  })
) Deno.env.set(name, value);

const living = new AbortController();
await start({
  onServing: (origin) => {
    const svix = createSimulatedSvix({
      url: `${origin}/api/webhooks/clerk`,
      secret: webhookSecret,
      seed: SEED,
    });
    clerk.connect(svix);
    void live(svix);
  },
});
living.abort();
await clerk.instance.close();
Deno.exit(0);

async function live(svix: ReturnType<typeof createSimulatedSvix>) {
  const life = { instance: clerk.instance, svix, seed: SEED };
  await playHistory(life);
  print(
    `  Demo       ${svix.sent} webhooks sent; one thing happens every ${
      MOMENT_MS / 1000
    } s until Ctrl+C`,
  );
  for (let moment = 0; !living.signal.aborted; moment++) {
    await new Promise((resolve) => setTimeout(resolve, MOMENT_MS));
    await playMoment(life, moment);
  }
}
