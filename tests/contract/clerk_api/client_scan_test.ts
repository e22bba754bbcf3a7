/** Rollcall's walk over all users, while Clerk changes, fails and differs. */

import { assert, assertEquals, assertRejects } from "@std/assert";
import { createRateLimiter } from "../../../lib/clerk/rate_limiter.ts";
import type {
  ListUsersOptions,
  UserCursor,
} from "../../../lib/clerk/list_users.ts";
import type { ClerkApiClient } from "../../../lib/clerk/clerk_api_client.ts";
import { buildUser } from "../../../tasks/demo/clerk_instance/clerk_user.ts";
import { makeClient } from "../../support/clerk_api/make_client.ts";
import { ManualClock } from "../../support/clerk_api/manual_clock.ts";
import {
  type ClerkApiOptions,
  type FakeClerk,
  startClerkApi as startLimitedClerkApi,
} from "../../support/clerk_api/start_clerk_api.ts";

function startClerkApi(options: ClerkApiOptions): Promise<FakeClerk> {
  return startLimitedClerkApi({ rateLimit: 1_000_000, ...options });
}

async function scan(
  client: ClerkApiClient,
  options: ListUsersOptions = {},
): Promise<string[]> {
  const ids: string[] = [];
  for await (const page of client.listUsers(options)) {
    assert(page.users.length > 0);
    ids.push(...page.users.map(({ id }) => id));
  }
  return ids;
}

async function readFirst<T>(items: AsyncIterable<T>): Promise<T | undefined> {
  for await (const item of items) return item;
  return undefined;
}

function idsInOrder(clerk: FakeClerk): string[] {
  return Array.from(
    { length: clerk.users.size },
    (_, rank) => clerk.users.getAt(clerk.users.byCreatedAt, rank)!.id,
  );
}

/** Users who all share one created_at, as a careless import leaves them. */
function makeTiedUsers(count: number) {
  return Array.from({ length: count }, (_, nth) =>
    buildUser({
      id: `user_${String(nth).padStart(5, "0")}`,
      created_at: 1_700_000_000_000,
      updated_at: 1_700_000_000_000,
    }));
}

Deno.test("listUsers() gives everybody once, whatever the population and the page", async (t) => {
  const sizes = [0, 1, 9, 10, 11, 100, 501];
  for (const users of sizes) {
    for (const pageSize of [1, 10, 500]) {
      await t.step(`${users} users, ${pageSize} a page`, async () => {
        await using clerk = await startClerkApi({ users });
        const ids = await scan(makeClient(clerk), { pageSize });
        assertEquals(ids, idsInOrder(clerk));
      });
    }
  }
});

Deno.test("listUsers() gives everybody once on APIs that differ", async (t) => {
  const differences: ClerkApiOptions[] = [
    { cursorSupport: "refused" },
    { cursorSupport: "ignored" },
    { cursorSupport: "refused", timeBounds: "inclusive" },
    { cursorSupport: "ignored", timeBounds: "inclusive" },
    { timeBounds: "inclusive" },
  ];
  for (const difference of differences) {
    const populations: Record<string, ClerkApiOptions> = {
      spread: { users: 300 },
      dense: { users: 300, spacingMs: 1 },
      tied: { users: makeTiedUsers(95) },
    };
    for (const [kind, population] of Object.entries(populations)) {
      await t.step(`${JSON.stringify(difference)} ${kind}`, async () => {
        await using clerk = await startClerkApi({
          ...difference,
          ...population,
        });
        const ids = await scan(makeClient(clerk), { pageSize: 10 });
        assertEquals(ids.toSorted(), idsInOrder(clerk).toSorted());
      });
    }
  }
});

Deno.test("listUsers() stops trying a cursor that is refused twice in a row", async () => {
  await using clerk = await startClerkApi({
    users: 100,
    cursorSupport: "refused",
  });
  await scan(makeClient(clerk), { pageSize: 10 });
  const refused = clerk.requests.filter(({ status }) => status === 422);
  assertEquals(refused.length, 2);
});

Deno.test("listUsers() goes on when the cursor's user is deleted between pages", async (t) => {
  for (
    const deletedCursor of ["not-found", "unprocessable", "continue"] as const
  ) {
    await t.step(deletedCursor, async () => {
      await using clerk = await startClerkApi({
        users: 100,
        deletedCursor,
        beforeAnswer: async (clerk, url) => {
          const cursor = url.searchParams.get("starting_after");
          if (cursor !== null && clerk.users.size > 95) {
            await clerk.deleteUser(cursor);
          }
        },
      });
      const before = idsInOrder(clerk);
      const ids = await scan(makeClient(clerk), { pageSize: 10 });
      assert(clerk.users.size < 100);
      assertEquals(ids, before);
    });
  }
});

Deno.test("listUsers() goes back to the cursor after each deleted user", async () => {
  await using clerk = await startClerkApi({
    users: 100,
    beforeAnswer: async (clerk, url, nth) => {
      if ([2, 5, 8].includes(nth)) {
        await clerk.deleteUser(url.searchParams.get("starting_after")!);
      }
    },
  });
  await scan(makeClient(clerk), { pageSize: 10 });
  const byCursor = clerk.requests.filter(({ url }) =>
    url.searchParams.has("starting_after")
  );
  assertEquals([byCursor.length, clerk.requests.length], [10, 15]);
});

