/** The events, in a real browser. */
import { assert, assertEquals } from "@std/assert";
import { clerkPayload } from "../../support/clerk_payloads.ts";
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
