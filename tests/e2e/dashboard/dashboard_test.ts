/** The dashboard in a real browser, on a service that is run as users run it. */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { startSession } from "../../../lib/auth/session.ts";
import {
  launchBrowser,
  type PageOptions,
  type TestBrowser,
  type TestPage,
} from "../../support/browser.ts";
import { clerkPayload } from "../../support/clerk_payloads.ts";
import {
  ADMIN_PASSWORD,
  type RollcallProcess,
  startRollcall,
} from "../../support/rollcall_process.ts";
import { findViolations } from "./find_violations.ts";
import { seedDashboard } from "./seed_dashboard.ts";

const USERS = 120;
const EVENTS = 400;

const SESSION_SECRET = crypto.randomUUID();

const PATHS = [
  "/dashboard",
  "/dashboard?span=7d",
  "/dashboard/users",
  "/dashboard/users?text=nobody-has-this",
  "/dashboard/users/user_000001",
  "/dashboard/events",
  "/dashboard/events/msg_000049",
  "/dashboard/failures",
  "/dashboard/drift",
  "/dashboard/system",
];

/** Opens a page of somebody who has signed in. */
async function signIn(
  browser: TestBrowser,
  { origin }: RollcallProcess,
  options: PageOptions = {},
): Promise<TestPage> {
  const page = await browser.newPage(options);
  await page.goto(`${origin}/dashboard`);
  await page.fill("#password", ADMIN_PASSWORD);
  await page.click("button[type=submit]");
  await page.waitForURL(`${origin}/dashboard`);
  return page;
}

const rowsOf = (page: TestPage) => page.locator("[data-row]");

async function figure(page: TestPage, label: string): Promise<number> {
  const text = await page.locator(".figure", { hasText: label }).locator("dd")
    .textContent();
  return Number(text?.replaceAll(",", ""));
}