Deno.test("listUsers() gives users who sign up during the walk", async () => {
  await using clerk = await startClerkApi({
    users: 55,
    beforeAnswer: async (clerk, _url, nth) => {
      if (nth < 8) await clerk.createUser({ username: `late_${nth}` });
    },
  });
  const ids = await scan(makeClient(clerk), { pageSize: 10 });
  assertEquals(ids, idsInOrder(clerk));
  assertEquals(ids.length, 63);
});

Deno.test("listUsers() is not fooled by a cursor whose user was re-dated to the front or the end", async (t) => {
  for (
    const [name, createdAtMs] of [["front", 1], [
      "end",
      Date.UTC(2030, 0, 1),
    ]] as const
  ) {
    await t.step(name, async () => {
      await using clerk = await startClerkApi({
        users: 100,
        beforeAnswer: async (clerk, url, nth) => {
          const cursor = url.searchParams.get("starting_after");
          if (nth === 4 && cursor !== null) {
            await clerk.updateUser(cursor, { created_at: createdAtMs });
          }
        },
      });
      const before = idsInOrder(clerk);
      const ids = await scan(makeClient(clerk), { pageSize: 10 });
      assertEquals(new Set(ids), new Set(before));
    });
  }
});

Deno.test("listUsers() does not take a page cut short by a lower limit for the end", async () => {
  await using clerk = await startClerkApi({ users: 250 });
  const client = makeClient(clerk, {
    fetch: (input, init) => {
      const url = new URL(String(input));
      url.searchParams.set("limit", "100");
      return fetch(url, init);
    },
  });
  assertEquals(await scan(client), idsInOrder(clerk));
});

Deno.test("listUsers() resumes from any page's cursor, kept as JSON, even if its user is gone", async () => {
  await using clerk = await startClerkApi({ users: 250 });
  const client = makeClient(clerk);
  const all = idsInOrder(clerk);
  const cursors: UserCursor[] = [];
  for await (const { cursor } of client.listUsers({ pageSize: 20 })) {
    cursors.push(JSON.parse(JSON.stringify(cursor)));
  }
  for (const [nth, after] of cursors.entries()) {
    if (nth % 3 === 0) await clerk.deleteUser(after.userId);
    const rest = await scan(client, { pageSize: 20, after });
    const gone = cursors.slice(0, nth + 1).filter((_, past) => past % 3 === 0)
      .map(({ userId }) => userId);
    const expected = all.slice(all.indexOf(after.userId) + 1);
    assertEquals(rest, expected.filter((id) => !gone.includes(id)));
  }
});

Deno.test("listUsers() gives everybody once, and ends, when it is resumed at every page", async (t) => {
  const cases: Record<string, ClerkApiOptions> = {
    "spread": { users: 95 },
    "dense": { users: 95, spacingMs: 1 },
    "tied": { users: makeTiedUsers(95) },
    "tied, cursor refused": {
      users: makeTiedUsers(95),
      cursorSupport: "refused",
    },
    "tied, cursor ignored": {
      users: makeTiedUsers(95),
      cursorSupport: "ignored",
      timeBounds: "inclusive",
    },
    "tied beyond what a cursor names": { users: makeTiedUsers(1_200) },
  };
  for (const [name, options] of Object.entries(cases)) {
    await t.step(name, async () => {
      await using clerk = await startClerkApi(options);
      const client = makeClient(clerk);
      const ids: string[] = [];
      let after: UserCursor | undefined;
      for (let walk = 0; walk <= clerk.users.size; walk++) {
        const page = await readFirst(
          client.listUsers({ pageSize: 10, after }),
        );
        if (page === undefined) break;
        ids.push(...page.users.map(({ id }) => id));
        after = JSON.parse(JSON.stringify(page.cursor));
      }
      assertEquals(ids.toSorted(), idsInOrder(clerk).toSorted());
    });
  }
});

Deno.test("listUsers() gives everybody once through random faults", async () => {
  await using clerk = await startClerkApi({
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
  const ids = await scan(client, { pageSize: 100 });
  assertEquals(ids, idsInOrder(clerk));
  assertEquals(clerk.faults.struck.size, 8);
  assert(client.usage().retries > 40);
});

Deno.test("listUsers() keeps within Clerk's limit at a fifth of it", async () => {
  const clock = new ManualClock();
  await using clerk = await startClerkApi({
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
  const ids = await scan(makeClient(clerk, { clock, limiter }), {
    pageSize: 10,
  });
  const seconds = (clock.now().getTime() - startMs) / 1_000;
  const perWindow = clerk.requests.length / seconds * 10;
  assertEquals([ids.length, clerk.requests.length], [1_000, 102]);
  assert(perWindow > 17 && perWindow < 20, `${perWindow} in ten seconds`);
});

Deno.test("listUsers() walks 100,000 users in 202 requests", async () => {
  await using clerk = await startClerkApi({
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
  await using clerk = await startClerkApi({ users: 100 });
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
  await using clerk = await startClerkApi({});
  for (const pageSize of [0, 501, NaN]) {
    await assertRejects(
      () => scan(makeClient(clerk), { pageSize }),
      RangeError,
    );
  }
});
