/**
 * Renders every page of the dashboard, in both themes, to docs/images/, on data
 * that is the same every time. Run it with `deno task screenshots`.
 */
import type { UserDocument } from "../../../lib/sync/user_document.ts";
import { launchBrowser } from "../../support/browser.ts";
import { FakeClerk } from "../../support/clerk_api/start_clerk_api.ts";
import {
  ADMIN_PASSWORD,
  startRollcall,
} from "../../support/rollcall_process.ts";
import { DASHBOARD_PATHS } from "./dashboard_paths.ts";
import { makeRuns } from "./make_runs.ts";
import { seedDashboard } from "./seed_dashboard.ts";
import { seedTrouble } from "./seed_trouble.ts";

const FOLDER = new URL("../../../docs/images/", import.meta.url);

/** Whose repair is shown. */
const EDITED = "user_000003";

const WIDTHS = { wide: 1280, small: 375 };

if (import.meta.main) {
  await Deno.mkdir(FOLDER, { recursive: true });
  await using clerk = new FakeClerk({
    rateLimit: 100_000,
    instanceId: "ins_1",
  });
  await using rollcall = await startRollcall({
    env: { CLERK_API_URL: clerk.url, CLERK_SECRET_KEY: clerk.secretKey },
  });
  await using browser = await launchBrowser();
  const { origin, store } = rollcall;
  await store.ensureIndexes();
  const now = new Date();
  await seedDashboard(store, { users: 120, events: 400, now });
  await seedTrouble(store, now);
  await bringToClerk(clerk, await store.users.documents.find().toArray());
  const { failed, event } = await makeRuns(rollcall);
  const paths = { ...DASHBOARD_PATHS, event, run: failed };
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

/** The same users at Clerk; those of one kind of drift differ as it says. */
async function bringToClerk(
  clerk: FakeClerk,
  users: readonly UserDocument[],
): Promise<void> {
  for (const user of users) {
    await clerk.createUser({
      id: user._id,
      username: user._id === EDITED ? "radia" : user.username,
      first_name: user.first_name,
      last_name: user.last_name,
      banned: user._id === EDITED || user.banned,
      public_metadata: { plan: "hidden-plan" },
      created_at: user.clerk_created_at?.getTime() ?? 0,
      updated_at: user.clerk_updated_at?.getTime() ?? 0,
      ...(user.email === null ? {} : { email: user.email }),
    });
  }
}
