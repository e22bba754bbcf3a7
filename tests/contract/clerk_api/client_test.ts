/** Rollcall's client against Clerk's API: single reads, refusals and faults. */

import {
  assert,
  assertEquals,
  assertFalse,
  assertRejects,
  assertThrows,
} from "@std/assert";
import { ClerkApiError } from "../../../lib/clerk/clerk_api_error.ts";
import { createRateLimiter } from "../../../lib/clerk/rate_limiter.ts";
import type { FaultKind } from "../../support/clerk_api/fault_plan.ts";
import { makeClient } from "../../support/clerk_api/make_client.ts";
import { ManualClock } from "../../support/clerk_api/manual_clock.ts";
import { startClerkApi } from "../../support/clerk_api/start_clerk_api.ts";

Deno.test("getUser() gives a user whole, unknown fields included, and null when gone", async () => {
  await using clerk = await startClerkApi();
  const pim = await clerk.createUser({ email: "pim@example.com" });
  const future = { ...pim, id: "user_2", hat_size: { value: 7 } };
  clerk.users.put(future);
  const client = makeClient(clerk);
  assertEquals(await client.getUser(pim.id), { ...pim });
  assertEquals(await client.getUser("user_2"), { ...future });
  await clerk.deleteUser(pim.id);
  assertEquals(await client.getUser(pim.id), null);
});

Deno.test("getUser() takes a 404 that is not Clerk's own for a failure", async () => {
  await using clerk = await startClerkApi({ users: 3 });
  const bare = () => Promise.resolve(new Response("?", { status: 404 }));
  const client = makeClient(clerk, { fetch: bare });
  await assertRejects(() => client.getUser("user_1"), ClerkApiError, "404");
});

Deno.test("getInstanceId() names the key's instance, or gives null where it is not told", async () => {
  await using clerk = await startClerkApi({ instanceId: "ins_2abc" });
  assertEquals(await makeClient(clerk).getInstanceId(), "ins_2abc");
  const bare = () => Promise.resolve(new Response("?", { status: 404 }));
  const silent = makeClient(clerk, { fetch: bare });
  assertEquals(await silent.getInstanceId(), null);
});

Deno.test("getUser() does not ask for what cannot be an id", async () => {
  await using clerk = await startClerkApi({ users: 3 });
  const client = makeClient(clerk);
  for (const id of ["", "..", "a/b", "count", "+x", "-x", "x?y", "é"]) {
    assertEquals(await client.getUser(id), null);
  }
  assertEquals(clerk.requests.length, 0);
});

Deno.test("every request carries the key and the API version, and no plus sign in its URL", async () => {
  await using clerk = await startClerkApi({ users: 3 });
  const client = makeClient(clerk);
  for await (const _ of client.listUsers()) continue;
  await client.countUsers();
  for (const { url, headers } of clerk.requests) {
    assertEquals(headers.get("authorization"), `Bearer ${clerk.secretKey}`);
    assertEquals(headers.get("clerk-api-version"), "2026-05-12");
    assertFalse(url.search.includes("+"));
  }
  assert(clerk.requests.length >= 2);
});

Deno.test("createClerkApiClient() takes the address with or without /v1", async () => {
  await using clerk = await startClerkApi({ users: 7 });
  for (const suffix of ["", "/", "/v1", "/v1/"]) {
    const client = makeClient(clerk, { apiUrl: clerk.url + suffix });
    assertEquals(await client.countUsers(), 7);
  }
});

Deno.test("createClerkApiClient() refuses a key that no header can carry", async () => {
  await using clerk = await startClerkApi();
  for (const secretKey of ["", " ", "sk_test_a\n", "sk test"]) {
    assertThrows(() => makeClient(clerk, { secretKey }), TypeError);
  }
});

Deno.test("listUsersByIds() gets a hundred at once and leaves out the unknown", async () => {
  await using clerk = await startClerkApi({ users: 150 });
  const client = makeClient(clerk);
  const ids: string[] = [];
  for await (const { users } of client.listUsers()) {
    ids.push(...users.map(({ id }) => id));
  }
  const wanted = [...ids.slice(0, 98), "user_unknown", "-not an id"];
  const found = await client.listUsersByIds(wanted);
  assertEquals(found.length, 98);
  assertEquals(await client.listUsersByIds([]), []);
  await assertRejects(() => client.listUsersByIds(ids), RangeError);
});

Deno.test("getNewestChange() tells which user was changed last and when, or null", async () => {
  const clock = new ManualClock();
  await using clerk = await startClerkApi({ clock });
  const client = makeClient(clerk);
  assertEquals(await client.getNewestChange(), null);
  const { id } = await clerk.createUser();
  await clerk.createUser();
  clock.advance(5_000);
  await clerk.updateUser(id, { last_name: "Vexford" });
  assertEquals(await client.getNewestChange(), {
    userId: id,
    updatedAt: clock.now(),
  });
});