Deno.test("the dashboard", async (t) => {
  await using rollcall = await startRollcall({
    env: { SESSION_SECRET },
  });
  await using browser = await launchBrowser();
  const { origin, store } = rollcall;

  await t.step("says what to do while nothing has arrived", async () => {
    const page = await signIn(browser, rollcall);
    await page.getByText("Waiting for the first event").waitFor();
    await page.goto(`${origin}/dashboard/users`);
    await page.getByText("No user is synced yet").waitFor();
    await page.goto(`${origin}/dashboard/failures`);
    await page.getByText("Nothing has failed").waitFor();
    assertEquals(page.errors, []);
    await page.context().close();
  });

  await store.ensureIndexes();
  await seedDashboard(store, {
    users: USERS,
    events: EVENTS,
    now: new Date(),
  });

  await t.step("shows the numbers that the store has", async () => {
    const page = await signIn(browser, rollcall);
    const all = await store.webhookEvents.documents.find().toArray();
    const hourAgo = Date.now() - 3_600_000;
    const recent = all.filter(({ received_at }) =>
      received_at.getTime() >= hourAgo
    );
    assertEquals(await figure(page, "Users"), USERS);
    // The hour goes on while the test runs: an event is ten seconds apart.
    const shown = await figure(page, "Events in the last hour");
    assert(Math.abs(shown - recent.length) <= 3, `${shown}, ${recent.length}`);
    assertEquals(
      await figure(page, "Failures"),
      all.filter(({ state }) => state === "failed").length,
    );
    await page.goto(`${origin}/dashboard?span=7d`);
    const title = await page.textContent("#events-chart");
    assertEquals(title, `Events by type: ${EVENTS}`);
    await page.context().close();
  });

  await t.step("shows a user who arrives, without a reload", async () => {
    const page = await signIn(browser, rollcall);
    await page.goto(`${origin}/dashboard/users`);
    await page.getByText("Live", { exact: true }).waitFor();
    const payload = clerkPayload("user.created__email-password");
    const response = await rollcall.send(payload.text, { id: "msg_live" });
    await response.body?.cancel();
    const { id } = JSON.parse(payload.text).data;
    await page.locator(`[data-row] a[href$="${id}"]`).waitFor();
    assertEquals(page.errors, []);
    await page.context().close();
  });

  await t.step("pauses the live view and catches up", async () => {
    const page = await signIn(browser, rollcall);
    await page.goto(`${origin}/dashboard/events`);
    await page.getByText("Live", { exact: true }).waitFor();
    await page.getByRole("button", { name: "Pause" }).click();
    await page.getByText("Paused").waitFor();
    await using feed = await rollcall.listen();
    const payload = clerkPayload("user.created__oauth-google");
    const response = await rollcall.send(payload.text, { id: "msg_paused" });
    await response.body?.cancel();
    await feed.recorded(["msg_paused"]);
    const row = page.locator(`a[href$="/msg_paused"]`);
    assertEquals(await row.count(), 0);
    await page.getByRole("button", { name: "Resume" }).click();
    await row.waitFor();
    await page.context().close();
  });

  await t.step("finds users by text and filters, in the address", async () => {
    const page = await signIn(browser, rollcall);
    await page.goto(`${origin}/dashboard/users`);
    await page.getByRole("button", { name: "Keyboard" }).waitFor();
    await page.keyboard.press("/");
    await page.keyboard.type("ADA love");
    await page.keyboard.press("Enter");
    await page.waitForURL(/text=ADA\+love/);
    const names = await rowsOf(page).locator("td:first-child a")
      .allTextContents();
    assert(names.length > 0);
    assertEquals(new Set(names), new Set(["Ada Lovelace"]));

    await page.goto(`${origin}/dashboard/users?banned=1&sort=email`);
    const banned = await store.users.documents.countDocuments({ banned: true });
    assertEquals(await rowsOf(page).count(), banned);
    assert(await page.locator("input[name=banned]").isChecked());

    await page.goto(
      `${origin}/dashboard/users?text=${encodeURIComponent(".*")}`,
    );
    await page.getByText("No user matches").waitFor();
    assertEquals(page.errors, []);
    await page.context().close();
  });

  await t.step("pages through all users once, in every order", async () => {
    const cookie = await rollcall.signIn();
    const total = await store.users.documents.countDocuments();
    for (const sort of ["", "created", "email", "name"]) {
      const seen: string[] = [];
      let path: string | undefined = `/dashboard/users?sort=${sort}`;
      while (path !== undefined) {
        const html: string = await (await fetch(origin + path, {
          headers: { cookie },
        })).text();
        seen.push(
          ...[...html.matchAll(/data-row.*?href="([^"]+)"/g)].map(([, href]) =>
            href!
          ),
        );
        path = /rel="next" href="([^"]+)"/.exec(html)?.[1]
          ?.replaceAll("&amp;", "&");
      }
      assertEquals(seen.length, total, sort);
      assertEquals(new Set(seen).size, total, sort);
    }
  });

  await t.step("exports what the filters find", async () => {
    const cookie = await rollcall.signIn();
    const read = async (query: string) =>
      await (await fetch(`${origin}/dashboard/users/export?${query}`, {
        headers: { cookie },
      })).text();
    const banned = await store.users.documents.countDocuments({ banned: true });
    const csv = (await read("format=csv&banned=1")).trim().split("\r\n");
    assertMatch(csv[0] ?? "", /^_id,email,/);
    assertEquals(csv.length - 1, banned);
    const ndjson = (await read("format=ndjson")).trim().split("\n");
    assertEquals(
      ndjson.length,
      await store.users.documents.countDocuments(),
    );
    const found = (await read("format=ndjson&text=ada")).trim().split("\n");
    assertEquals(
      new Set(found.map((line) => JSON.parse(line).first_name)),
      new Set(["Ada"]),
    );
  });

  await t.step("masks payloads until an operator reveals them", async () => {
    const page = await signIn(browser, rollcall);
    await page.goto(`${origin}/dashboard/events/msg_000003`);
    const payload = page.locator(".payload");
    assert(!(await payload.textContent())?.includes("Hidden"));
    await page.getByRole("button", { name: "Reveal" }).click();
    await page.getByText("Shown in full").waitFor();
    assert((await payload.textContent())?.includes("Hidden"));
    const [entry] = await store.auditLog.readNewest(1);
    assertEquals(entry?.action, "reveal-payload");
    assertEquals(entry?.subject, "msg_000003");
    await page.context().close();
  });

  await t.step("lets viewers look, and neither reveal nor export", async () => {
    const setCookie = await startSession(
      { name: "visitor", role: "viewer" },
      { secret: SESSION_SECRET, now: new Date(), isSecure: false },
    );
    const headers = { cookie: setCookie.split(";")[0] ?? "", origin };
    const ask = (path: string, init: RequestInit = {}) =>
      fetch(origin + path, { headers, ...init });
    const users = await ask("/dashboard/users");
    assertEquals(users.status, 200);
    assert(!(await users.text()).includes("Export"));
    const event = await ask("/dashboard/events/msg_000003");
    assert((await event.text()).includes("Operators can reveal it"));
    for (
      const refused of [
        await ask("/dashboard/users/export?format=ndjson"),
        await ask("/dashboard/events/msg_000003", { method: "POST" }),
        await ask("/dashboard/users/user_000001", { method: "POST" }),
      ]
    ) {
      assertEquals(refused.status, 403);
      await refused.body?.cancel();
    }
  });

  await t.step("says why a document looks as it does", async () => {
    const page = await signIn(browser, rollcall);
    await page.goto(`${origin}/dashboard/users/user_000001`);
    const line = page.locator(".timeline li", { has: page.locator("table") })
      .first();
    const cells = await line.locator("tr", { hasText: "full_name" })
      .locator("td").allTextContents();
    assertEquals(cells, ["full_name", "Ada Byron", "Ada Lovelace"]);
    const text = await page.locator("main").textContent();
    assert(!text?.includes("hidden-plan"), "metadata is masked");
    await line.locator("a").first().click();
    await page.getByText("What it changed").waitFor();
    await page.context().close();
  });

  await t.step("is driven by the keyboard", async () => {
    const page = await signIn(browser, rollcall);
    await page.getByRole("button", { name: "Keyboard" }).waitFor();
    await page.keyboard.press("?");
    await page.getByRole("dialog").waitFor();
    await page.keyboard.press("Escape");
    await page.keyboard.press("g");
    await page.keyboard.press("e");
    await page.waitForURL(`${origin}/dashboard/events`);
    await page.getByRole("button", { name: "Keyboard" }).waitFor();
    await page.keyboard.press("j");
    await page.keyboard.press("j");
    await page.keyboard.press("k");
    await page.keyboard.press("j");
    const second = rowsOf(page).nth(1).locator("a").first();
    const href = await second.getAttribute("href");
    await page.keyboard.press("Enter");
    await page.waitForURL(`${origin}${href}`);
    await page.context().close();
  });

  await t.step("keeps the colours that somebody chose", async () => {
    const page = await signIn(browser, rollcall);
    const background = () =>
      page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    const light = await background();
    await page.getByRole("button", { name: "dark" }).click();
    await page.waitForLoadState();
    assert(await background() !== light);
    await page.getByRole("button", { name: "system" }).click();
    await page.waitForLoadState();
    assertEquals(await background(), light);
    await page.context().close();
  });

  await t.step("tells times in the zone that somebody chose", async () => {
    const page = await signIn(browser, rollcall);
    await page.goto(`${origin}/dashboard/events`);
    const title = () =>
      rowsOf(page).first().locator("time").getAttribute("title");
    assertMatch(await title() ?? "", / UTC$/);
    const zone = await page.evaluate(() =>
      Intl.DateTimeFormat().resolvedOptions().timeZone
    );
    await page.getByRole("button", { name: "Local" }).click();
    await page.waitForLoadState();
    assert((await title())?.endsWith(` ${zone}`));
    await page.context().close();
  });

  await t.step("works without JavaScript", async () => {
    const page = await signIn(browser, rollcall, { javaScriptEnabled: false });
    await page.getByRole("link", { name: "Users", exact: true }).first()
      .click();
    await page.fill("[data-search]", "ada");
    await page.getByRole("button", { name: "Apply" }).click();
    await page.waitForURL(/text=ada/);
    assert(await rowsOf(page).count() > 0);
    await rowsOf(page).first().locator("a").click();
    await page.getByText("What happened").waitFor();
    await page.getByRole("button", { name: "Sign out" }).click();
    await page.waitForURL(/sign_in/);
    await page.goto(`${origin}/dashboard/users`);
    await page.waitForURL(/sign_in/);
  });

  for (const colorScheme of ["light", "dark"] as const) {
    await t.step(`has no serious fault for axe in ${colorScheme}`, async () => {
      const page = await signIn(browser, rollcall, { colorScheme });
      // Nothing but colours differs between the two.
      const rules = colorScheme === "dark" ? ["color-contrast"] : undefined;
      for (const path of PATHS) {
        await page.goto(origin + path);
        assertEquals(await findViolations(page, rules), [], path);
      }
      await page.goto(`${origin}/sign_in`);
      assertEquals(await findViolations(page, rules), [], "/sign_in");
      assertEquals(page.errors, []);
      await page.context().close();
    });
  }

  await t.step("fits a small screen", async () => {
    const page = await signIn(browser, rollcall, { width: 375 });
    for (const path of PATHS) {
      await page.goto(origin + path);
      const width = await page.evaluate(() =>
        document.documentElement.scrollWidth
      );
      assertEquals(width, 375, path);
    }
    await page.context().close();
  });

  await t.step(
    "allows no inline script or style, nor to be framed",
    async () => {
      const cookie = await rollcall.signIn();
      for (const path of [...PATHS, "/sign_in", "/no-such-page", "/health"]) {
        const { headers, body } = await fetch(origin + path, {
          headers: { cookie },
        });
        await body?.cancel();
        const policy = headers.get("content-security-policy") ?? "";
        assert(policy.includes("frame-ancestors 'none'"), path);
        assert(!policy.includes("unsafe-inline"), path);
        assertEquals(headers.get("x-content-type-options"), "nosniff", path);
      }
    },
  );

  await t.step("answers broken and foreign requests", async () => {
    const cookie = await rollcall.signIn();
    const statusOf = async (path: string, init: RequestInit = {}) => {
      const { status, body } = await fetch(origin + path, {
        redirect: "manual",
        ...init,
        headers: { cookie, ...init.headers },
      });
      await body?.cancel();
      return status;
    };
    assertEquals(await statusOf("/dashboard/users/nobody"), 404);
    assertEquals(await statusOf("/dashboard/users/%E0%A4%A"), 400);
    assertEquals(await statusOf("/dashboard/users?after=broken"), 200);
    const post = {
      method: "POST",
      body: new URLSearchParams({ theme: "dark" }),
    };
    const foreign = { headers: { origin: "https://evil.example" } };
    assertEquals(
      await statusOf("/dashboard/theme", { ...post, ...foreign }),
      403,
    );
    assertEquals(await statusOf("/dashboard/theme", post), 303);
  });
});
