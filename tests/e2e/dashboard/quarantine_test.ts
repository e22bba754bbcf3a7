/** The quarantine, in a real browser. */
import { assertEquals } from "@std/assert";
import { clerkSecret } from "../../../tasks/demo/demo_clerk.ts";
import { openDashboard, rowsOf } from "./open_dashboard.ts";

Deno.test("the quarantine", async (t) => {
  await using dashboard = await openDashboard();
  const { rollcall, signIn, askAsViewer } = dashboard;
  const { origin, store } = rollcall;

  await t.step("says what belongs there while it is empty", async () => {
    const page = await signIn();
    await page.goto(`${origin}/dashboard/events`);
    await page.getByRole("link", { name: "Quarantine" }).click();
    await page.getByText("Nothing was refused").waitFor();
    await page.context().close();
  });

  await dashboard.seed();

  await t.step(
    "lists what was refused by reason, with what to do",
    async () => {
      const page = await signIn();
      await page.goto(`${origin}/dashboard/events/quarantine`);
      const all = await store.quarantine.documents.countDocuments();
      assertEquals(await rowsOf(page).count(), all);
      await page.getByLabel("Reason").selectOption("stale-timestamp");
      await page.getByRole("button", { name: "Apply" }).click();
      await page.waitForURL(/reason=stale-timestamp/);
      assertEquals(
        await rowsOf(page).count(),
        await store.quarantine.documents
          .countDocuments({ reason: "stale-timestamp" }),
      );
      await page.getByText("Check this machine's clock").waitFor();
      await page.context().close();
    },
  );

  await t.step("has a second look taken at wrong signatures", async () => {
    const page = await signIn();
    await page.goto(`${origin}/dashboard/events/quarantine`);
    await page.getByRole("button", { name: "Verify again" }).click();
    await page.getByText("It was asked for").waitFor();
    const refused = await askAsViewer("/dashboard/events/quarantine", {
      method: "POST",
    });
    assertEquals(refused.status, 403);
    await refused.body?.cancel();
    await page.context().close();
  });

  await t.step(
    "shows headers and body of a webhook without personal data",
    async () => {
      const body = JSON.stringify({
        type: "user.created",
        data: { id: "user_x", first_name: "Hidden" },
      });
      const page = await signIn();
      await page.goto(`${origin}/dashboard/events/quarantine`);
      await page.getByText("Live", { exact: true }).waitFor();
      const answer = await rollcall.send(body, {
        id: "msg_forged",
        secret: clerkSecret(),
      });
      assertEquals(answer.status, 400);
      await answer.body?.cancel();
      // It is written after the answer, and the page shows it by itself.
      const row = rowsOf(page).filter({ hasText: "msg_forged" });
      await row.locator("summary").click();
      await row.getByText("svix-timestamp").waitFor();
      const text = await row.locator("pre").textContent();
      assertEquals(text, body.replace("Hidden", "…"));
      await page.context().close();
    },
  );
});