Deno.test("a read outlasts every kind of fault", async (t) => {
  const kinds: FaultKind[] = [
    "status-500",
    "status-503",
    "html-502",
    "html-200",
    "rate-limited",
    "rate-limited-bare",
    "rate-limited-zero",
    "rate-limited-date",
    "rate-limited-garbage",
    "rate-limited-text",
    "timeout",
    "drop",
    "truncate",
  ];
  await using clerk = await startClerkApi({ users: 12 });
  for (const kind of kinds) {
    await t.step(kind, async () => {
      const client = makeClient(clerk, {
        timeoutMs: kind === "timeout" ? 20 : 5_000,
      });
      clerk.faults.failNext(kind, kind);
      assertEquals(await client.countUsers(), 12);
      const { requests, retries, rateLimited } = client.usage();
      const isRateLimit = kind.startsWith("rate-limited");
      assertEquals([requests, retries, rateLimited], [
        3,
        2,
        isRateLimit ? 2 : 0,
      ]);
    });
  }
});

Deno.test("a read waits twice as long each time, half of it at random", async () => {
  const clock = new ManualClock();
  await using clerk = await startClerkApi({ users: 1 });
  const client = makeClient(clerk, { clock, random: () => 0.5 });
  clerk.faults.failNext("status-500", "drop", "html-502");
  await client.countUsers();
  assertEquals(clock.waitsMs, [375, 750, 1_500]);
});

Deno.test("a read gives up after its attempts, saying whether to try later", async () => {
  await using clerk = await startClerkApi({ faults: { "status-503": 1 } });
  const client = makeClient(clerk, { maxAttempts: 3 });
  const error = await assertRejects(() => client.countUsers(), ClerkApiError);
  assertEquals(
    [error.clerkStatus, error.code, error.retryable, clerk.requests.length],
    [503, "clerk-service-unavailable", true, 3],
  );
});

Deno.test("a read is refused at once for a wrong key, and its error keeps the key", async () => {
  await using clerk = await startClerkApi();
  const secretKey = "sk_test_SECRET";
  const client = makeClient(clerk, { secretKey });
  const error = await assertRejects(() => client.countUsers(), ClerkApiError);
  assertEquals(
    [error.clerkStatus, error.code, error.retryable, clerk.requests.length],
    [401, "clerk-clerk-key-invalid", false, 1],
  );
  assertFalse(Deno.inspect(error).includes(secretKey));
  assertEquals(error.traceId?.length, 32);
});

Deno.test("Retry-After holds back every call that shares the limiter", async () => {
  const clock = new ManualClock();
  await using clerk = await startClerkApi({ users: 1, clock, rateLimit: 1 });
  const limiter = createRateLimiter({
    callsPerWindow: 1_000,
    clock,
    sleep: clock.sleep,
  });
  const [one, other] = [
    makeClient(clerk, { clock, limiter }),
    makeClient(clerk, { clock, limiter }),
  ];
  const startMs = clock.now().getTime();
  await one.countUsers();
  assertEquals(clock.now().getTime(), startMs);
  await one.countUsers();
  assertEquals(clock.now().getTime(), startMs + 10_000);
  await other.getNewestChange();
  assertEquals(one.usage(), { requests: 3, retries: 1, rateLimited: 1 });
});

Deno.test("a read fails rather than wait out an overlong Retry-After, and so do the next ones", async () => {
  const clock = new ManualClock();
  await using clerk = await startClerkApi({ users: 1, clock, rateLimit: 1 });
  const client = makeClient(clerk, { clock, maxPauseMs: 5_000 });
  await client.countUsers();
  for (let nth = 0; nth < 2; nth++) {
    const error = await assertRejects(() => client.countUsers(), ClerkApiError);
    assertEquals([error.retryAfterMs, error.retryable], [10_000, true]);
  }
  assertEquals(clerk.requests.length, 2);
  clock.advance(10_000);
  assertEquals(await client.countUsers(), 1);
});

Deno.test("an aborted signal ends a read at once, with its own reason", async () => {
  await using clerk = await startClerkApi({ users: 1 });
  const client = makeClient(clerk, { maxAttempts: 1 });
  clerk.faults.failNext("timeout");
  const giveUp = new AbortController();
  const pending = client.countUsers({ signal: giveUp.signal });
  giveUp.abort(new RangeError("enough"));
  await assertRejects(() => pending, RangeError, "enough");
  await assertRejects(
    () => client.countUsers({ signal: giveUp.signal }),
    RangeError,
  );
});

Deno.test("a redirect is not followed: the key is for Clerk alone", async () => {
  let isKeySeenElsewhere = false;
  await using elsewhere = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    () => {
      isKeySeenElsewhere = true;
      return new Response("[]");
    },
  );
  await using moved = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    () => Response.redirect(`http://127.0.0.1:${elsewhere.addr.port}/`, 307),
  );
  await using clerk = await startClerkApi();
  const apiUrl = `http://127.0.0.1:${moved.addr.port}`;
  const client = makeClient(clerk, { apiUrl });
  const error = await assertRejects(() => client.countUsers(), ClerkApiError);
  assertEquals([error.clerkStatus, error.retryable], [307, false]);
  assertFalse(isKeySeenElsewhere);
});

Deno.test("an answer of another shape is an error and not retried", async () => {
  await using clerk = await startClerkApi();
  clerk.users.put({
    ...await clerk.createUser(),
    id: "user_1",
    created_at: NaN,
  });
  const client = makeClient(clerk);
  const error = await assertRejects(
    () => client.getUser("user_1"),
    ClerkApiError,
  );
  assertEquals([error.code, error.retryable], [
    "clerk-unexpected-shape",
    false,
  ]);
});
