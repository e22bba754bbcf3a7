/** The panel of an import in a real browser, with and without scripts. */
import { assert, assertEquals } from "@std/assert";
import { startSession } from "../../../lib/auth/session.ts";
import {
  launchBrowser,
  type PageOptions,
  type TestBrowser,
  type TestPage,
} from "../../support/browser.ts";
import {
  ADMIN_PASSWORD,
  type RollcallProcess,
  startRollcall,
} from "../../support/rollcall_process.ts";
import {
  PAGE_SIZE,
  serveClerk,
  USERS,
  type WatchedClerk,
} from "./watched_clerk.ts";

const SESSION_SECRET = crypto.randomUUID();
const VIEWER = "viewer@example.com";

async function openPanel(
  browser: TestBrowser,
  { origin }: RollcallProcess,
  options: PageOptions = {},
): Promise<TestPage> {
  const page = await browser.newPage(options);
  await page.goto(`${origin}/dashboard/drift`);
  await page.fill("#password", ADMIN_PASSWORD);
  await page.click("button[type=submit]");
  await page.waitForURL(`${origin}/dashboard/drift`);
  return page;
}

/** Presses a button of the panel; there is another "Pause" for the live view. */
async function press(page: TestPage, name: string): Promise<void> {
  await page.locator("section[aria-labelledby=backfill]")
    .getByRole("button", { name }).click();
}

/** Holds the question for the second page until it is released. */
function holdSecondPage(clerk: WatchedClerk): () => void {
  const { promise, resolve } = Promise.withResolvers<void>();
  const before = clerk.pages();
  clerk.onPage = async (pages) => {
    if (pages - before === 1) await promise;
  };
  return resolve;
}

Deno.test("the panel of an import", async (t) => {
  await using clerk = serveClerk();
  await using rollcall = await startRollcall({
    env: { ...clerk.env, SESSION_SECRET, ROLLCALL_VIEWERS: VIEWER },
  });
  await using browser = await launchBrowser();
  const { store, origin } = rollcall;

  await t.step(
    "begins, pauses, resumes, and shows how far it is, live",
    async () => {
      const release = holdSecondPage(clerk);
      const page = await openPanel(browser, rollcall);
      await page.getByText("Live", { exact: true }).waitFor();
      await press(page, "Start");
      await page.getByText(`${PAGE_SIZE} of 1,200 users, 41 %`).waitFor();
      await press(page, "Pause");
      await page.getByText("paused", { exact: true }).waitFor();
      await using feed = await rollcall.listen();
      release();
      const job = await store.jobs.readLatest("backfill");
      await press(page, "Resume");
      await feed.jobsDone([job?._id ?? ""]);
      await page.getByText("1,200 of 1,200 users, 100 %").waitFor();
      await page.getByRole("button", { name: "Start" }).waitFor();
      assertEquals(await store.users.documents.countDocuments(), USERS);
      assertEquals(page.errors, []);
      await page.context().close();
      const actions = (await store.auditLog.readNewest(10))
        .map(({ action }) => action).filter((action) =>
          /backfill/.test(action)
        );
      assertEquals(actions, [
        "resume-backfill",
        "pause-backfill",
        "start-backfill",
      ]);
    },
  );

  await t.step("begins and cancels without scripts", async () => {
    const release = holdSecondPage(clerk);
    const page = await openPanel(browser, rollcall, {
      javaScriptEnabled: false,
    });
    await press(page, "Start");
    await page.getByText("running", { exact: true }).waitFor();
    await press(page, "Cancel");
    await page.getByText("cancelled", { exact: true }).waitFor();
    release();
    await page.context().close();
  });

  await t.step("lets viewers look, and nothing else", async () => {
    const setCookie = await startSession(
      { name: VIEWER, role: "viewer" },
      { secret: SESSION_SECRET, now: new Date(), isSecure: false },
    );
    const headers = { cookie: setCookie.split(";")[0] ?? "", origin };
    const shown = await fetch(`${origin}/dashboard/drift`, { headers });
    const html = await shown.text();
    assert(html.includes("cancelled") && !html.includes("/dashboard/jobs/"));
    const refused = await fetch(`${origin}/dashboard/jobs/backfill`, {
      method: "POST",
      headers,
      body: new URLSearchParams({ action: "start" }),
    });
    await refused.body?.cancel();
    assertEquals(refused.status, 403);
  });

  await t.step(
    "answers 404 for an unknown job, 400 for an unknown action",
    async () => {
      const headers = { cookie: await rollcall.signIn(), origin };
      const statusOf = async (id: string, action: string) => {
        const { status, body } = await fetch(`${origin}/dashboard/jobs/${id}`, {
          method: "POST",
          headers,
          redirect: "manual",
          body: new URLSearchParams({
            action,
            next: "https://elsewhere.example",
          }),
        });
        await body?.cancel();
        return status;
      };
      assertEquals(await statusOf("nobody", "pause"), 404);
      assertEquals(await statusOf("backfill", "explode"), 400);
      const { _id = "" } = await store.jobs.readLatest("backfill") ?? {};
      assertEquals(await statusOf(_id, "resume"), 303);
      assertEquals((await store.jobs.read(_id))?.state, "cancelled");
    },
  );
  await store.db.dropDatabase();
});
