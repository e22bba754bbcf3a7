/** Replays from where an operator finds their events, in a real browser. */
import { assertEquals, assertMatch } from "@std/assert";
import { clerkPayload } from "../../support/clerk_payloads.ts";
import { openDashboard, rowsOf } from "./open_dashboard.ts";

Deno.test("replays", async (t) => {
  await using dashboard = await openDashboard();
  const { rollcall, signIn, askAsViewer } = dashboard;
  const { origin, store } = rollcall;
  await dashboard.seed();

  await t.step("count the events of the list's filter first", async () => {
    const page = await signIn();
    await page.goto(`${origin}/dashboard/events?state=failed`);
    await page.getByRole("link", { name: "Replay these" }).click();
    const failed = await store.webhookEvents.documents
      .countDocuments({ state: "failed" });
    await page.getByText(`${failed} events`, { exact: true }).waitFor();
    await page.getByText("in state failed").waitFor();
    await page.getByRole("button", { name: `Replay ${failed} events` })
      .waitFor();
    await page.goto(`${origin}/dashboard/events?text=msg_00001`);
    await page.getByRole("link", { name: "Replay these" }).click();
    await page.getByRole("button", { name: "Replay 10 events" }).waitFor();
    assertEquals(page.errors, []);
    await page.context().close();
  });

  await t.step("send one event in the mode that was chosen", async () => {
    await using feed = await rollcall.listen();
    const payload = clerkPayload("user.created__email-password");
    const sent = await rollcall.send(payload.text, { id: "msg_again" });
    await sent.body?.cancel();
    await feed.outcomes(["msg_again"]);
    await using secondFeed = await rollcall.listen();
    const page = await signIn();
    await page.goto(`${origin}/dashboard/events/msg_again`);
    await page.getByRole("link", { name: "Replay" }).click();
    await page.getByLabel("Data and automations").check();
    await page.getByLabel("10 a second").check();
    await page.getByRole("button", { name: "Replay 1 event" }).click();
    await page.waitForURL(/\/dashboard\/jobs\?asked=/);
    await secondFeed.outcomes(["msg_again"]);
    const id = new URL(page.url()).searchParams.get("asked") ?? "";
    const job = await store.jobs.read(id);
    assertEquals(
      [job?.total, job?.request.mode, job?.request.perSecond, job?.actor],
      [1, "full", 10, "admin"],
    );
    const [entry] = await store.auditLog.readNewest(1);
    assertEquals([entry?.action, entry?.subject], ["replay-events-full", id]);
    await page.context().close();
  });

  await t.step("take all open failures at once", async () => {
    const page = await signIn();
    await page.goto(`${origin}/dashboard/failures`);
    const open = await store.deadLetters.documents
      .countDocuments({ replayed_at: null });
    assertEquals(await rowsOf(page).count(), open);
    await page.getByRole("link", { name: `Replay all ${open}` }).click();
    await page.getByRole("button", { name: `Replay ${open} events` }).click();
    await page.waitForURL(/\/dashboard\/jobs\?asked=/);
    await page.goto(`${origin}/dashboard/failures`);
    await page.getByText("Nothing has failed").waitFor();
    await page.context().close();
  });

  await t.step(
    "are not offered for what Rollcall itself had asked",
    async () => {
      await store.deadLetters.add({
        function_id: "rollcall-erase-user",
        event_id: "own_event",
        event_name: "rollcall/user.erase.requested",
        subject: null,
        run_id: "run_own",
        error: { name: "Error", message: "MongoDB does not answer" },
        failed_at: new Date(),
      });
      const page = await signIn();
      await page.goto(`${origin}/dashboard/failures`);
      await page.getByRole("link", { name: "Run again…" }).waitFor();
      assertEquals(
        await page.getByRole("link", { name: "Replay…" }).count(),
        0,
      );
      await page.getByRole("button", { name: "Set aside" }).click();
      await page.getByText("Nothing has failed").waitFor();
      const [entry] = await store.auditLog.readNewest(1);
      assertEquals(
        [entry?.action, entry?.subject],
        ["set-aside-failure", "own_event"],
      );
      const refused = await askAsViewer("/dashboard/failures", {
        method: "POST",
        body: new URLSearchParams({ aside: "own_event" }),
      });
      await refused.body?.cancel();
      assertEquals(refused.status, 403);
      await page.context().close();
    },
  );

  await t.step("show their progress, pause, go on and stop", async () => {
    const page = await signIn();
    await page.goto(`${origin}/dashboard/replay`);
    const all = await store.webhookEvents.documents.countDocuments();
    await page.getByLabel("10 a second").check();
    await page.getByRole("button", { name: `Replay ${all} events` }).click();
    await page.waitForURL(/\/dashboard\/jobs\?asked=/);
    const id = new URL(page.url()).searchParams.get("asked") ?? "";
    const job = page.locator(`[id="job-${id}"]`);
    const press = async (name: string, state: string) => {
      await job.getByRole("button", { name }).click();
      await job.getByText(state, { exact: true }).waitFor();
      assertEquals((await store.jobs.read(id))?.state, state);
    };
    await press("Pause", "paused");
    await press("Resume", "running");
    await press("Cancel", "cancelled");
    const done = (await store.jobs.read(id))?.done;
    await job.getByText(`${done} of ${all} events`).waitFor();
    assertEquals(page.errors, []);
    await page.context().close();
  });

  await t.step(
    "are not for viewers, and refuse what no form sends",
    async () => {
      const post = { method: "POST", body: new URLSearchParams() };
      const path = "/dashboard/replay?state=failed";
      const [page, sent] = [
        await askAsViewer(path),
        await askAsViewer(path, post),
      ];
      assertEquals([page.status, sent.status], [403, 403]);
      await Promise.all([page.body?.cancel(), sent.body?.cancel()]);
      const list = await askAsViewer("/dashboard/events");
      assertEquals((await list.text()).includes("Replay these"), false);
      const cookie = await rollcall.signIn();
      const broken = await fetch(`${origin}${path}`, {
        method: "POST",
        headers: { cookie, origin },
        body: new URLSearchParams({ until: "1", mode: "all", rate: "5" }),
      });
      assertMatch(await broken.text(), /not understood/);
      assertEquals(broken.status, 400);
    },
  );
});
