import { assertEquals, assertMatch } from "@std/assert";
import { randomReadable } from "./ids.ts";

Deno.test("randomReadable() has the length asked for", () => {
  for (const length of [0, 1, 6, 48]) {
    assertEquals(randomReadable(length).length, length);
  }
});

Deno.test("randomReadable() uses all 32 characters that do not read alike", () => {
  const text = randomReadable(4096);
  assertMatch(text, /^[a-km-np-z2-9]+$/);
  assertEquals(new Set(text).size, 32);
});

Deno.test("randomReadable() does not repeat itself", () => {
  const texts = Array.from({ length: 1000 }, () => randomReadable(16));
  assertEquals(new Set(texts).size, 1000);
});
