/** The doors of the dashboard: who gets in, who may do what, and from where. */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { ADMIN_PASSWORD } from "../../support/rollcall_process.ts";
import { openDashboard } from "./open_dashboard.ts";

/** What takes forms, by the file of its route; operators alone may send them. */
const ACTIONS: Readonly<Record<string, string>> = {
  "drift/index.tsx": "/dashboard/drift",
  "drift/repair.tsx": "/dashboard/drift/repair?all=1",
  "events/[id].tsx": "/dashboard/events/msg_000003",
  "events/quarantine.tsx": "/dashboard/events/quarantine",
  "failures.tsx": "/dashboard/failures",
  "jobs/[id].ts": "/dashboard/jobs/job_1",
  "replay.tsx": "/dashboard/replay?state=failed",
  "runs/[id].tsx": "/dashboard/runs/run_1",
  "system.tsx": "/dashboard/system",
  "users/[id].tsx": "/dashboard/users/user_000001",
};

/** What is everybody's own: how pages look, and the way out. */
const CHOICES: Readonly<Record<string, string>> = {
  "sign_out.ts": "/dashboard/sign_out",
  "theme.ts": "/dashboard/theme",
  "time_zone.ts": "/dashboard/time_zone",
};

/** Pages that show or hand out what only operators may have. */
const OPERATORS_PAGES = [
  "/dashboard/users/export?format=ndjson",
  "/dashboard/replay",
  "/dashboard/drift/repair?all=1",
];

const ROUTES = new URL("../../../routes/dashboard/", import.meta.url);

/** The route files with a handler of POST, by their path below the dashboard. */
async function listActions(folder = ROUTES): Promise<string[]> {
  const found: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    const url = new URL(name, folder);
    if (isDirectory) {
      found.push(...await listActions(new URL(`${name}/`, folder)));
    } else if (/^\s+(async )?POST\b/m.test(await Deno.readTextFile(url))) {
      found.push(decodeURIComponent(url.href.slice(ROUTES.href.length)));
    }
  }
  return found.toSorted();
}

