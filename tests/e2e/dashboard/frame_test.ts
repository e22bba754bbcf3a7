/** The frame of the pages, in a real browser. */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { DASHBOARD_PATHS } from "./dashboard_paths.ts";
import { findViolations } from "./find_violations.ts";
import { makeRuns } from "./make_runs.ts";
import { openDashboard, rowsOf } from "./open_dashboard.ts";

const FIXED_PATHS = [
  ...Object.values(DASHBOARD_PATHS),
  "/dashboard?span=7d",
  "/dashboard/users?text=nobody-has-this",
  "/dashboard/users?column=id&column=phone&banned=1",
];

const MAX_SCRIPT_BYTES = 40 * 1024;

async function gzippedBytes(body: Uint8Array): Promise<number> {
  const stream = new Blob([new Uint8Array(body)]).stream()
    .pipeThrough(new CompressionStream("gzip"));
  return (await new Response(stream).bytes()).length;
}

Deno.test("the frame of the pages", async (t) => {
  await using dashboard = await openDashboard();
  const { rollcall, signIn } = dashboard;
  const { origin } = rollcall;
  await t.step("has no serious fault for axe while it is empty", async () => {
    for (const colorScheme of ["light", "dark"] as const) {
      const page = await signIn({ colorScheme });
      for (const name of ["overview", "users", "drift", "jobs", "system"]) {
        const path = DASHBOARD_PATHS[name] ?? "";
        await page.goto(origin + path);
        assertEquals(await findViolations(page), [], path);
      }
      await page.context().close();
    }
  });

  await dashboard.seed();
  const runs = await makeRuns(rollcall);
  const paths = [...FIXED_PATHS, runs.failed, runs.event];

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

  await t.step("goes to every place by two keys", async () => {
    const page = await signIn();
    const places = {
      u: "/users",
      e: "/events",
      r: "/runs",
      f: "/failures",
      d: "/drift",
      a: "/automations",
      b: "/jobs",
      s: "/system",
      o: "",
    };
    for (const [key, path] of Object.entries(places)) {
      await page.getByRole("button", { name: "Keyboard" }).waitFor();
      await page.keyboard.press("g");
      await page.keyboard.press(key);
      await page.waitForURL(`${origin}/dashboard${path}`);
    }
    await page.goto(`${origin}/dashboard/jobs`);
    await page.getByRole("button", { name: "Keyboard" }).waitFor();
    await page.keyboard.press("/");
    await page.waitForURL(/users\?focus=search/);
    await page.getByRole("button", { name: "Keyboard" }).waitFor();
    await page.keyboard.type("gu?");
    assertEquals(
      await page.inputValue("[data-search]"),
      "gu?",
      "no key is taken from whoever types",
    );
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
      for (const path of paths) {
        await page.goto(origin + path);
        assertEquals(await findViolations(page, rules), [], path);
      }
      await page.goto(`${origin}/sign_in`);
      assertEquals(await findViolations(page, rules), [], "/sign_in");
      assertEquals(page.errors, []);
      await page.context().close();
    });
  }

  await t.step("shows every page without JavaScript", async () => {
    const page = await signIn({ javaScriptEnabled: false });
    for (const path of paths) {
      const response = await page.goto(origin + path);
      assertEquals(response?.status(), 200, path);
      assert(await page.locator("main h1").isVisible(), path);
    }
    await page.goto(`${origin}/dashboard/users/user_000001`);
    const erase = page.getByRole("button", { name: "Erase this user" });
    assertEquals(await erase.isVisible(), false);
    await page.getByText("Erase…").click();
    assert(await erase.isVisible(), "the first press opens the second");
    await page.context().close();
  });

  await t.step("needs little JavaScript on any page", async () => {
    const page = await signIn();
    const sizes = new Map<string, Promise<number>>();
    page.on("response", (response) => {
      if (response.request().resourceType() !== "script") return;
      sizes.set(response.url(), response.body().then(gzippedBytes));
    });
    for (const path of paths) {
      sizes.clear();
      await page.goto(origin + path);
      await page.getByText("Live", { exact: true }).waitFor();
      const bytes = (await Promise.all(sizes.values()))
        .reduce((sum, size) => sum + size, 0);
      assert(bytes > 0 && bytes <= MAX_SCRIPT_BYTES, `${path}: ${bytes}`);
    }
    await page.context().close();
  });

  await t.step("fits a small screen", async () => {
    const page = await signIn({ width: 375 });
    for (const path of paths) {
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
      for (const path of [...paths, "/sign_in", "/no-such-page", "/health"]) {
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
