/** The frame of the pages, in a real browser. */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { DASHBOARD_PATHS } from "./dashboard_paths.ts";
import { findViolations } from "./find_violations.ts";
import { openDashboard, rowsOf } from "./open_dashboard.ts";

const PATHS = [
  ...Object.values(DASHBOARD_PATHS),
  "/dashboard?span=7d",
  "/dashboard/users?text=nobody-has-this",
];

Deno.test("the frame of the pages", async (t) => {
  await using dashboard = await openDashboard();
  const { rollcall, signIn } = dashboard;
  const { origin } = rollcall;
  await dashboard.seed();

  await t.step("is driven by the keyboard", async () => {
    const page = await signIn();
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
    const page = await signIn();
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
    const page = await signIn();
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
    const page = await signIn({ javaScriptEnabled: false });
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
      const page = await signIn({ colorScheme });
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
    const page = await signIn({ width: 375 });
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
});
