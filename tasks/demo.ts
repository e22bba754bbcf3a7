/**
 * `deno task demo [ms]`: the service beside a simulated Clerk instance, whose
 * some fifty users sign up, change and leave, one thing every so many ms, with
 * signed webhooks all the while. `p` and Enter stop the webhooks, as an endpoint
 * does that was disabled, and let them through again.
 *
 * It is the real service; only Clerk is simulated. Settings come from the
 * environment and never from .env, whose database and accounts are real. Data
 * goes to a folder of its own, which every demo begins anew.
 */
import { clerkSecret, openDemoClerk } from "./demo/demo_clerk.ts";
import { playHistory, playMoment } from "./demo/simulated_life.ts";
import {
  createSimulatedSvix,
  type SimulatedSvix,
} from "./demo/simulated_svix.ts";
import { hearKey } from "./demo/hear_key.ts";
import { start } from "./start.ts";
import { endByFault } from "./start/end_by_fault.ts";
import { print } from "./terminal.ts";

const DATA_DIR = `${Deno.env.get("DATA_DIR") ?? ".data"}/demo`;
const MOMENT_MS = Number(Deno.args[0] ?? 3_000);
/** The same people every time. */
const SEED = 7;

/** Silence shows soon enough to be waited for. */
const DEFAULTS = { ALERT_SILENCE_GAPS: "3", ALERT_SILENCE_MIN_S: "15" };

if (!(MOMENT_MS > 0)) {
  throw new RangeError("Cannot play the demo: the time must be a number of ms");
}
await Deno.remove(DATA_DIR, { recursive: true }).catch((error) => {
  if (!(error instanceof Deno.errors.NotFound)) throw error;
});
const webhookSecret = clerkSecret();
const clerk = openDemoClerk(SEED);
for (
  const [name, value] of Object.entries({
    ...DEFAULTS,
    ...Deno.env.toObject(),
    CLERK_WEBHOOK_SIGNING_SECRET: webhookSecret,
    CLERK_SECRET_KEY: clerk.instance.secretKey,
    CLERK_API_URL: clerk.instance.url,
    DATA_DIR,
  })
) Deno.env.set(name, value);

const living = new AbortController();
await start({
  envPath: null,
  onServing: (origin) => {
    const svix = createSimulatedSvix({
      url: `${origin}/api/webhooks/clerk`,
      secret: webhookSecret,
      seed: SEED,
    });
    clerk.connect(svix);
    void live(svix);
  },
}).catch(endByFault);
living.abort();
await clerk.instance.close();
Deno.exit(0);

async function live(svix: SimulatedSvix) {
  const life = { instance: clerk.instance, svix, seed: SEED };
  await playHistory(life);
  print(
    `  Demo       ${svix.sent} webhooks sent; one thing happens every ${
      MOMENT_MS / 1000
    } s until Ctrl+C
             p and Enter stop the webhooks: see what the dashboard says`,
  );
  hearKey("p", () => stopOrResume(svix));
  for (let moment = 0; !living.signal.aborted; moment++) {
    await new Promise((resolve) => setTimeout(resolve, MOMENT_MS));
    await playMoment(life, moment);
  }
}

/** People go on living; what they do is not told while webhooks are stopped. */
function stopOrResume(svix: SimulatedSvix): void {
  svix.isLosing = !svix.isLosing;
  print(
    svix.isLosing
      ? "  Demo       webhooks are stopped and people go on; p and Enter resume"
      : "  Demo       webhooks arrive again; what was lost shows as drift",
  );
}
