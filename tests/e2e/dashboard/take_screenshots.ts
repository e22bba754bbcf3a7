/**
 * Renders every page of the dashboard, in both themes, to docs/images/, on data
 * that is the same every time. Run it with `deno task screenshots`.
 */
import { launchBrowser } from "../../support/browser.ts";
import { FakeClerk } from "../../support/clerk_api/start_clerk_api.ts";
import { clerkPayload } from "../../support/clerk_payloads.ts";
import {
  ADMIN_PASSWORD,
  type RollcallProcess,
  startRollcall,
} from "../../support/rollcall_process.ts";
import { DASHBOARD_PATHS } from "./dashboard_paths.ts";
import { seedDashboard } from "./seed_dashboard.ts";
import { seedTrouble } from "./seed_trouble.ts";

const FOLDER = new URL("../../../docs/images/", import.meta.url);

const WIDTHS = { wide: 1280, small: 375 };

if (import.meta.main) {
  await Deno.mkdir(FOLDER, { recursive: true });
  await using clerk = new FakeClerk({ rateLimit: 100_000 });
  await using rollcall = await startRollcall({
    env: { CLERK_API_URL: clerk.url, CLERK_SECRET_KEY: clerk.secretKey },
  });
  await using browser = await launchBrowser();
  const { origin, store } = rollcall;
  await store.ensureIndexes();
  const now = new Date();
  await seedDashboard(store, { users: 120, events: 400, now });
  await seedTrouble(store, now);
  const paths = { ...DASHBOARD_PATHS, run: await makeRuns(rollcall) };
  for (const colorScheme of ["light", "dark"] as const) {
    for (const [size, width] of Object.entries(WIDTHS)) {
      const page = await browser.newPage({ width, height: 800, colorScheme });
      const take = (name: string) =>
        page.screenshot({
          path: new URL(`${name}-${colorScheme}-${size}.png`, FOLDER).pathname,
        });
      await page.goto(`${origin}/sign_in`);
      await take("sign_in");
      await page.fill("#password", ADMIN_PASSWORD);
      await page.click("button[type=submit]");
      for (const [name, path] of Object.entries(paths)) {
        await page.goto(origin + path);
        await page.getByText("Live", { exact: true }).waitFor();
        await take(name);
      }
    }
  }
}

/** Has the functions do something: the answer is the path of a run that failed. */
async function makeRuns(rollcall: RollcallProcess): Promise<string> {
  await using feed = await rollcall.listen();
  const timestamp = Date.now();
  const good = JSON.stringify({
    ...JSON.parse(clerkPayload("user.created__email-password").text),
    timestamp,
  });
  const broken = JSON.stringify({
    type: "user.updated",
    timestamp,
    data: { id: "user_000001", first_name: 1 },
  });
  const bodies = { msg_good: good, msg_broken: broken };
  for (const [id, body] of Object.entries(bodies)) {
    const answer = await rollcall.send(body, { id });
    await answer.body?.cancel();
  }
  await feed.outcomes(Object.keys(bodies));
  const event = await rollcall.store.webhookEvents.documents
    .findOne({ _id: "msg_broken" });
  return `/dashboard/runs/${event?.run_id}`;
}
