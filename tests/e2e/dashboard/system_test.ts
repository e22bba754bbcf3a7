/** The system page, in a real browser. */
import { assert, assertEquals } from "@std/assert";
import { fingerprintSecret } from "../../../lib/clerk/verify_webhook.ts";
import { clerkPayload } from "../../support/clerk_payloads.ts";
import { ADMIN_PASSWORD } from "../../support/rollcall_process.ts";
import { openDashboard, rowsOf } from "./open_dashboard.ts";

const SECRET_KEY = "sk_test_never_shown";

Deno.test("the system page", async (t) => {
  await using dashboard = await openDashboard({
    // Nothing listens here; the key alone counts.
    CLERK_API_URL: "http://127.0.0.1:2",
    CLERK_SECRET_KEY: SECRET_KEY,
    RETENTION_EVENTS_DAYS: "30",
    RETENTION_WORK_DAYS: "0",
  });
  const { rollcall, signIn } = dashboard;
  const { origin, store } = rollcall;
  const path = `${origin}/dashboard/system`;

  await t.step("says what is there while nothing has happened", async () => {
    const page = await signIn();
    await page.goto(path);
    await page.getByText("No alert so far").waitFor();
    await page.getByText("Nothing is on record").waitFor();
    await page.getByText("Has not verified an event yet").waitFor();
    await page.context().close();
  });

  await dashboard.seed();

  await t.step(
    "lists alerts, open and past, as the store has them",
    async () => {
      const page = await signIn();
      await page.goto(path);
      const alerts = await store.alerts.documents.find().toArray();
      assertEquals(await rowsOf(page).count(), alerts.length);
      for (const state of ["open", "closed"] as const) {
        assertEquals(
          await rowsOf(page).filter({ hasText: "opened" }).locator(".badge", {
            hasText: state,
          }).count(),
          alerts.filter((alert) => alert.state === state).length,
          state,
        );
      }
      await page.getByRole("button", { name: "Look now" }).click();
      await page.getByText("It was asked for").waitFor();
      await page.context().close();
    },
  );

  await t.step(
    "tells the last use of each secret, never its value",
    async () => {
      await using feed = await rollcall.listen();
      const { text } = clerkPayload("user.created__email-password");
      const sent = await rollcall.send(text, { id: "msg_secret" });
      await sent.body?.cancel();
      await feed.recorded(["msg_secret"]);
      const page = await signIn();
      await page.goto(path);
      const secrets = page.locator("section[aria-labelledby=secrets]");
      for (const { _id, count } of await store.secretUse.readAll()) {
        const fact = secrets.locator("dl > div", { hasText: _id });
        const shown = await fact.textContent();
        assert(shown?.includes(`by ${count} events`), `${_id}: ${shown}`);
      }
      const own = await fingerprintSecret(rollcall.secret);
      await secrets.getByText(own).waitFor();
      const html = await page.content();
      for (const value of [rollcall.secret, ADMIN_PASSWORD, SECRET_KEY]) {
        assert(!html.includes(value));
        assert(!html.includes(value.replace("whsec_", "")));
      }
      await page.context().close();
    },
  );

  await t.step(
    "tells the settings in force and for how long what is kept",
    async () => {
      const page = await signIn();
      await page.goto(path);
      const factOf = (label: string) =>
        page.locator("dl.facts > div", { hasText: label }).locator("dd")
          .textContent();
      assertEquals(await factOf("Database"), rollcall.database);
      assertEquals(await factOf("Clerk's secret key"), "set");
      assertEquals(await factOf("Events and writes"), "30 days");
      assertEquals(await factOf("Failures, jobs"), "for good");
      assertEquals(await factOf("Audit log"), "365 days");
      await page.context().close();
    },
  );

  await t.step("tells how fresh MongoDB was, hour by hour", async () => {
    const page = await signIn();
    await page.goto(path);
    await page.getByText("hour by hour").click();
    const cells = await page.getByRole("table", { name: "Freshness" })
      .locator("tbody td:last-child").allTextContents();
    const shown = cells.reduce((sum, text) => sum + parseInt(text), 0);
    const applied = await store.webhookEvents.documents
      .countDocuments({ state: "applied" });
    assertEquals(shown, applied);
    await page.context().close();
  });

  await t.step("shows who did what", async () => {
    const page = await signIn();
    await page.goto(`${origin}/dashboard/events/msg_000003`);
    await page.getByRole("button", { name: "Reveal" }).click();
    await page.getByText("Shown in full").waitFor();
    await page.goto(path);
    const log = page.locator("section[aria-labelledby=audit] dl > div");
    const first = await log.first().textContent();
    assert(first?.includes("admin"), first ?? "");
    assert(first?.includes("reveal payload"), first ?? "");
    assert(first?.includes("msg_000003"), first ?? "");
    assertEquals(
      await log.count(),
      await store.auditLog.documents.countDocuments(),
    );
    await page.context().close();
  });

  await t.step(
    "runs the doctor's checks when an operator says so",
    async () => {
      const page = await signIn();
      await page.goto(path);
      await page.getByRole("button", { name: "Run the checks" }).click();
      const table = page.getByRole("table", { name: "Checks" });
      await table.waitFor();
      const results: Record<string, string> = {};
      for (const row of await table.locator("tr").all()) {
        const [name = "", , kind = ""] = await row.locator("td")
          .allTextContents();
        results[name] = kind;
      }
      const { alerts: _, ...others } = results;
      assertEquals(others, {
        "service": "ok",
        "MongoDB and Inngest": "ok",
        "forged webhook": "ok",
        "signed webhook": "ok",
        "Clerk's Backend API": "failed",
      });
      assert(!(await page.content()).includes(SECRET_KEY));
      const [entry] = await store.auditLog.readNewest(1);
      assertEquals(entry?.action, "run-checks");
      assertEquals(page.errors, []);
      await page.context().close();
    },
  );
});
