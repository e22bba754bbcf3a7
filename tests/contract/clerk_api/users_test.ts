/** The users part of Clerk's API: what one user and one page look like. */

import { assert, assertEquals } from "@std/assert";
import { askClerk, codeOf, idsOf } from "../../support/clerk_api/ask_clerk.ts";
import { ManualClock } from "../../support/clerk_api/manual_clock.ts";
import { startClerkApi } from "../../support/clerk_api/start_clerk_api.ts";
import type { ClerkUser } from "../../../tasks/demo/clerk_instance/clerk_user.ts";

const PAYLOADS = new URL("../../fixtures/clerk/payloads/", import.meta.url);

async function readFixture(name: string): Promise<ClerkUser> {
  const text = await Deno.readTextFile(new URL(`${name}.json`, PAYLOADS));
  return JSON.parse(text).data;
}

Deno.test("GET /users answers a bare array of ten, newest first", async () => {
  await using clerk = await startClerkApi({ users: 25 });
  const { body } = await askClerk(clerk, "/users");
  assertEquals(body.length, 10);
  const created = body.map((user: ClerkUser) => user.created_at);
  assertEquals(created, created.toSorted((a: number, b: number) => b - a));
});

Deno.test("GET /users/{id} gives a generated user every field of a real one", async () => {
  await using clerk = await startClerkApi({ users: 1 });
  const [id] = idsOf(await askClerk(clerk, "/users"));
  const { body } = await askClerk(clerk, `/users/${id}`);
  const real = await readFixture("user.created__email-password");
  assertEquals(Object.keys(body).toSorted(), Object.keys(real).toSorted());
});

Deno.test("GET /users/{id} gives back the very user it was started with", async () => {
  const users = [
    await readFixture("user.created__saml-enterprise"),
    await readFixture("user.created__emoji-4byte"),
    await readFixture("user.created__documented-minimum"),
  ];
  await using clerk = await startClerkApi({ users });
  for (const user of users) {
    assertEquals((await askClerk(clerk, `/users/${user.id}`)).body, user);
  }
});

Deno.test("GET /users/{id} answers 404 with Clerk's text for an unknown or deleted user", async () => {
  await using clerk = await startClerkApi({ users: 3 });
  const [id = ""] = idsOf(await askClerk(clerk, "/users"));
  await clerk.deleteUser(id);
  const answer = await askClerk(clerk, `/users/${id}`);
  assertEquals(answer.status, 404);
  assertEquals(
    answer.body.errors[0].long_message,
    `No user was found with id ${id}`,
  );
  assertEquals((await askClerk(clerk, "/users/user_nobody")).status, 404);
});

Deno.test("GET /users refuses values out of bounds with 422", async (t) => {
  await using clerk = await startClerkApi({ users: 3 });
  const tooMany = Array.from({ length: 101 }, (_, n) => `user_id=u${n}`);
  const cases = [
    ["limit=501", "form_param_value_too_large"],
    ["limit=0", "form_param_value_invalid"],
    ["limit=ten", "form_param_format_invalid"],
    ["offset=-1", "form_param_value_invalid"],
    ["order_by=age", "form_param_value_invalid"],
    ["order_by=+created_at", "form_param_value_invalid"],
    ["banned=yes", "form_param_value_invalid"],
    ["created_at_after=2024-01-01", "form_param_format_invalid"],
    ["provider=oauth_google", "form_param_value_invalid"],
    [tooMany.join("&"), "form_param_array_size_exceeded"],
  ] as const;
  for (const [query, code] of cases) {
    await t.step(query.slice(0, 40), async () => {
      const answer = await askClerk(clerk, `/users?${query}`);
      assertEquals([answer.status, codeOf(answer)], [422, code]);
    });
  }
});

