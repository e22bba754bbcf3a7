/** The doors of the dashboard, in a real browser. */
import { assert, assertEquals } from "@std/assert";
import { openDashboard } from "./open_dashboard.ts";

Deno.test("the doors of the dashboard", async (t) => {
  await using dashboard = await openDashboard();
  const { rollcall, askAsViewer } = dashboard;
  const { origin } = rollcall;
  await dashboard.seed();

  await t.step("lets viewers look, and neither reveal nor export", async () => {
    const users = await askAsViewer("/dashboard/users");
    assertEquals(users.status, 200);
    assert(!(await users.text()).includes("Export"));
    const event = await askAsViewer("/dashboard/events/msg_000003");
    assert((await event.text()).includes("Operators can reveal it"));
    for (
      const refused of [
        await askAsViewer("/dashboard/users/export?format=ndjson"),
        await askAsViewer("/dashboard/events/msg_000003", { method: "POST" }),
        await askAsViewer("/dashboard/users/user_000001", { method: "POST" }),
      ]
    ) {
      assertEquals(refused.status, 403);
      await refused.body?.cancel();
    }
  });

  await t.step("answers broken and foreign requests", async () => {
    const cookie = await rollcall.signIn();
    const statusOf = async (path: string, init: RequestInit = {}) => {
      const { status, body } = await fetch(origin + path, {
        redirect: "manual",
        ...init,
        headers: { cookie, ...init.headers },
      });
      await body?.cancel();
      return status;
    };
    assertEquals(await statusOf("/dashboard/users/nobody"), 404);
    assertEquals(await statusOf("/dashboard/users/%E0%A4%A"), 400);
    assertEquals(await statusOf("/dashboard/users?after=broken"), 200);
    const post = {
      method: "POST",
      body: new URLSearchParams({ theme: "dark" }),
    };
    const foreign = { headers: { origin: "https://evil.example" } };
    assertEquals(
      await statusOf("/dashboard/theme", { ...post, ...foreign }),
      403,
    );
    assertEquals(await statusOf("/dashboard/theme", post), 303);
  });
});
