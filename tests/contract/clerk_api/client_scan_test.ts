/** Rollcall's walk over all users, while Clerk changes, fails and is short. */
import { assert, assertEquals, assertRejects } from "@std/assert";
import { createRateLimiter } from "../../../lib/clerk/rate_limiter.ts";
import { makeClient } from "../../support/clerk_api/make_client.ts";
import { ManualClock } from "../../support/clerk_api/manual_clock.ts";
import { idsInOrder, startWideClerk, walkIds } from "./walk_bed.ts";

Deno.test("listUsers() gives everybody once, whatever the population and the page", async (t) => {
  const sizes = [0, 1, 9, 10, 11, 100, 501];
  for (const users of sizes) {
    for (const pageSize of [1, 10, 500]) {
      await t.step(`${users} users, ${pageSize} a page`, async () => {
        await using clerk = await startWideClerk({ users });
        const ids = await walkIds(makeClient(clerk), { pageSize });
        assertEquals(ids, idsInOrder(clerk));
      });
    }
  }
});

Deno.test("listUsers() gives users who sign up during the walk", async () => {
  await using clerk = await startWideClerk({
    users: 55,
    beforeAnswer: async (clerk, _url, nth) => {
      if (nth < 8) await clerk.createUser({ username: `late_${nth}` });
    },
  });
  const ids = await walkIds(makeClient(clerk), { pageSize: 10 });
  assertEquals(ids, idsInOrder(clerk));
  assertEquals(ids.length, 63);
});

Deno.test("listUsers() does not take a page cut short by a lower limit for the end", async () => {
  await using clerk = await startWideClerk({ users: 250 });
  const client = makeClient(clerk, {
    fetch: (input, init) => {
      const url = new URL(String(input));
      url.searchParams.set("limit", "100");
      return fetch(url, init);
    },
  });
  assertEquals(await walkIds(client), idsInOrder(clerk));
});

Deno.test("listUsers() gives everybody once through random faults", async () => {
  await using clerk = await startWideClerk({
    users: 20_000,
    faultSeed: 11,
    faults: {
      "status-500": 0.05,
      "html-502": 0.03,
      "html-200": 0.03,
      "rate-limited": 0.05,
      "rate-limited-garbage": 0.03,
      "timeout": 0.01,
      "drop": 0.05,
      "truncate": 0.05,
    },
  });
  const client = makeClient(clerk, { timeoutMs: 150 });
  const ids = await walkIds(client, { pageSize: 100 });
  assertEquals(ids, idsInOrder(clerk));
  assertEquals(clerk.faults.struck.size, 8);
  assert(client.usage().retries > 40);
});

Deno.test("listUsers() keeps within Clerk's limit at a fifth of it", async () => {
  const clock = new ManualClock();
  await using clerk = await startWideClerk({
    users: 1_000,
    clock,
    rateLimit: 100,
  });
  const limiter = createRateLimiter({
    callsPerWindow: 20,
    clock,
    sleep: clock.sleep,
  });
  const startMs = clock.now().getTime();
  const ids = await walkIds(makeClient(clerk, { clock, limiter }), {
    pageSize: 10,
  });
  const seconds = (clock.now().getTime() - startMs) / 1_000;
  const perWindow = clerk.requests.length / seconds * 10;
  assertEquals([ids.length, clerk.requests.length], [1_000, 102]);
  assert(perWindow > 17 && perWindow < 20, `${perWindow} in ten seconds`);
});

Deno.test("listUsers() walks 100,000 users in 202 requests", async () => {
  await using clerk = await startWideClerk({
    users: 100_000,
  });
  const client = makeClient(clerk);
  let count = 0;
  let last = "";
  for await (const { users } of client.listUsers()) {
    for (const { id } of users) {
      assert(id > last);
      last = id;
      count++;
    }
  }
  assertEquals([count, client.usage().requests], [100_000, 202]);
});

Deno.test("listUsers() ends when its signal is aborted or its reader leaves", async () => {
  await using clerk = await startWideClerk({ users: 100 });
  const client = makeClient(clerk);
  const giveUp = new AbortController();
  await assertRejects(async () => {
    for await (
      const _ of client.listUsers({ pageSize: 10, signal: giveUp.signal })
    ) {
      giveUp.abort(new RangeError("enough"));
    }
  }, RangeError);
  for await (const _ of client.listUsers({ pageSize: 10 })) break;
  assertEquals(clerk.requests.length, 2);
});

Deno.test("listUsers() refuses a page size that Clerk would not take", async () => {
  await using clerk = await startWideClerk({});
  for (const pageSize of [0, 501, NaN]) {
    await assertRejects(
      () => walkIds(makeClient(clerk), { pageSize }),
      RangeError,
    );
  }
});
