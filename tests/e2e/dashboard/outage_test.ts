/** What the pages say while something that Rollcall stands on is down. */
import { assert, assertEquals } from "@std/assert";
import { startMongo } from "../../../packages/embedded_mongo/mod.ts";
import { clerkPayload } from "../../support/clerk_payloads.ts";
import { launchBrowser } from "../../support/browser.ts";
import {
  ADMIN_PASSWORD,
  type RollcallProcess,
  startRollcall,
} from "../../support/rollcall_process.ts";
import { DASHBOARD_PATHS } from "./dashboard_paths.ts";

/** Nothing listens here: the port is the system's own. */
const NOWHERE = "http://127.0.0.1:2";

/** Pages that name an object which an empty store does not have. */
const { user: _, event: __, ...PAGES } = DASHBOARD_PATHS;

/** Asks as the admin; the answer is the status and the page's own words. */
async function ask(
  { origin }: RollcallProcess,
  path: string,
  { cookie, form }: {
    readonly cookie: string;
    readonly form?: Readonly<Record<string, string>>;
  },
) {
  const response = await fetch(origin + path, {
    headers: { cookie },
    redirect: "manual",
    ...(form && { method: "POST", body: new URLSearchParams(form) }),
  });
  return { status: response.status, text: await response.text() };
}

Deno.test("pages say that MongoDB does not answer, until it does", async () => {
  await using stack = new AsyncDisposableStack();
  const folder = await Deno.makeTempDir({ prefix: "rollcall_test_" });
  stack.defer(() => Deno.remove(folder, { recursive: true }));
  const place = { path: folder, socketPath: `${folder}/mongo.sock` };
  let mongo = await startMongo(place);
  stack.defer(() => mongo.close());
  const rollcall = stack.use(
    await startRollcall({
      env: { MONGODB_URI: mongo.uri, INNGEST_DEV: NOWHERE },
    }),
  );
  const browser = stack.use(await launchBrowser());
  const cookie = await rollcall.signIn();
  const { status } = await ask(rollcall, "/dashboard", { cookie });
  assertEquals(status, 200);

  await mongo.close();
  // Runs are Inngest's: that page needs no database.
  const { runs, ...pages } = PAGES;
  assertEquals((await ask(rollcall, runs ?? "", { cookie })).status, 200);
  const paths = Object.values(pages);
  const answers = await Promise.all(
    paths.map((path) => ask(rollcall, path, { cookie })),
  );
  for (const [index, { status, text }] of answers.entries()) {
    const path = paths[index];
    assertEquals(status, 503, path);
    assert(text.includes("MongoDB does not answer"), path);
    assert(!text.includes("    at "), "no stack");
  }

  const page = await browser.newPage();
  await page.goto(`${rollcall.origin}/dashboard/users`);
  await page.fill("#password", ADMIN_PASSWORD);
  await page.click("button[type=submit]");
  await page.getByText("MongoDB does not answer").waitFor();
  mongo = await startMongo(place);
  await page.getByRole("link", { name: "Try again" }).click();
  await page.getByText("No user is synced yet").waitFor();
});

Deno.test("pages say that Inngest does not answer, and forms that nothing began", async () => {
  await using rollcall = await startRollcall({
    env: {
      INNGEST_DEV: NOWHERE,
      CLERK_API_URL: NOWHERE,
      CLERK_SECRET_KEY: "sk_test_nobody",
    },
  });
  const { store } = rollcall;
  await store.ensureIndexes();
  const cookie = await rollcall.signIn();
  const { repair: _, ...pages } = PAGES;
  for (const path of Object.values(pages)) {
    const { status } = await ask(rollcall, path, { cookie });
    assertEquals(status, 200, path);
  }
  const overview = await ask(rollcall, "/dashboard", { cookie });
  assert(overview.text.includes("Inngest does not answer"));
  const runs = await ask(rollcall, "/dashboard/runs", { cookie });
  assert(runs.text.includes("Runs cannot be shown now"));
  const run = await ask(rollcall, "/dashboard/runs/run_1", { cookie });
  assert(run.text.includes("Runs cannot be shown now"));

  const FORMS: Readonly<Record<string, Record<string, string>>> = {
    "/dashboard/drift": {},
    "/dashboard/drift/repair?id=user_1": {},
    "/dashboard/events/quarantine": {},
    "/dashboard/jobs/backfill": { action: "start" },
    "/dashboard/runs/run_1": { action: "rerun" },
    "/dashboard/system": { action: "look" },
    "/dashboard/users/user_1": { action: "sync" },
  };
  for (const [path, form] of Object.entries(FORMS)) {
    const { status, text } = await ask(rollcall, path, { cookie, form });
    assertEquals(status, 503, path);
    assert(text.includes("Nothing was started"), path);
  }
  const job = await store.jobs.readLatest("backfill");
  assertEquals([job?.state, job?.error], [
    "failed",
    "Inngest does not take the event",
  ]);
  const { text } = clerkPayload("user.created__email-password");
  const refused = await rollcall.send(text, { id: "msg_1" });
  await refused.body?.cancel();
  assertEquals(refused.status, 503, "Svix sends it again");
});

Deno.test("pages that ask Clerk say that it does not answer", async () => {
  await using rollcall = await startRollcall({
    env: { CLERK_API_URL: NOWHERE, CLERK_SECRET_KEY: "sk_test_nobody" },
  });
  await rollcall.store.ensureIndexes();
  const cookie = await rollcall.signIn();
  const dryRun = await ask(rollcall, "/dashboard/drift/repair?id=user_1", {
    cookie,
  });
  const erased = await ask(rollcall, "/dashboard/users/user_1", {
    cookie,
    form: { action: "erase", typed: "user_1" },
  });
  for (const { status, text } of [dryRun, erased]) {
    assertEquals(status, 503);
    assert(text.includes("Clerk could not be asked"));
    assert(text.includes("Nothing was changed"));
    assert(!text.includes("sk_test_nobody"));
  }
});
