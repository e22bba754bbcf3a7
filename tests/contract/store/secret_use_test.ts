/** The record of which signing secret verified when, on the real store. */
import { assertEquals } from "@std/assert";
import { openTestStore } from "../../support/test_store.ts";

const at = (second: number) => new Date(Date.UTC(2026, 0, 1, 0, 0, second));

Deno.test("SecretUse keeps first, last and count of each secret", async () => {
  await using test = await openTestStore();
  const { secretUse } = test.store;
  await test.store.write([secretUse.plan([
    { secret: "aaaaaaaa", received_at: at(5) },
    { secret: "bbbbbbbb", received_at: at(6) },
    { secret: "aaaaaaaa", received_at: at(7) },
    { secret: null, received_at: at(8) },
  ])]);
  await test.store.write([
    secretUse.plan([{ secret: "aaaaaaaa", received_at: at(2) }]),
  ]);
  await test.store.write([
    secretUse.plan([{ secret: "bbbbbbbb", received_at: at(9) }]),
  ]);
  assertEquals(await secretUse.readAll(), [
    { _id: "bbbbbbbb", first_at: at(6), last_at: at(9), count: 2 },
    { _id: "aaaaaaaa", first_at: at(2), last_at: at(7), count: 3 },
  ]);
});

Deno.test("SecretUse writes nothing for a batch without signatures", async () => {
  await using test = await openTestStore();
  await test.store.write([
    test.store.secretUse.plan([{ secret: null, received_at: at(1) }]),
  ]);
  await test.store.write([test.store.secretUse.plan([])]);
  assertEquals(await test.store.secretUse.readAll(), []);
});
