/** Differences from Clerk and their repair, in a real browser, with a Clerk behind. */
import { assert, assertEquals } from "@std/assert";
import type { DriftItem } from "../../../lib/store/drift_documents.ts";
import { figureOf, rowsOf } from "./open_dashboard.ts";
import { openSyncedDashboard } from "./synced_clerk.ts";

const EDITED = 5;

const item = (
  _id: string,
  fields: DriftItem["fields"],
): DriftItem => ({
  _id,
  fields,
  collection: "users",
  place: null,
  kind: "edited",
  state: "open",
  cause: "edited-elsewhere",
  report_id: "report_1",
  first_seen_at: new Date(),
  seen_at: new Date(),
});

Deno.test("drift", async (t) => {
  await using opened = await openSyncedDashboard(12);
  const { dashboard, ids } = opened;
  const { rollcall, signIn, askAsViewer } = dashboard;
  const { origin, store } = rollcall;

  await t.step("says what a scan does while there was none", async () => {
    const page = await signIn();
    await page.goto(`${origin}/dashboard/drift`);
    await page.getByText("Nothing compared yet").waitFor();
    await page.context().close();
  });

  // One user is banned here and not there, the others have another name.
  for (const [index, id] of ids.slice(0, EDITED).entries()) {
    const change = index === 0 ? { banned: true } : { first_name: "Wrong" };
    const before = await store.users.documents.findOneAndUpdate(
      { _id: id },
      { $set: change },
    );
    const field = index === 0 ? "banned" : "first_name";
    const mongodb = index === 0 ? true : "Wrong";
    const clerk = before?.[field] ?? null;
    await store.drift.items.insertOne(item(id, [{ field, clerk, mongodb }]));
  }
  const [bannedId = "", firstId = "", secondId = ""] = ids;
  const readName = async (id: string) =>
    (await store.users.documents.findOne({ _id: id }))?.first_name;

  await t.step("is found by kind and field, in the address", async () => {
    const page = await signIn();
    await page.goto(`${origin}/dashboard/drift`);
    assertEquals(await rowsOf(page).count(), EDITED);
    await page.getByLabel("Kind").selectOption("edited");
    await page.getByRole("textbox", { name: "Field" }).fill("banned");
    await page.getByRole("button", { name: "Apply" }).click();
    await page.waitForURL(/kind=edited&field=banned/);
    assertEquals(await rowsOf(page).count(), 1);
    await page.getByRole("link", { name: "Repair all 1…" }).waitFor();
    await page.goto(`${origin}/dashboard/drift?kind=ghost`);
    await page.getByText("No difference matches").waitFor();
    assertEquals(page.errors, []);
    await page.context().close();
  });

  await t.step("is repaired one by one, after a dry run", async () => {
    const page = await signIn();
    await page.goto(`${origin}/dashboard/drift?field=banned`);
    await page.getByRole("link", { name: "Repair…" }).click();
    const write = await page.locator("tbody code").last().textContent();
    const { $set } = JSON.parse(write ?? "{}");
    assertEquals([$set.banned, $set.sync.source], [false, "reconcile"]);
    assertEquals("first_name" in $set, false, "only what differs is written");
    await page.getByLabel("Why").fill("banned by mistake");
    await page.getByRole("button", { name: "Repair 1 object" }).click();
    await page.getByText("It was asked for").waitFor();
    await page.getByRole("link", { name: "Repair all 4…" }).waitFor();
    const user = await store.users.documents.findOne({ _id: bannedId });
    assertEquals(user?.banned, false);
    const [entry] = await store.auditLog.readNewest(1);
    assertEquals([entry?.subject, entry?.why], [bannedId, "banned by mistake"]);
    await page.context().close();
  });

  await t.step("is repaired for those who were chosen", async () => {
    const page = await signIn();
    await page.goto(`${origin}/dashboard/drift`);
    await page.getByLabel(`Choose ${firstId}`).check();
    await page.getByLabel(`Choose ${secondId}`).check();
    await page.getByRole("button", { name: "Repair those chosen" }).click();
    await page.getByRole("button", { name: "Repair 2 objects" }).click();
    await page.getByRole("link", { name: "Repair all 2…" }).waitFor();
    assert(await readName(firstId) !== "Wrong");
    assert(await readName(secondId) !== "Wrong");
    await page.context().close();
  });

  await t.step("is repaired for all that the filters find", async () => {
    const page = await signIn();
    await page.goto(`${origin}/dashboard/drift?field=first_name`);
    await page.getByRole("link", { name: "Repair all 2…" }).click();
    await page.getByText("in the field first_name").waitFor();
    await page.getByRole("button", { name: "Repair 2 objects" }).click();
    // Nothing was compared yet, so an empty list says no more than that.
    await page.getByText("Nothing compared yet").waitFor();
    const wrong = await store.users.documents.countDocuments({
      first_name: "Wrong",
    });
    assertEquals(wrong, 0);
    await page.context().close();
  });

  await t.step("is looked for when an operator says so", async () => {
    const page = await signIn();
    await page.goto(`${origin}/dashboard/drift`);
    await page.getByRole("button", { name: "Scan now" }).click();
    await page.getByText("two minutes apart").waitFor();
    await page.getByText("Last attempt: running").waitFor();
    assertEquals(await store.drift.reports.countDocuments(), 1);
    assertEquals(await figureOf(page, "Open differences"), 0);
    await page.context().close();
  });

  await t.step("is left alone by viewers", async () => {
    const post = { method: "POST" };
    for (
      const refused of [
        await askAsViewer("/dashboard/drift", post),
        await askAsViewer("/dashboard/drift/repair?all=1"),
        await askAsViewer("/dashboard/drift/repair?all=1", post),
      ]
    ) {
      assertEquals(refused.status, 403);
      await refused.body?.cancel();
    }
  });
});
