/** The faults that the fake can play, as a client sees them. */

import { assertEquals, assertRejects } from "@std/assert";
import type { FaultKind } from "../../support/clerk_api/fault_plan.ts";
import {
  type FakeClerk,
  startClerkApi,
} from "../../support/clerk_api/start_clerk_api.ts";

function ask(clerk: FakeClerk, signal: AbortSignal | null = null) {
  return fetch(`${clerk.url}/v1/users?limit=2`, {
    headers: { authorization: `Bearer ${clerk.secretKey}` },
    signal,
  });
}

Deno.test("failNext() plays each fault that has an answer, then recovers", async (t) => {
  const cases: [FaultKind, number, string, string | null][] = [
    ["status-500", 500, "application/json", null],
    ["status-503", 503, "application/json", null],
    ["html-502", 502, "text/html; charset=utf-8", null],
    ["html-200", 200, "text/html; charset=utf-8", null],
    ["rate-limited", 429, "application/json", "1"],
    ["rate-limited-bare", 429, "application/json", null],
    ["rate-limited-zero", 429, "application/json", "0"],
    ["rate-limited-garbage", 429, "application/json", "soon"],
    ["rate-limited-text", 429, "text/plain", "1"],
  ];
  await using clerk = await startClerkApi({ users: 5 });
  for (const [kind, status, type, retryAfter] of cases) {
    await t.step(kind, async () => {
      clerk.faults.failNext(kind);
      const answer = await ask(clerk);
      await answer.body?.cancel();
      assertEquals(
        [
          answer.status,
          answer.headers.get("content-type"),
          answer.headers.get("retry-after"),
        ],
        [status, type, retryAfter],
      );
      const next = await ask(clerk);
      assertEquals([next.status, (await next.json()).length], [200, 2]);
    });
  }
});

Deno.test("failNext() truncates JSON inside well-framed HTTP", async () => {
  await using clerk = await startClerkApi({ users: 5 });
  clerk.faults.failNext("truncate");
  const answer = await ask(clerk);
  assertEquals(answer.status, 200);
  await assertRejects(() => answer.json(), SyntaxError);
});

Deno.test("failNext() drops the connection in the middle of an answer", async () => {
  await using clerk = await startClerkApi({ users: 5 });
  clerk.faults.failNext("drop");
  await assertRejects(async () => await (await ask(clerk)).text(), TypeError);
});

Deno.test("failNext() holds one request while others are answered", async () => {
  await using clerk = await startClerkApi({ users: 5 });
  clerk.faults.failNext("timeout");
  const giveUp = new AbortController();
  const pending = ask(clerk, giveUp.signal);
  const next = await ask(clerk);
  await next.body?.cancel();
  giveUp.abort();
  await assertRejects(() => pending, DOMException);
  assertEquals(next.status, 200);
});

Deno.test("faults strike at the rates asked for, the same way for the same seed", async () => {
  const runs = [];
  for (const faultSeed of [7, 7, 8]) {
    await using clerk = await startClerkApi({
      faultSeed,
      faults: { "status-500": 0.2, "rate-limited": 0.1 },
    });
    for (let nth = 0; nth < 60; nth++) await (await ask(clerk)).body?.cancel();
    runs.push(clerk.requests.map(({ status }) => status).join());
  }
  assertEquals(runs[0], runs[1]);
  assertEquals(runs[0] === runs[2], false);
  assertEquals(runs[0]?.includes("500") && runs[0]?.includes("429"), true);
});
