/**
 * Where the walk over all users goes on: behind a cursor whose user is gone or
 * was re-dated, on APIs that do without the cursor, and after an interruption.
 */
import { assert, assertEquals } from "@std/assert";
import type { UserCursor } from "../../../lib/clerk/list_users.ts";
import { makeClient } from "../../support/clerk_api/make_client.ts";
import type { ClerkApiOptions } from "../../support/clerk_api/start_clerk_api.ts";
import {
  idsInOrder,
  makeTiedUsers,
  startWideClerk,
  walkIds,
} from "./walk_bed.ts";

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
        await using clerk = await startWideClerk({
          ...difference,
          ...population,
        });
        const ids = await walkIds(makeClient(clerk), { pageSize: 10 });
        assertEquals(ids.toSorted(), idsInOrder(clerk).toSorted());
      });
    }
  }
});

Deno.test("listUsers() stops trying a cursor that is refused twice in a row", async () => {
  await using clerk = await startWideClerk({
    users: 100,
    cursorSupport: "refused",
  });
  await walkIds(makeClient(clerk), { pageSize: 10 });
  const refused = clerk.requests.filter(({ status }) => status === 422);
  assertEquals(refused.length, 2);
});

Deno.test("listUsers() goes on when the cursor's user is deleted between pages", async (t) => {
  for (
    const deletedCursor of ["not-found", "unprocessable", "continue"] as const
  ) {
    await t.step(deletedCursor, async () => {
      await using clerk = await startWideClerk({
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
      const ids = await walkIds(makeClient(clerk), { pageSize: 10 });
      assert(clerk.users.size < 100);
      assertEquals(ids, before);
    });
  }
});

Deno.test("listUsers() goes back to the cursor after each deleted user", async () => {
  await using clerk = await startWideClerk({
    users: 100,
    beforeAnswer: async (clerk, url, nth) => {
      if ([2, 5, 8].includes(nth)) {
        await clerk.deleteUser(url.searchParams.get("starting_after")!);
      }
    },
  });
  await walkIds(makeClient(clerk), { pageSize: 10 });
  const byCursor = clerk.requests.filter(({ url }) =>
    url.searchParams.has("starting_after")
  );
  assertEquals([byCursor.length, clerk.requests.length], [10, 15]);
});

Deno.test("listUsers() is not fooled by a cursor whose user was re-dated to the front or the end", async (t) => {
  for (
    const [name, createdAtMs] of [["front", 1], [
      "end",
      Date.UTC(2030, 0, 1),
    ]] as const
  ) {
    await t.step(name, async () => {
      await using clerk = await startWideClerk({
        users: 100,
        beforeAnswer: async (clerk, url, nth) => {
          const cursor = url.searchParams.get("starting_after");
          if (nth === 4 && cursor !== null) {
            await clerk.updateUser(cursor, { created_at: createdAtMs });
          }
        },
      });
      const before = idsInOrder(clerk);
      const ids = await walkIds(makeClient(clerk), { pageSize: 10 });
      assertEquals(new Set(ids), new Set(before));
    });
  }
});

Deno.test("listUsers() resumes from any page's cursor, kept as JSON, even if its user is gone", async () => {
  await using clerk = await startWideClerk({ users: 250 });
  const client = makeClient(clerk);
  const all = idsInOrder(clerk);
  const cursors: UserCursor[] = [];
  for await (const { cursor } of client.listUsers({ pageSize: 20 })) {
    cursors.push(JSON.parse(JSON.stringify(cursor)));
  }
  for (const [nth, after] of cursors.entries()) {
    if (nth % 3 === 0) await clerk.deleteUser(after.userId);
    const rest = await walkIds(client, { pageSize: 20, after });
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
      await using clerk = await startWideClerk(options);
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

async function readFirst<T>(items: AsyncIterable<T>): Promise<T | undefined> {
  for await (const item of items) return item;
  return undefined;
}
