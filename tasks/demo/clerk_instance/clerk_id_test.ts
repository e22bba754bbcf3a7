import { assert, assertEquals, assertMatch } from "@std/assert";
import fc from "fast-check";
import { makeClerkId, readClerkId } from "./clerk_id.ts";

const instant = fc.integer({ min: 1_400_000_000_000, max: 4_000_000_000_000 });
const serial = fc.integer({ min: 0, max: 0xffff_ffff });

Deno.test("makeClerkId() gives Clerk's form", () => {
  assertMatch(
    makeClerkId("user", Date.UTC(2026, 0, 1), 7, 1),
    /^user_3[0-9A-Za-z]{26}$/,
  );
});

Deno.test("readClerkId() reads back second and serial", () => {
  fc.assert(fc.property(instant, serial, fc.integer(), (atMs, nth, seed) => {
    assertEquals(readClerkId(makeClerkId("idn", atMs, nth, seed)), {
      createdAtS: Math.floor(atMs / 1000),
      serial: nth,
    });
  }));
});

Deno.test("makeClerkId() sorts by second, then by serial", () => {
  fc.assert(fc.property(instant, serial, instant, serial, (a, n, b, m) => {
    const secondA = Math.floor(a / 1000);
    const secondB = Math.floor(b / 1000);
    const isBefore = secondA < secondB || (secondA === secondB && n < m);
    const one = makeClerkId("user", a, n, 1);
    const other = makeClerkId("user", b, m, 1);
    assert(isBefore === (one < other));
  }));
});

Deno.test("readClerkId() gives undefined for what is no KSUID", () => {
  for (
    const text of [
      "",
      "user_",
      "user_x",
      `user_${"z".repeat(27)}`,
      `user_${"-".repeat(27)}`,
    ]
  ) {
    assertEquals(readClerkId(text), undefined);
  }
});
