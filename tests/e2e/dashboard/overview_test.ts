/** The overview, in a real browser: its numbers are counted again by themselves. */
import { assert, assertEquals } from "@std/assert";
import type { WebhookEventDocument } from "../../../lib/store/webhook_events.ts";
import type { TestPage } from "../../support/browser.ts";
import { EVENTS, figureOf, openDashboard, USERS } from "./open_dashboard.ts";

Deno.test("the overview", async (t) => {
  await using dashboard = await openDashboard();
  const { rollcall, signIn } = dashboard;
  const { origin, store } = rollcall;

  await t.step("says what to do while nothing has arrived", async () => {
    const page = await signIn();
    await page.getByText("Waiting for the first event").waitFor();
    await page.getByText("Three steps to the first event").waitFor();
    assertEquals(
      await page.locator(".setup code.payload").textContent(),
      `${origin}/api/webhooks/clerk`,
    );
    await page.goto(`${origin}/dashboard/users`);
    await page.getByText("No user is synced yet").waitFor();
    await page.goto(`${origin}/dashboard/failures`);
    await page.getByText("Nothing has failed").waitFor();
    assertEquals(page.errors, []);
    await page.context().close();
  });

  await dashboard.seed();
  const all = await store.webhookEvents.documents.find().toArray();
  const failedCount = all.filter(({ state }) => state === "failed").length;

  await t.step("shows the numbers that the store has", async () => {
    const page = await signIn();
    const hourAgo = Date.now() - 3_600_000;
    const recent = all.filter(({ received_at }) =>
      received_at.getTime() >= hourAgo
    );
    assertEquals(await figureOf(page, "Users"), USERS);
    // The hour goes on while the test runs: an event is ten seconds apart.
    const shown = await figureOf(page, "Events, last hour");
    assert(Math.abs(shown - recent.length) <= 3, `${shown}, ${recent.length}`);
    assertEquals(await figureOf(page, "Failures"), failedCount);
    const open = await store.drift.items.find({ state: "open" }).toArray();
    assertEquals(await figureOf(page, "Drift"), open.length);
    const scans = await store.drift.reports.find({ state: "done" }).toArray();
    const lastAt = new Date(
      Math.max(...scans.map(({ finished_at }) => finished_at?.getTime() ?? 0)),
    );
    const scan = page.locator(".figure", { hasText: "Last good scan" });
    assertEquals(
      await scan.locator("time").getAttribute("datetime"),
      lastAt.toISOString(),
    );
    await page.context().close();
  });

  await t.step("shows the lag that most events stayed below", async () => {
    const page = await signIn();
    const text = await page.locator(".figure", { hasText: "Lag, p95" })
      .locator("dd").textContent();
    const lags = all.flatMap(({ lag_ms }) => lag_ms ?? []).sort((a, b) =>
      a - b
    );
    const expectedMs = lags[Math.floor(lags.length * 0.95)] ?? 0;
    const shownMs = Number(/^(\d+) ms$/.exec(text ?? "")?.[1]);
    // The record of freshness keeps classes of values, not each of them.
    assert(Math.abs(shownMs / expectedMs - 1) < 0.1, `${text}, ${expectedMs}`);
    await page.context().close();
  });

  await t.step("draws charts of the numbers that the store has", async () => {
    const page = await signIn();
    for (const [span, label] of [["24h", "24 hours"], ["7d", "7 days"]]) {
      await page.getByRole("link", { name: label ?? "" }).click();
      await page.waitForURL(`${origin}/dashboard?span=${span}`);
      assertEquals(
        await page.textContent("#events-chart"),
        `Events by type: ${EVENTS}`,
      );
      assertEquals(
        await page.textContent("#failures-chart"),
        `Failures: ${failedCount}`,
      );
      await assertCharted(page, all);
    }
    assertEquals(page.errors, []);
    await page.context().close();
  });

  await t.step("tells the charts' times in the chosen zone", async () => {
    const page = await signIn();
    const { host } = new URL(origin);
    await page.context().addCookies([{
      name: "rollcall_zone",
      value: "Asia/Kolkata",
      domain: host.split(":")[0] ?? "",
      path: "/",
    }]);
    const readFirst = () => page.locator(".axis span").first().textContent();
    const utc = await readFirst();
    await page.reload();
    const shiftMs = new Date(`2026-01-01T${await readFirst()}Z`).getTime() -
      new Date(`2026-01-01T${utc}Z`).getTime();
    const shiftMinutes = (shiftMs / 60_000 + 1_440) % 1_440;
    // A bucket of two minutes may have ended in between.
    assert([330, 332].includes(shiftMinutes), `${shiftMinutes} min`);
    await page.context().close();
  });
});

/** The chart's table says the same as the picture: its sums are the counts. */
async function assertCharted(
  page: TestPage,
  events: readonly WebhookEventDocument[],
): Promise<void> {
  const table = page.locator("#events-chart-table table");
  const heads = await table.locator("th").allTextContents();
  const rows = await table.locator("tbody tr").all();
  const cells = await Promise.all(
    rows.map((row) => row.locator("td").allTextContents()),
  );
  for (const type of ["user.updated", "user.created", "user.deleted"]) {
    const column = heads.indexOf(type);
    const sum = cells.reduce(
      (total, row) => total + Number(row[column]?.replaceAll(",", "")),
      0,
    );
    const expected = events.filter((event) => event.type === type).length;
    assertEquals(sum, expected, type);
  }
}
