/** The users, in a real browser. */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { clerkPayload } from "../../support/clerk_payloads.ts";
import { openDashboard, rowsOf } from "./open_dashboard.ts";

Deno.test("the users", async (t) => {
  await using dashboard = await openDashboard();
  const { rollcall, signIn } = dashboard;
  const { origin, store } = rollcall;
  await dashboard.seed();

  await t.step("shows a user who arrives, without a reload", async () => {
    const page = await signIn();
    await page.goto(`${origin}/dashboard/users`);
    await page.getByText("Live", { exact: true }).waitFor();
    const payload = clerkPayload("user.created__email-password");
    const response = await rollcall.send(payload.text, { id: "msg_live" });
    await response.body?.cancel();
    const { id } = JSON.parse(payload.text).data;
    await page.locator(`[data-row] a[href$="${id}"]`).waitFor();
    assertEquals(page.errors, []);
    await page.context().close();
  });

  await t.step("finds users by text and filters, in the address", async () => {
    const page = await signIn();
    await page.goto(`${origin}/dashboard/users`);
    await page.getByRole("button", { name: "Keyboard" }).waitFor();
    await page.keyboard.press("/");
    await page.keyboard.type("ADA love");
    await page.keyboard.press("Enter");
    await page.waitForURL(/text=ADA\+love/);
    const names = await rowsOf(page).locator("td:first-child a")
      .allTextContents();
    assert(names.length > 0);
    assertEquals(new Set(names), new Set(["Ada Lovelace"]));

    await page.goto(`${origin}/dashboard/users?banned=1&sort=email`);
    const banned = await store.users.documents.countDocuments({ banned: true });
    assertEquals(await rowsOf(page).count(), banned);
    assert(await page.locator("input[name=banned]").isChecked());

    await page.goto(
      `${origin}/dashboard/users?text=${encodeURIComponent(".*")}`,
    );
    await page.getByText("No user matches").waitFor();
    assertEquals(page.errors, []);
    await page.context().close();
  });

  await t.step(
    "keeps the order in a search by text among a filter",
    async () => {
      const cookie = await rollcall.signIn();
      const listed = async (query: string) => {
        const html = await (await fetch(
          `${origin}/dashboard/users?banned=1&text=user_&${query}`,
          { headers: { cookie } },
        )).text();
        return [...html.matchAll(/<tr data-row.*?\/users\/(user_\d+)"/gs)]
          .map(([, id]) => id);
      };
      const banned = store.users.documents.find({ banned: true });
      const users = await banned.toArray();
      assert(users.length > 2 && users.length <= 50, "all of them on a page");
      const sorted = (
        valueOf: (user: typeof users[number]) => number | string,
      ) =>
        users.toSorted((a, b) => valueOf(a) < valueOf(b) ? -1 : 1)
          .map(({ _id }) => _id);
      assertEquals(
        await listed("sort=email"),
        sorted(({ email }) => email ?? ""),
      );
      assertEquals(
        await listed("sort=created"),
        sorted((user) => -(user.clerk_created_at?.getTime() ?? 0)),
      );
      assertEquals(
        await listed(""),
        sorted(({ sync }) => -sync.synced_at.getTime()),
      );
    },
  );

  await t.step("pages through all users once, in every order", async () => {
    const cookie = await rollcall.signIn();
    const total = await store.users.documents.countDocuments();
    for (const sort of ["", "created", "email", "name"]) {
      const seen: string[] = [];
      let path: string | undefined = `/dashboard/users?sort=${sort}`;
      while (path !== undefined) {
        const html: string = await (await fetch(origin + path, {
          headers: { cookie },
        })).text();
        seen.push(
          ...[...html.matchAll(/data-row.*?href="([^"]+)"/g)].map(([, href]) =>
            href!
          ),
        );
        path = /rel="next" href="([^"]+)"/.exec(html)?.[1]
          ?.replaceAll("&amp;", "&");
      }
      assertEquals(seen.length, total, sort);
      assertEquals(new Set(seen).size, total, sort);
    }
  });

  await t.step("shows the columns that somebody chose", async () => {
    const page = await signIn();
    await page.goto(`${origin}/dashboard/users`);
    await page.getByText("Columns").click();
    for (const name of ["User name", "Created", "Synced"]) {
      await page.getByLabel(name, { exact: true }).uncheck();
    }
    await page.getByLabel("Id", { exact: true }).check();
    await page.getByRole("button", { name: "Apply" }).click();
    await page.waitForURL(/column=email&column=id$/);
    assertEquals(await page.locator("th").allTextContents(), [
      "User",
      "E-mail",
      "Id",
    ]);
    await page.context().close();
  });

  await t.step("finds those that differ from Clerk", async () => {
    const page = await signIn();
    await page.goto(`${origin}/dashboard/users?drifted=1`);
    const open = await store.drift.items.find({ state: "open" }).toArray();
    const ids = open.map(({ _id }) => _id);
    assertEquals(
      await rowsOf(page).count(),
      await store.users.documents.countDocuments({ _id: { $in: ids } }),
    );
    await rowsOf(page).first().locator("a").click();
    await page.getByText("Differs from Clerk").waitFor();
    await page.context().close();
  });

  await t.step("exports what the filters find", async () => {
    const cookie = await rollcall.signIn();
    const read = async (query: string) =>
      await (await fetch(`${origin}/dashboard/users/export?${query}`, {
        headers: { cookie },
      })).text();
    const banned = await store.users.documents.countDocuments({ banned: true });
    const csv = (await read("format=csv&banned=1")).trim().split("\r\n");
    assertMatch(csv[0] ?? "", /^_id,email,/);
    assertEquals(csv.length - 1, banned);
    const ndjson = (await read("format=ndjson")).trim().split("\n");
    assertEquals(
      ndjson.length,
      await store.users.documents.countDocuments(),
    );
    const found = (await read("format=ndjson&text=ada")).trim().split("\n");
    assertEquals(
      new Set(found.map((line) => JSON.parse(line).first_name)),
      new Set(["Ada"]),
    );
  });

  await t.step("says why a document looks as it does", async () => {
    const page = await signIn();
    await page.goto(`${origin}/dashboard/users/user_000001`);
    const line = page.locator(".timeline li", { has: page.locator("table") })
      .first();
    const cells = await line.locator("tr", { hasText: "full_name" })
      .locator("td").allTextContents();
    assertEquals(cells, ["full_name", "Ada Byron", "Ada Lovelace"]);
    const text = await page.locator("main").textContent();
    assert(!text?.includes("hidden-plan"), "metadata is masked");
    await line.locator("a").first().click();
    await page.getByText("What it changed").waitFor();
    await page.context().close();
  });
});
