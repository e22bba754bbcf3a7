/** How Clerk's API answers before any list or user comes into play. */

import { assertEquals, assertMatch } from "@std/assert";
import { askClerk, codeOf } from "../../support/clerk_api/ask_clerk.ts";
import { ManualClock } from "../../support/clerk_api/manual_clock.ts";
import { startClerkApi } from "../../support/clerk_api/start_clerk_api.ts";

Deno.test("GET answers 401 before routing, even on an unknown path", async (t) => {
  await using clerk = await startClerkApi();
  const cases = [
    { authorization: "", code: "authorization_header_format_invalid" },
    { authorization: "Basic abc", code: "authorization_header_format_invalid" },
    { authorization: "Bearer", code: "authorization_header_format_invalid" },
    { authorization: "Bearer sk_test_other", code: "clerk_key_invalid" },
  ];
  for (const { authorization, code } of cases) {
    await t.step(authorization || "no header", async () => {
      const answer = await askClerk(clerk, "/nowhere", { authorization });
      assertEquals([answer.status, codeOf(answer)], [401, code]);
    });
  }
});

Deno.test("GET answers 404 for an unknown path with a good key", async () => {
  await using clerk = await startClerkApi();
  const answer = await askClerk(clerk, "/nowhere");
  assertEquals([answer.status, codeOf(answer)], [404, "resource_not_found"]);
});

Deno.test("GET answers exactly application/json and names its trace", async () => {
  await using clerk = await startClerkApi({ users: 1 });
  const good = await askClerk(clerk, "/users");
  const bad = await askClerk(clerk, "/users/user_x");
  assertEquals(good.headers.get("content-type"), "application/json");
  assertEquals(bad.headers.get("content-type"), "application/json");
  assertMatch(bad.body.clerk_trace_id, /^[0-9a-f]{32}$/);
});

Deno.test("GET takes a known API version once and refuses others", async (t) => {
  await using clerk = await startClerkApi();
  const cases = [
    { header: "2026-05-12", query: "", status: 200 },
    { header: "", query: "?__clerk_api_version=2021-02-05", status: 200 },
    { header: "1999-01-01", query: "", status: 400 },
    {
      header: "2026-05-12",
      query: "?__clerk_api_version=2026-05-12",
      status: 400,
    },
  ];
  for (const { header, query, status } of cases) {
    await t.step(`${header} ${query}`, async () => {
      const headers: Record<string, string> = header
        ? { "clerk-api-version": header }
        : {};
      const answer = await askClerk(clerk, `/users${query}`, headers);
      assertEquals(answer.status, status);
    });
  }
});

Deno.test("GET answers 400 to a query that is not well-formed", async () => {
  await using clerk = await startClerkApi();
  const answer = await askClerk(clerk, "/users?query=%zz");
  assertEquals(codeOf(answer), "malformed_request_parameters");
});

Deno.test("POST is refused: the simulated API is read-only", async () => {
  await using clerk = await startClerkApi();
  const answer = await fetch(`${clerk.url}/v1/users`, {
    method: "POST",
    headers: { authorization: `Bearer ${clerk.secretKey}` },
  });
  await answer.body?.cancel();
  assertEquals(answer.status, 405);
});

Deno.test("GET answers 429 with Retry-After once an endpoint's window is full", async () => {
  const clock = new ManualClock();
  await using clerk = await startClerkApi({ users: 3, clock, rateLimit: 2 });
  const ask = () => askClerk(clerk, "/users");
  await ask();
  clock.advance(3_500);
  assertEquals((await ask()).status, 200);
  const refused = await ask();
  assertEquals(codeOf(refused), "too_many_requests");
  assertEquals(refused.headers.get("retry-after"), "7");
  assertEquals((await askClerk(clerk, "/users/count")).status, 200);
  clock.advance(6_500);
  assertEquals((await ask()).status, 200);
});

Deno.test("GET keeps Clerk's own limits: 100 for a test key, 1000 for a live one", async (t) => {
  for (
    const [secretKey, limit] of [["sk_test_a", 100], [
      "sk_live_a",
      1000,
    ]] as const
  ) {
    await t.step(secretKey, async () => {
      const clock = new ManualClock();
      await using clerk = await startClerkApi({ secretKey, clock });
      const statuses: number[] = [];
      for (let nth = 0; nth <= limit; nth++) {
        statuses.push((await askClerk(clerk, "/users/count")).status);
      }
      assertEquals(statuses.indexOf(429), limit);
    });
  }
});

Deno.test("GET /instance names the instance, and says by the key of which kind it is", async () => {
  for (const kind of ["test", "live"]) {
    await using clerk = await startClerkApi({ secretKey: `sk_${kind}_x` });
    const { body } = await askClerk(clerk, "/instance");
    const environment = kind === "live" ? "production" : "development";
    assertEquals([body.id, body.environment_type], [clerk.id, environment]);
  }
});
