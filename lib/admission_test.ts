import { assert, assertStrictEquals } from "@std/assert";
import { createAdmission } from "./admission.ts";

Deno.test("enter() refuses more requests than the limit", () => {
  const admission = createAdmission({ maxRequests: 2, maxBytes: 100 });
  assert(admission.enter(1));
  assert(admission.enter(1));
  assertStrictEquals(admission.enter(1), null);
});

Deno.test("enter() refuses more bytes than the limit", () => {
  const admission = createAdmission({ maxRequests: 9, maxBytes: 100 });
  assert(admission.enter(60));
  assertStrictEquals(admission.enter(41), null);
  assert(admission.enter(40));
});

Deno.test("enter() takes nothing for what it refuses", () => {
  const admission = createAdmission({ maxRequests: 2, maxBytes: 100 });
  assertStrictEquals(admission.enter(101), null);
  assertStrictEquals(admission.enter(101), null);
  assert(admission.enter(100));
});

Deno.test("enter() gives room again when it is left", () => {
  const admission = createAdmission({ maxRequests: 1, maxBytes: 100 });
  {
    using room = admission.enter(100);
    assert(room);
  }
  assert(admission.enter(100));
});

Deno.test("enter() gives room back once, however often it is left", () => {
  const admission = createAdmission({ maxRequests: 1, maxBytes: 100 });
  const room = admission.enter(100);
  room?.[Symbol.dispose]();
  room?.[Symbol.dispose]();
  assert(admission.enter(100));
  assertStrictEquals(admission.enter(1), null);
});

for (const bytes of [NaN, -1, Infinity]) {
  Deno.test(`enter() refuses ${bytes} bytes and stays usable`, () => {
    const admission = createAdmission({ maxRequests: 9, maxBytes: 100 });
    assertStrictEquals(admission.enter(bytes), null);
    assert(admission.enter(100));
    assertStrictEquals(admission.enter(1), null);
  });
}