Deno.test("the doors of the dashboard", async (t) => {
  await using dashboard = await openDashboard();
  const { rollcall, browser, askAsViewer } = dashboard;
  const { origin, store } = rollcall;
  await dashboard.seed();
  const cookie = await rollcall.signIn();

  const ask = async (path: string, init: RequestInit = {}) => {
    const { status, headers, body } = await fetch(origin + path, {
      redirect: "manual",
      ...init,
    });
    await body?.cancel();
    return { status, location: headers.get("location"), headers };
  };
  const post = (headers: Record<string, string> = {}) => ({
    method: "POST",
    headers,
    body: new URLSearchParams({ theme: "dark" }),
  });

  await t.step("are all known to this test", async () => {
    const known = Object.keys({ ...ACTIONS, ...CHOICES }).toSorted();
    assertEquals(await listActions(), known);
  });

  await t.step("let viewers look, and neither reveal nor export", async () => {
    const users = await askAsViewer("/dashboard/users");
    assertEquals(users.status, 200);
    assert(!(await users.text()).includes("Export"));
    const event = await askAsViewer("/dashboard/events/msg_000003");
    assert((await event.text()).includes("Operators can reveal it"));
    for (const path of OPERATORS_PAGES) {
      const answer = await askAsViewer(path);
      assertEquals(answer.status, 403, path);
      await answer.body?.cancel();
    }
  });

  await t.step("let viewers do nothing", async () => {
    const before = await store.auditLog.readNewest(1);
    for (const path of Object.values(ACTIONS)) {
      const answer = await askAsViewer(path, post());
      assertEquals(answer.status, 403, path);
      await answer.body?.cancel();
    }
    for (const path of Object.values(CHOICES)) {
      const answer = await askAsViewer(path, post());
      assertEquals(answer.status, 303, path);
      await answer.body?.cancel();
    }
    assertEquals(await store.auditLog.readNewest(1), before);
  });

  await t.step("lead whoever is not signed in to the sign-in", async () => {
    for (const path of [...OPERATORS_PAGES, ...Object.values(ACTIONS)]) {
      const { status, location } = await ask(path);
      assertEquals(
        [status, location],
        [303, `/sign_in?next=${encodeURIComponent(path)}`],
      );
      const posted = await ask(path, post());
      assertMatch(posted.location ?? "", /^\/sign_in\?next=/, path);
    }
    assertEquals((await ask("/api/events_stream")).status, 401);
  });

  await t.step("take no form from another site", async () => {
    const foreign: Record<string, string>[] = [
      { origin: "https://evil.example" },
      { origin: "null" },
      { origin: "https://evil.example", "sec-fetch-site": "cross-site" },
    ];
    for (const path of Object.values({ ...ACTIONS, ...CHOICES })) {
      for (const headers of foreign) {
        const answer = await ask(path, post({ cookie, ...headers }));
        assertEquals(answer.status, 403, path);
      }
    }
    const signIn = post({ "sec-fetch-site": "cross-site" });
    assertEquals((await ask("/sign_in", signIn)).status, 403);
    assertEquals((await ask("/dashboard/theme", post({ cookie }))).status, 303);
  });

  await t.step("answer broken requests", async () => {
    const statusOf = async (path: string) =>
      (await ask(path, { headers: { cookie } })).status;
    assertEquals(await statusOf("/dashboard/users/nobody"), 404);
    assertEquals(await statusOf("/dashboard/users/%E0%A4%A"), 400);
    assertEquals(await statusOf("/dashboard/users?after=broken"), 200);
    const large = new URLSearchParams({ theme: "x".repeat(20_000) });
    const answer = await ask("/dashboard/theme", {
      method: "POST",
      headers: { cookie },
      body: large,
    });
    assertEquals(answer.status, 413);
  });

  await t.step(
    "lead back to the page that was asked for, and out",
    async () => {
      const page = await browser.newPage();
      await page.goto(`${origin}/dashboard/users?text=ada&sort=name`);
      await page.fill("#password", ADMIN_PASSWORD);
      await page.click("button[type=submit]");
      await page.waitForURL(`${origin}/dashboard/users?text=ada&sort=name`);
      await page.getByRole("button", { name: "Sign out" }).click();
      await page.waitForURL(`${origin}/sign_in`);
      await page.goto(`${origin}/dashboard/users`);
      await page.waitForURL(/sign_in\?next=/);
      assertEquals(page.errors, []);
      await page.context().close();
    },
  );

  await t.step("open for no copy of a cookie that was signed out", async () => {
    const mine = await rollcall.signIn();
    const statusOf = async (path: string, cookie: string) =>
      (await ask(path, { headers: { cookie } })).status;
    assertEquals(await statusOf("/dashboard", mine), 200);
    const out = await ask("/dashboard/sign_out", post({ cookie: mine }));
    assertEquals([out.status, out.location], [303, "/sign_in"]);
    assertEquals(await statusOf("/dashboard", mine), 303);
    assertEquals(await statusOf("/api/events_stream", mine), 401);
    const replay = await ask("/dashboard/replay", post({ cookie: mine }));
    assertMatch(replay.location ?? "", /^\/sign_in\?next=/);
    assertEquals(await statusOf("/dashboard", cookie), 200, "others stay in");
    const [ended] = await store.endedSessions.documents.find()
      .sort({ expires_at: -1 }).toArray();
    const leftMs = (ended?.expires_at.getTime() ?? 0) - Date.now();
    assert(leftMs > 11 * 3_600_000, "kept while the cookie would hold");
  });

  await t.step("lead nowhere but to our own pages", async () => {
    for (const next of ["//evil.example", "https://evil.example", "/\\evil"]) {
      const { location } = await ask("/sign_in", {
        method: "POST",
        body: new URLSearchParams({ password: ADMIN_PASSWORD, next }),
      });
      assertEquals(location, "/dashboard", next);
      const theme = new URLSearchParams({ theme: "dark", next });
      const chosen = await ask("/dashboard/theme", {
        method: "POST",
        headers: { cookie },
        body: theme,
      });
      assertEquals(chosen.location, "/dashboard", next);
    }
  });

  await t.step("give the session to no script and no other site", async () => {
    const { headers } = await ask("/sign_in", {
      method: "POST",
      headers: { cookie: "rollcall_session=fixed.by.somebody" },
      body: new URLSearchParams({ password: ADMIN_PASSWORD }),
    });
    const set = headers.getSetCookie().join();
    assertMatch(set, /HttpOnly/);
    assertMatch(set, /SameSite=Lax/);
    assert(!set.includes("fixed.by.somebody"));
  });

  await t.step("close for a while after ten wrong passwords", async () => {
    const guess = (password: string) =>
      ask("/sign_in", {
        method: "POST",
        body: new URLSearchParams({ password }),
      });
    for (let index = 0; index < 10; index++) {
      assertEquals((await guess(`wrong ${index}`)).status, 401);
    }
    const closed = await guess(ADMIN_PASSWORD);
    assertEquals(closed.status, 429);
    assert(Number(closed.headers.get("retry-after")) > 0);
    const page = await browser.newPage();
    await page.goto(`${origin}/sign_in`);
    await page.fill("#password", ADMIN_PASSWORD);
    await page.click("button[type=submit]");
    await page.getByText("Too many wrong passwords").waitFor();
    // Whoever is in stays in.
    const inside = await ask("/dashboard", { headers: { cookie } });
    assertEquals(inside.status, 200);
    await page.context().close();
  });
});
