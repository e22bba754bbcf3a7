/** Runs of the functions, in a real browser. */
import { assert, assertEquals } from "@std/assert";
import { clerkPayload } from "../../support/clerk_payloads.ts";
import { openDashboard, rowsOf } from "./open_dashboard.ts";

Deno.test("the runs", async (t) => {
  await using dashboard = await openDashboard();
  const { rollcall, signIn, askAsViewer } = dashboard;
  const { origin, store } = rollcall;
  const payload = clerkPayload("user.created__email-password");
  const { id: userId } = JSON.parse(payload.text).data;

  await t.step("say what they are while there are none", async () => {
    const page = await signIn();
    // The clock starts runs of its own every minute; nobody has cancelled one.
    await page.goto(`${origin}/dashboard/runs?state=cancelled`);
    await page.getByText("No run matches").waitFor();
    await page.context().close();
  });

  await dashboard.seed();
  await using feed = await rollcall.listen();
  const sent = await rollcall.send(payload.text, { id: "msg_run" });
  await sent.body?.cancel();
  await feed.outcomes(["msg_run"]);

  await t.step("are listed by function and state", async () => {
    const page = await signIn();
    await page.goto(`${origin}/dashboard/runs`);
    await page.getByLabel("Function").selectOption("sync-user-from-clerk");
    await page.getByLabel("State").selectOption("completed");
    await page.getByRole("button", { name: "Apply" }).click();
    await page.waitForURL(/function=sync-user-from-clerk&state=completed/);
    assertEquals(await rowsOf(page).count(), 1);
    await page.goto(
      `${origin}/dashboard/runs?function=sync-user-from-clerk&state=failed`,
    );
    await page.getByText("No run matches").waitFor();
    assertEquals(page.errors, []);
    await page.context().close();
  });

  await t.step("lead from the user to the event and back", async () => {
    const page = await signIn();
    await page.goto(`${origin}/dashboard/users/${userId}`);
    await page.getByRole("link", { name: "run", exact: true }).click();
    await page.getByRole("heading", { name: "Sync user from Clerk" }).waitFor();
    await page.getByText("without steps").waitFor();
    assert(
      !(await page.textContent("main"))?.includes("example.com"),
      "masked",
    );
    await page.getByRole("link", { name: "clerk/user.created" }).click();
    await page.waitForURL(/msg_run/);
    const runs = page.getByRole("table", { name: "Runs" });
    await runs.getByText("Sync user from Clerk").waitFor();
    await page.context().close();
  });

  await t.step("run once more when an operator says so twice", async () => {
    const page = await signIn();
    await page.goto(`${origin}/dashboard/runs?function=sync-user-from-clerk`);
    await rowsOf(page).first().locator("a").click();
    await page.getByText("Run again…").click();
    const before = page.url();
    await page.getByRole("button", {
      name: "Run sync-user-from-clerk once more",
    })
      .click();
    await page.waitForURL((url) => url.href !== before);
    const [entry] = await store.auditLog.readNewest(1);
    assertEquals(entry?.action, "rerun");
    assert(before.endsWith(`/${entry?.subject}`));
    await page.context().close();
  });

  await t.step(
    "show their steps, and are cancelled by an operator",
    async () => {
      const page = await signIn();
      await page.goto(`${origin}/dashboard/replay`);
      await page.getByLabel("10 a second").check();
      await page.getByRole("button", { name: /^Replay/ }).click();
      await page.waitForURL(/jobs/);
      await page.goto(`${origin}/dashboard/runs?function=replay-events`);
      const link = rowsOf(page).first().locator("a");
      await link.waitFor();
      await link.click();
      const steps = page.getByRole("table", { name: "Steps" });
      await steps.getByRole("cell", { name: /^start/ }).waitFor();
      await page.getByText("Cancel…").click();
      await page.getByRole("button", { name: "Cancel this run" }).click();
      await page.locator("h1").getByText("cancelled").waitFor();
      await page.context().close();
    },
  );

  await t.step(
    "are left alone by viewers, and unknown ones are 404",
    async () => {
      const post = { method: "POST", body: new URLSearchParams() };
      const refused = await askAsViewer("/dashboard/runs/x", post);
      const unknown = await askAsViewer("/dashboard/runs/x");
      assertEquals([refused.status, unknown.status], [403, 404]);
      await Promise.all([refused.body?.cancel(), unknown.body?.cancel()]);
    },
  );
});
