/** What an operator does with one user, in a real browser, with a Clerk behind. */
import { assert, assertEquals } from "@std/assert";
import { openSyncedDashboard } from "./synced_clerk.ts";

Deno.test("a user's page", async (t) => {
  await using opened = await openSyncedDashboard(8);
  const { dashboard, ids } = opened;
  const { rollcall, signIn, askAsViewer } = dashboard;
  const { origin, store } = rollcall;
  const [userId = "", ghostId = "user_ghost"] = ids;

  await t.step("syncs a user again from Clerk", async () => {
    const before = await store.users.documents.findOneAndUpdate(
      { _id: userId },
      { $set: { first_name: "Edited by hand" } },
    );
    const page = await signIn();
    await page.goto(`${origin}/dashboard/users/${userId}`);
    await page.getByText("Edited by hand").waitFor();
    await page.getByText("Live", { exact: true }).waitFor();
    await page.getByRole("button", { name: "Sync again from Clerk" }).click();
    await page.getByText("It was asked for").waitFor();
    // The page shows the repair by itself.
    await page.getByText("by reconcile").waitFor();
    const after = await store.users.documents.findOne({ _id: userId });
    assertEquals(after?.first_name, before?.first_name);
    assertEquals(page.errors, []);
    await page.context().close();
  });

  await t.step("offers the replay of all events about the user", async () => {
    const page = await signIn();
    await page.goto(`${origin}/dashboard/users/${userId}`);
    await page.getByRole("link", { name: "Replay…" }).click();
    await page.getByText(`about ${userId}`).waitFor();
    await page.context().close();
  });

  await t.step("erases nobody whom Clerk still has", async () => {
    const page = await signIn();
    await page.goto(`${origin}/dashboard/users/${userId}`);
    await page.getByText("Live", { exact: true }).waitFor();
    await page.getByText("Erase…").click();
    await page.getByLabel("to confirm").fill("user_other");
    const erase = page.getByRole("button", {
      name: "Erase this user for good",
    });
    await erase.click();
    assert(!page.url().includes("asked"), "the browser wants the id");
    await page.getByLabel("to confirm").fill(userId);
    await erase.click();
    await page.getByText("Clerk still has this user").waitFor();
    assert(await store.users.documents.findOne({ _id: userId }));
    await page.context().close();
  });

  await t.step("erases a user whom Clerk has deleted", async () => {
    await opened.clerk.deleteUser(ghostId);
    const page = await signIn();
    await page.goto(`${origin}/dashboard/users/${ghostId}`);
    await page.getByText("Live", { exact: true }).waitFor();
    await page.getByText("Erase…").click();
    await page.getByLabel("to confirm").fill(ghostId);
    await page.getByRole("button", { name: "Erase this user for good" })
      .click();
    await page.getByText("Deleted by Clerk").waitFor();
    assertEquals(await store.users.documents.findOne({ _id: ghostId }), null);
    await page.context().close();
  });

  await t.step("does nothing for viewers, nor without the id", async () => {
    const path = `/dashboard/users/${userId}`;
    const refused = await askAsViewer(path, { method: "POST" });
    const cookie = await rollcall.signIn();
    const untyped = await fetch(origin + path, {
      method: "POST",
      headers: { cookie, origin },
      body: new URLSearchParams({ action: "erase", typed: "user" }),
    });
    assertEquals([refused.status, untyped.status], [403, 400]);
    await Promise.all([refused.body?.cancel(), untyped.body?.cancel()]);
  });
});
