/** What an event costs in calls to the database, on the real store. */
import { assertEquals } from "@std/assert";
import { deleteUser } from "../../../functions/delete_user_with_clerk.ts";
import { receiveEvent } from "../../../functions/received_event.ts";
import { writeUser } from "../../../functions/write_user.ts";
import { systemClock } from "../../../lib/clock.ts";
import { createStore } from "../../../lib/store/store.ts";
import { steppedDb } from "../../support/stepped_db.ts";
import { openTestStore } from "../../support/test_store.ts";

function user(type: string, updatedAt: number, data: object = {}) {
  return receiveEvent({
    id: `msg_${updatedAt}`,
    name: `clerk/user.${type}`,
    data: { id: "user_1", updated_at: updatedAt, ...data },
  });
}

Deno.test("one user event costs at most three calls to the database", async (t) => {
  await using test = await openTestStore();
  let calls = 0;
  const store = createStore(
    steppedDb(test.db, (call) => {
      calls++;
      return call();
    }),
    () => Promise.resolve(),
  );
  const deps = {
    store: { ...store, ensureIndexes: () => Promise.resolve() },
    clock: systemClock,
  };
  const write = (event: ReturnType<typeof user>) => writeUser(deps, event);
  const crowd = Array.from({ length: 40 }, (_, index) =>
    receiveEvent({
      name: "clerk/user.created",
      data: { id: `user_crowd_${index}`, updated_at: 1 },
    }));
  const cases: [string, () => Promise<{ kind: string }>, string, number][] = [
    ["a new user", () => write(user("created", 1)), "applied", 3],
    [
      "a change",
      () => write(user("updated", 2, { first_name: "Ada" })),
      "applied",
      2,
    ],
    ["an older state", () => write(user("updated", 1)), "discarded", 1],
    [
      "a delete",
      () => deleteUser(deps, user("deleted", 3)),
      "applied",
      3,
    ],
    [
      "40 new users at once",
      async () =>
        (await Promise.all(crowd.map(write))).find(({ kind }) =>
          kind !== "applied"
        ) ?? { kind: "applied" },
      "applied",
      3,
    ],
    ["a deleted user", () => write(user("updated", 4)), "discarded", 1],
  ];
  for (const [name, act, kind, expected] of cases) {
    await t.step(`${name}: ${expected}`, async () => {
      calls = 0;
      assertEquals((await act()).kind, kind);
      assertEquals(calls, expected);
    });
  }
});
