/** Every page with hostile names, ids, errors and values on it, in a real browser. */
import { assert, assertEquals } from "@std/assert";
import {
  eventLink,
  userLink,
} from "../../../routes/dashboard/(_components)/links.ts";
import type { TestPage } from "../../support/browser.ts";
import { parseCsv } from "../../support/parse_csv.ts";
import { DASHBOARD_PATHS } from "./dashboard_paths.ts";
import { openDashboard, rowsOf } from "./open_dashboard.ts";
import {
  HOSTILE,
  HOSTILE_EVENT,
  HOSTILE_USER,
  seedHostile,
} from "./seed_hostile.ts";

const USER_PATH = userLink(HOSTILE_USER);
const EVENT_PATH = eventLink(HOSTILE_EVENT);
const { user: _, event: __, repair: ___, ...LISTS } = DASHBOARD_PATHS;

/** The lists, and the pages of what they list. */
const PATHS = [
  ...Object.values(LISTS),
  USER_PATH,
  EVENT_PATH,
  `/dashboard/users?text=${encodeURIComponent(HOSTILE)}&sort=%22%3E%3Cb%3E`,
  `/dashboard/events?text=${encodeURIComponent(HOSTILE)}&from=%22%3E&type=${
    encodeURIComponent(HOSTILE)
  }`,
  `/dashboard/replay?text=${encodeURIComponent(HOSTILE)}`,
  `/dashboard/drift/repair?id=${encodeURIComponent(HOSTILE_USER)}`,
  `/dashboard/jobs?asked=${encodeURIComponent(HOSTILE)}`,
  `/sign_in?next=${encodeURIComponent(HOSTILE)}&refused=${
    encodeURIComponent(HOSTILE)
  }`,
];

/** Nothing of the text has become an element, nor has the browser refused any. */
async function assertHarmless(page: TestPage, path: string): Promise<void> {
  const made = page.locator(
    "main :is(img, script, iframe, b, [onerror], [href^='javascript:' i])",
  );
  assertEquals(await made.count(), 0, path);
  assertEquals(page.errors, [], path);
}

Deno.test("hostile data on every page", async (t) => {
  await using dashboard = await openDashboard();
  const { rollcall, signIn } = dashboard;
  const { origin, store } = rollcall;
  await store.ensureIndexes();
  await seedHostile(store, new Date());

  await t.step("is text and nothing else", async () => {
    const page = await signIn();
    for (const path of PATHS) {
      const response = await page.goto(origin + path);
      assertEquals(response?.status(), 200, path);
      await assertHarmless(page, path);
    }
    await page.context().close();
  });

  await t.step("stays within the width of a small screen", async () => {
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

  await t.step("is led to by its links, and shown as it is", async () => {
    const page = await signIn();
    await page.goto(`${origin}/dashboard/users`);
    await rowsOf(page).first().locator("a").click();
    await page.waitForURL(origin + USER_PATH);
    assert((await page.textContent("h1"))?.includes(HOSTILE));
    assertEquals(await page.title(), `${HOSTILE} · Rollcall`);
    await page.locator(".timeline a").first().click();
    await page.waitForURL(/dashboard/);
    await page.goto(`${origin}/dashboard/failures`);
    await rowsOf(page).first().locator("a").first().click();
    await page.waitForURL(origin + EVENT_PATH);
    assert((await page.textContent("main"))?.includes(HOSTILE_EVENT));
    await page.getByRole("link", { name: "Replay" }).click();
    await page.getByRole("button", { name: "Replay 1 event" }).waitFor();
    await assertHarmless(page, "replay");
    await page.context().close();
  });

  await t.step("is harmless when it is revealed and refreshed", async () => {
    const page = await signIn();
    for (const path of [USER_PATH, EVENT_PATH]) {
      await page.goto(origin + path);
      await page.getByRole("button", { name: "Reveal" }).click();
      await page.getByText("Shown in full").waitFor();
      assert((await page.textContent(".payload"))?.includes("onerror"));
      await assertHarmless(page, path);
    }
    await page.goto(`${origin}/dashboard/users`);
    await page.getByText("Live", { exact: true }).waitFor();
    const refreshed = page.waitForResponse(`${origin}/dashboard/users`);
    const body = JSON.stringify({ type: "x.y", data: {} });
    const sent = await rollcall.send(body, { id: "msg_refresh" });
    await sent.body?.cancel();
    await refreshed;
    await assertHarmless(page, "refreshed");
    await page.context().close();
  });

  await t.step("is disarmed in a spreadsheet and whole in NDJSON", async () => {
    const cookie = await rollcall.signIn();
    const read = async (format: string) =>
      await (await fetch(
        `${origin}/dashboard/users/export?format=${format}&text=${HOSTILE[0]}`,
        { headers: { cookie } },
      )).text();
    const [heads = [], row = []] = parseCsv(await read("csv"));
    assertEquals(row.length, heads.length);
    const cellOf = (name: string) => row[heads.indexOf(name)];
    assertEquals(cellOf("full_name"), HOSTILE);
    assertEquals(cellOf("_id"), HOSTILE_USER);
    assertEquals(cellOf("last_name"), "'=1+1");
    assertEquals(cellOf("phone"), "'+1");
    assertEquals(cellOf("external_id"), `'\t=1+1\n@SUM(1)"`);
    for (const cell of row) assert(!/^[=+\-@\t\r\n]/.test(cell), cell);
    const user = JSON.parse(await read("ndjson"));
    assertEquals([user._id, user.last_name], [HOSTILE_USER, "=1+1"]);
    assertEquals(user.public_metadata[HOSTILE], HOSTILE);
  });
});
