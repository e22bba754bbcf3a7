/** Automations and their ledger, in a real browser. */
import { assert, assertEquals } from "@std/assert";
import { openDashboard, rowsOf } from "./open_dashboard.ts";

Deno.test("automations", async (t) => {
  await using dashboard = await openDashboard({
    RESEND_API_KEY: "re_test",
    EMAIL_FROM: "Rollcall <hello@example.com>",
  });
  const { rollcall, signIn } = dashboard;
  const { origin, store } = rollcall;
  const path = `${origin}/dashboard/automations`;

  await t.step("say what is configured and what is missing", async () => {
    const page = await signIn();
    await page.goto(path);
    const table = page.getByRole("table", { name: "Automations" });
    await table.getByRole("row", { name: /Welcome.*Resend/ }).waitFor();
    await table.getByRole("row", { name: /Trial.*set STRIPE_SECRET_KEY/ })
      .waitFor();
    await page.getByText("Nothing is in the ledger").waitFor();
    await page.context().close();
  });

  await dashboard.seed();

  await t.step("count what was done as the ledger has it", async () => {
    const page = await signIn();
    await page.goto(path);
    const entries = await store.automationLedger.documents.find().toArray();
    const count = (automation: string, state: string) =>
      entries.filter((entry) =>
        entry.automation === automation && entry.state === state
      ).length;
    const row = page.getByRole("row", { name: /Trial/ }).first();
    const text = await row.textContent();
    assert(text?.includes(`${count("create-trial", "done")} done`));
    assert(text?.includes(`${count("create-trial", "failed")} failed`));
    assertEquals(await rowsOf(page).count(), entries.length);
    await page.context().close();
  });

  await t.step("lead from a failure to its event and replay", async () => {
    const page = await signIn();
    await page.goto(path);
    await page.getByLabel("State").selectOption("failed");
    await page.getByRole("button", { name: "Apply" }).click();
    await page.waitForURL(/state=failed/);
    const failed = await store.automationLedger.documents
      .countDocuments({ state: "failed" });
    assertEquals(await rowsOf(page).count(), failed);
    await rowsOf(page).first().getByRole("link", { name: "Replay…" }).click();
    await page.getByRole("button", { name: "Replay 1 event" }).waitFor();
    assertEquals(page.errors, []);
    await page.context().close();
  });

  await t.step("are in the time line of the user", async () => {
    const page = await signIn();
    const entry = await store.automationLedger.documents
      .findOne({ state: "done" });
    await page.goto(`${origin}/dashboard/users/${entry?.user_id}`);
    const line = page.locator(".timeline li", {
      hasText: entry?.automation ?? "",
    });
    await line.getByText(entry?.provider_id ?? "").waitFor();
    await page.context().close();
  });
});
