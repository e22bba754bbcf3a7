import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { createGeneratedUsers } from "./generated_users.ts";

Deno.test("createGeneratedUsers() repeats itself for a seed and differs for another", () => {
  const one = createGeneratedUsers({ count: 100, seed: 3 });
  const same = createGeneratedUsers({ count: 100, seed: 3 });
  const other = createGeneratedUsers({ count: 100, seed: 4 });
  assertEquals(one.at(42), same.at(42));
  assertNotEquals(one.at(42).id, other.at(42).id);
});

Deno.test("createGeneratedUsers() finds the index behind its ids and no others", () => {
  const users = createGeneratedUsers({ count: 1_000_000 });
  const fewer = createGeneratedUsers({ count: 10 });
  for (const index of [0, 1, 96, 97, 500_000, 999_999]) {
    assertEquals(users.indexOf(users.idAt(index)), index);
  }
  assertEquals(fewer.indexOf(users.idAt(10)), -1);
  assertEquals(fewer.indexOf("user_3ANnfgL0mI4m6MJhl5HIrCukojP"), -1);
});

Deno.test("createGeneratedUsers() keeps index, created_at, updated_at and id in one order", () => {
  const users = createGeneratedUsers({ count: 2_000, spacingMs: 50 });
  let ties = 0;
  for (let index = 1; index < users.count; index++) {
    const [one, other] = [users.at(index - 1), users.at(index)];
    assert(one.created_at <= other.created_at);
    assert(one.updated_at <= other.updated_at);
    assert(one.id < other.id);
    if (one.created_at === other.created_at) ties++;
  }
  assert(ties >= 20);
});

Deno.test("createGeneratedUsers() makes every kind of user that a sync must know", () => {
  const { at } = createGeneratedUsers({ count: 2_000 });
  const users = Array.from({ length: 2_000 }, (_, index) => at(index));
  assert(users.some((user) => user.phone_numbers.length > 0));
  assert(users.some((user) => user.username !== null));
  assert(users.some((user) => user.banned));
  assert(users.some((user) => user.external_id !== null));
  assert(
    users.some(({ email_addresses: emails, primary_email_address_id: id }) =>
      emails.length === 2 && emails[1]?.id === id
    ),
  );
  assert(
    users.some(({ email_addresses: [email] }) => email?.verification === null),
  );
});
