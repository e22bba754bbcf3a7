/** Paging through Clerk's users while they change. */

import { assertEquals } from "@std/assert";
import { askClerk, codeOf, idsOf } from "../../support/clerk_api/ask_clerk.ts";
import {
  type FakeClerk,
  startClerkApi,
} from "../../support/clerk_api/start_clerk_api.ts";

const ASCENDING = "/users?order_by=%2Bcreated_at";

async function listAllByCursor(clerk: FakeClerk, order: string) {
  const ids: string[] = [];
  for (;;) {
    const cursor = ids.length > 0 ? `&starting_after=${ids.at(-1)}` : "";
    const page = idsOf(
      await askClerk(clerk, `/users?limit=30&order_by=${order}${cursor}`),
    );
    ids.push(...page);
    if (page.length < 30) return ids;
  }
}

Deno.test("GET /users by starting_after gives everybody once, ties included", async (t) => {
  await using clerk = await startClerkApi({ users: 250 });
  await clerk.createUser({ created_at: Date.UTC(2024, 0, 1) - 1 });
  await clerk.createUser();
  for (const order of ["%2Bcreated_at", "created_at", "-created_at"]) {
    await t.step(order, async () => {
      const ids = await listAllByCursor(clerk, order);
      assertEquals([ids.length, new Set(ids).size], [252, 252]);
    });
  }
});

Deno.test("GET /users refuses a cursor with an offset or another order", async (t) => {
  await using clerk = await startClerkApi({ users: 5 });
  const [id] = idsOf(await askClerk(clerk, "/users"));
  for (const query of ["offset=1", "order_by=-updated_at"]) {
    await t.step(query, async () => {
      const answer = await askClerk(
        clerk,
        `/users?starting_after=${id}&${query}`,
      );
      assertEquals(answer.status, 422);
    });
  }
  const zero = await askClerk(clerk, `/users?starting_after=${id}&offset=0`);
  assertEquals(zero.status, 200);
});

Deno.test("GET /users answers a deleted cursor as it was told to", async (t) => {
  const cases = [
    { deletedCursor: "not-found", status: 404, code: "resource_not_found" },
    {
      deletedCursor: "unprocessable",
      status: 422,
      code: "form_resource_not_found",
    },
    { deletedCursor: "continue", status: 200, code: undefined },
  ] as const;
  for (const { deletedCursor, status, code } of cases) {
    await t.step(deletedCursor, async () => {
      await using clerk = await startClerkApi({ users: 30, deletedCursor });
      const ids = idsOf(await askClerk(clerk, `${ASCENDING}&limit=30`));
      const first = idsOf(await askClerk(clerk, ASCENDING));
      await clerk.deleteUser(first[9]!);
      const answer = await askClerk(
        clerk,
        `${ASCENDING}&starting_after=${first[9]}`,
      );
      assertEquals([answer.status, codeOf(answer)], [status, code]);
      if (status === 200) assertEquals(idsOf(answer)[0], ids[10]);
    });
  }
});

Deno.test("GET /users can play an API that refuses or ignores starting_after", async () => {
  await using refusing = await startClerkApi({
    users: 30,
    cursorSupport: "refused",
  });
  await using ignoring = await startClerkApi({
    users: 30,
    cursorSupport: "ignored",
  });
  const [id] = idsOf(await askClerk(ignoring, ASCENDING));
  const query = `${ASCENDING}&starting_after=${id}`;
  assertEquals((await askClerk(refusing, query)).status, 422);
  assertEquals(idsOf(await askClerk(ignoring, query))[0], id);
});

Deno.test("GET /users by offset skips a user when one before it is deleted between pages", async () => {
  await using clerk = await startClerkApi({
    users: 30,
    beforeAnswer: async (clerk, _url, nth) => {
      if (nth === 2) await clerk.deleteUser(all[0]!);
    },
  });
  const all = idsOf(await askClerk(clerk, `${ASCENDING}&limit=30`));
  const first = idsOf(await askClerk(clerk, ASCENDING));
  const second = idsOf(await askClerk(clerk, `${ASCENDING}&offset=10`));
  assertEquals(first, all.slice(0, 10));
  assertEquals(second, all.slice(11, 21));
});

Deno.test("GET /users by offset repeats a user when one is created in front between pages", async () => {
  await using clerk = await startClerkApi({ users: 30 });
  const first = idsOf(await askClerk(clerk, "/users"));
  await clerk.createUser();
  const second = idsOf(await askClerk(clerk, "/users?offset=10"));
  assertEquals(second[0], first[9]);
});

Deno.test("GET /users treats a created_at bound itself as it was told to", async (t) => {
  for (
    const [timeBounds, extra] of [["exclusive", 0], ["inclusive", 1]] as const
  ) {
    await t.step(timeBounds, async () => {
      await using clerk = await startClerkApi({ users: 30, timeBounds });
      const { body } = await askClerk(clerk, `${ASCENDING}&limit=30`);
      const answer = await askClerk(
        clerk,
        `/users/count?created_at_after=${body[19].created_at}`,
      );
      assertEquals(answer.body.total_count, 10 + extra);
    });
  }
});

Deno.test("GET /users serves the last page of a million users by cursor and by offset", async () => {
  await using clerk = await startClerkApi({ users: 1_000_000 });
  const [last = "", before = ""] = idsOf(await askClerk(clerk, "/users"));
  const byCursor = await askClerk(
    clerk,
    `${ASCENDING}&starting_after=${before}`,
  );
  const byOffset = await askClerk(clerk, `${ASCENDING}&offset=999999`);
  assertEquals(idsOf(byCursor), [last]);
  assertEquals(idsOf(byOffset), [last]);
});
