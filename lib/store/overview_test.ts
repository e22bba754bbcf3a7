import { assertEquals } from "@std/assert";
import { quantile } from "./overview.ts";

Deno.test("quantile() picks a value that occurs", () => {
  const hundred = Array.from({ length: 100 }, (_, i) => i + 1);
  assertEquals(quantile(hundred, 0.95), 95);
  assertEquals(quantile(hundred, 0.5), 50);
  assertEquals(quantile([7], 0.95), 7);
  assertEquals(quantile([7], 0), 7);
});

Deno.test("quantile() has none of nothing", () => {
  assertEquals(quantile([], 0.95), null);
});
