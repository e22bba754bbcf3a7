/** The events, in a real browser. */
import { assert, assertEquals } from "@std/assert";
import { clerkPayload } from "../../support/clerk_payloads.ts";
import { makeRuns } from "./make_runs.ts";
import { openDashboard } from "./open_dashboard.ts";

Deno.test("the events", async (t) => {
  await using dashboard = await openDashboard();
  const { rollcall, signIn } = dashboard;
  const { origin, store } = rollcall;
  await dashboard.seed();

  await t.step("pauses the live view and catches up", async () => {
    const page = await signIn();
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

  await t.step("shows what happened before it began to listen", async () => {
    const page = await signIn();
    await using feed = await rollcall.listen();
    await page.route("**/api/events_stream*", async (route) => {
      const { text } = clerkPayload("user.created__email-password");
      const response = await rollcall.send(text, { id: "msg_between" });
      await response.body?.cancel();
      await feed.outcomes(["msg_between"]);
      await route.continue();
    });
    await page.goto(`${origin}/dashboard/events`);
    await page.locator(`a[href$="/msg_between"]`).waitFor();
    await page.context().close();
  });

  await t.step(
    "tells what verified an event, and why it was discarded",
    async () => {
      const page = await signIn();
      const stale = await store.webhookEvents.documents
        .findOne({ state: "discarded" });
      await page.goto(`${origin}/dashboard/events/${stale?._id}`);
      await page.getByText("stale: a newer state was there already").waitFor();
      await page.getByText(`secret ${stale?.secret}`).waitFor();
      await page.getByText("signed webhook").waitFor();
      await page.context().close();
    },
  );

  await t.step(
    "tells which runs an event had, and how they failed",
    async () => {
      const { event } = await makeRuns(rollcall);
      const page = await signIn();
      await page.goto(origin + event);
      const runs = page.getByRole("table", { name: "Runs" });
      const failed = runs.getByRole("row", {
        name: /Update user from Clerk.*failed/,
      });
      await failed.getByRole("link").click();
      await page.getByText(/Attempt 1 failed: Cannot read user.updated/)
        .waitFor();
      await page.getByRole("table", { name: "Steps" }).locator(
        "svg rect.tone-bad",
      )
        .first().waitFor({ state: "attached" });
      await page.getByRole("link", { name: "clerk/user.updated" }).click();
      await page.waitForURL(origin + event);
      assertEquals(page.errors, []);
      await page.context().close();
    },
  );

  await t.step("masks payloads until an operator reveals them", async () => {
    const page = await signIn();
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
});
