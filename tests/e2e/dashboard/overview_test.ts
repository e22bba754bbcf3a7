/** The overview, in a real browser. */
import { assert, assertEquals } from "@std/assert";
import { EVENTS, figureOf, openDashboard, USERS } from "./open_dashboard.ts";

Deno.test("the overview", async (t) => {
  await using dashboard = await openDashboard();
  const { rollcall, signIn } = dashboard;
  const { origin, store } = rollcall;

  await t.step("says what to do while nothing has arrived", async () => {
    const page = await signIn();
    await page.getByText("Waiting for the first event").waitFor();
    await page.goto(`${origin}/dashboard/users`);
    await page.getByText("No user is synced yet").waitFor();
    await page.goto(`${origin}/dashboard/failures`);
    await page.getByText("Nothing has failed").waitFor();
    assertEquals(page.errors, []);
    await page.context().close();
  });

  await dashboard.seed();

  await t.step("shows the numbers that the store has", async () => {
    const page = await signIn();
    const all = await store.webhookEvents.documents.find().toArray();
    const hourAgo = Date.now() - 3_600_000;
    const recent = all.filter(({ received_at }) =>
      received_at.getTime() >= hourAgo
    );
    assertEquals(await figureOf(page, "Users"), USERS);
    // The hour goes on while the test runs: an event is ten seconds apart.
    const shown = await figureOf(page, "Events in the last hour");
    assert(Math.abs(shown - recent.length) <= 3, `${shown}, ${recent.length}`);
    assertEquals(
      await figureOf(page, "Failures"),
      all.filter(({ state }) => state === "failed").length,
    );
    await page.goto(`${origin}/dashboard?span=7d`);
    const title = await page.textContent("#events-chart");
    assertEquals(title, `Events by type: ${EVENTS}`);
    await page.context().close();
  });
});