Deno.test("GET /users takes %2B in order_by for ascending", async () => {
  await using clerk = await startClerkApi({ users: 20 });
  const descending = idsOf(await askClerk(clerk, "/users?limit=20"));
  const ascending = idsOf(
    await askClerk(clerk, "/users?limit=20&order_by=%2Bcreated_at"),
  );
  assertEquals(ascending, descending.toReversed());
});

Deno.test("GET /users by ids still gives ten when no limit is asked for", async () => {
  await using clerk = await startClerkApi({ users: 50 });
  const ids = idsOf(await askClerk(clerk, "/users?limit=50"));
  const query = [...ids, "user_unknown"].map((id) => `user_id=${id}`).join("&");
  assertEquals((await askClerk(clerk, `/users?${query}`)).body.length, 10);
  const all = await askClerk(clerk, `/users?limit=100&${query}`);
  assertEquals(idsOf(all).toSorted(), ids.toSorted());
});

Deno.test("GET /users and /users/count agree on every filter", async (t) => {
  await using clerk = await startClerkApi({ users: 400 });
  const users: ClerkUser[] = (await askClerk(clerk, "/users?limit=500")).body;
  const one = users[123]!;
  const filters = [
    "",
    "banned=true",
    `created_at_after=${one.created_at}`,
    `created_at_before=${one.created_at}`,
    `user_id=${one.id}`,
    `user_id=-${one.id}`,
    "external_id=crm-7&external_id=crm-10",
    "query=tallo",
    "email_address_query=WREN",
    "phone_number_query=202",
    "username_query=pebble",
    "name_query=zo%C3%AB",
    `last_sign_in_at_after=${one.created_at}`,
    `email_address=${one.email_addresses[0]?.email_address}`,
  ];
  for (const filter of filters) {
    await t.step(filter || "none", async () => {
      const { body: list } = await askClerk(
        clerk,
        `/users?limit=500&${filter}`,
      );
      const { body: count } = await askClerk(clerk, `/users/count?${filter}`);
      assertEquals(count, { object: "total_count", total_count: list.length });
      assert(list.length > 0 || filter.startsWith("external_id"));
      assert(filter === "" || list.length < 400);
    });
  }
});

Deno.test("GET /users sorts by each field Clerk names", async (t) => {
  await using clerk = await startClerkApi({ users: 60 });
  for (
    const field of [
      "updated_at",
      "first_name",
      "username",
      "last_active_at",
    ] as const
  ) {
    await t.step(field, async () => {
      const { body } = await askClerk(
        clerk,
        `/users?limit=60&order_by=${field}`,
      );
      const values = body.map((user: ClerkUser) => user[field])
        .filter((value: unknown) => value !== null);
      assertEquals(values, values.toSorted());
      assertEquals(body.length, 60);
    });
  }
});

Deno.test("GET /users finds the last changed user first with order_by=-updated_at", async () => {
  const clock = new ManualClock();
  await using clerk = await startClerkApi({ users: 1000, clock });
  const [, , third = ""] = idsOf(await askClerk(clerk, "/users?offset=500"));
  await clerk.updateUser(third, { first_name: "Anew" });
  const { body } = await askClerk(
    clerk,
    "/users?order_by=-updated_at&limit=1",
  );
  assertEquals([body[0].id, body[0].updated_at], [
    third,
    clock.now().getTime(),
  ]);
});

Deno.test("GET /users/{id} computes a lock-out when it is read, until it is over", async () => {
  const clock = new ManualClock();
  await using clerk = await startClerkApi({ users: 1, clock });
  const [id = ""] = idsOf(await askClerk(clerk, "/users"));
  const locked = await clerk.lockUser(id, 60_000);
  clock.advance(20_500);
  const { body } = await askClerk(clerk, `/users/${id}`);
  assertEquals([body.locked, body.lockout_expires_in_seconds], [true, 40]);
  clock.advance(40_000);
  const { body: later } = await askClerk(clerk, `/users/${id}`);
  assertEquals([later.locked, later.updated_at], [false, locked.updated_at]);
});
