/** Operators and viewers who sign in with Clerk, against the running service. */
import { assert, assertEquals } from "@std/assert";
import { FakeClerk } from "../../support/clerk_api/start_clerk_api.ts";
import { makeClerkTokens } from "../../support/clerk_tokens.ts";
import { startRollcall } from "../../support/rollcall_process.ts";

const EXPORT = "/dashboard/users/export?format=csv";

Deno.test("signing in with Clerk", async (t) => {
  const tokens = await makeClerkTokens();
  await using clerk = new FakeClerk({ rateLimit: 100_000 });
  const join = async (email: string) => (await clerk.createUser({ email })).id;
  await using rollcall = await startRollcall({
    env: {
      ADMIN_PASSWORD: "",
      CLERK_API_URL: clerk.url,
      CLERK_SECRET_KEY: clerk.secretKey,
      CLERK_PUBLISHABLE_KEY: tokens.publishableKey,
      CLERK_JWT_KEY: tokens.jwtKey,
      ROLLCALL_OPERATORS: "ada@example.com, linus@example.com",
      ROLLCALL_VIEWERS: "grace@example.com",
    },
  });
  const { origin } = rollcall;

  /** Answers a visit; `cookie` is of our own session, if one began. */
  const visit = async (path: string, cookie = "") => {
    const { status, headers, body } = await fetch(origin + path, {
      redirect: "manual",
      headers: { cookie, "sec-fetch-dest": "document", accept: "text/html" },
    });
    await body?.cancel();
    return {
      status,
      location: headers.get("location"),
      cookie: headers.getSetCookie().find((value) =>
        value.startsWith("rollcall_session=")
      )?.split(";")[0],
    };
  };
  const enter = (cookie: string, next = "/dashboard/users") =>
    visit(`/sign_in/clerk?next=${encodeURIComponent(next)}`, cookie);

  await t.step("offers Clerk alone where there is no password", async () => {
    const html = await (await fetch(`${origin}/sign_in`)).text();
    assert(html.includes("Sign in with Clerk"));
    assert(!html.includes('type="password"'));
    const guess = await fetch(`${origin}/sign_in`, {
      method: "POST",
      body: new URLSearchParams({ password: "" }),
    });
    assertEquals(guess.status, 401);
    await guess.body?.cancel();
  });

  await t.step("leads to Clerk's page and back", async () => {
    const { status, location } = await enter("");
    const page = new URL(location ?? "");
    assertEquals([status, page.host], [303, "accounts.example.com"]);
    const back = new URL(page.searchParams.get("redirect_url") ?? "");
    assertEquals(back.origin + back.pathname, `${origin}/sign_in/clerk`);
    assertEquals(back.searchParams.get("next"), "/dashboard/users");
    const again = await visit(back.pathname + back.search);
    assertEquals(again.location, "/sign_in?refused=nobody", "not for ever");
  });

  await t.step("has a browser that Clerk knows shown to Clerk", async () => {
    const nowS = Math.floor(Date.now() / 1_000);
    const { status, location } = await enter(`__client_uat=${nowS}`);
    assertEquals([status, new URL(location ?? "").host], [
      307,
      "clerk.example.com",
    ]);
  });

  await t.step("lets operators do and viewers look", async () => {
    const expected = { "ada@example.com": 200, "grace@example.com": 403 };
    for (const [email, exported] of Object.entries(expected)) {
      const entered = await enter(await tokens.cookieOf(await join(email)));
      assertEquals(
        [entered.status, entered.location],
        [303, "/dashboard/users"],
      );
      assertEquals((await visit("/dashboard", entered.cookie)).status, 200);
      assertEquals((await visit(EXPORT, entered.cookie)).status, exported);
      const html = await (await fetch(`${origin}/dashboard`, {
        headers: { cookie: entered.cookie ?? "" },
      })).text();
      assert(html.includes(email), "the page says who one is");
    }
  });

  await t.step("lets nobody else in, and says why", async () => {
    const unverified = await clerk.createUser({ email: "linus@example.com" });
    for (const address of unverified.email_addresses) {
      address.verification = null;
    }
    await clerk.updateUser(unverified.id, {
      email_addresses: unverified.email_addresses,
    });
    const banned = await clerk.createUser({
      email: "linus@example.com",
      banned: true,
    });
    const ids = [await join("eve@example.com"), unverified.id, banned.id];
    for (const id of [...ids, "user_nobody"]) {
      const entered = await enter(await tokens.cookieOf(id));
      assertEquals(entered.location, "/sign_in?refused=stranger", id);
      assertEquals(entered.cookie, undefined);
    }
    const html = await (await fetch(`${origin}/sign_in?refused=stranger`))
      .text();
    assert(html.includes("not among the operators and viewers"));
  });

  await t.step("believes no token that is forged, old or pending", async () => {
    const id = await join("ada@example.com");
    const forged = await (await makeClerkTokens()).cookieOf(id);
    const pending = await tokens.cookieOf(id, { sts: "pending" });
    const old = await tokens.cookieOf(id, { exp: 1_700_000_000 });
    for (const cookie of [forged, pending, old]) {
      assertEquals((await enter(cookie)).cookie, undefined);
    }
  });

  await t.step("believes no token that was made for another site", async () => {
    const id = await join("ada@example.com");
    const enterFrom = async (azp: string) =>
      (await enter(await tokens.cookieOf(id, { azp }))).cookie !== undefined;
    for (const own of [origin, "http://127.0.0.1:3000", ""]) {
      assert(await enterFrom(own), own);
    }
    const foreign = [
      "https://app.example.com",
      "http://localhost:8000",
      "http://127.0.0.1.evil.example",
      "127.0.0.1",
    ];
    for (const azp of foreign) assert(!await enterFrom(azp), azp);
  });

  await t.step("leads nowhere but to our own pages", async () => {
    const cookie = await tokens.cookieOf(await join("ada@example.com"));
    for (const next of ["//evil.example", "https://evil.example", "/\\evil"]) {
      assertEquals((await enter(cookie, next)).location, "/dashboard", next);
    }
  });
});

Deno.test("GET /sign_in/clerk answers 404 where nobody is listed", async () => {
  await using rollcall = await startRollcall();
  const answer = await fetch(`${rollcall.origin}/sign_in/clerk`);
  await answer.body?.cancel();
  assertEquals(answer.status, 404);
});
