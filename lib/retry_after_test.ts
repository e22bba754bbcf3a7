import { assertEquals } from "@std/assert";
import { parseRetryAfter } from "./retry_after.ts";

const NOW = new Date("2026-06-01T12:00:00Z");

Deno.test("parseRetryAfter() reads seconds and dates, and shrugs at the rest", async (t) => {
  const cases: [string | null, number | undefined][] = [
    [null, undefined],
    ["", undefined],
    ["7", 7_000],
    [" 7 ", 7_000],
    ["0", 0],
    ["-3", undefined],
    ["7.5", undefined],
    ["soon", undefined],
    ["7 seconds", undefined],
    ["99999999999999999999", undefined],
    ["Mon, 01 Jun 2026 12:00:09 GMT", 9_000],
    ["Mon, 01 Jun 2026 11:00:00 GMT", 0],
    ["Monday, 01-Jun-26 12:00:09 GMT", 9_000],
  ];
  for (const [header, expected] of cases) {
    await t.step(String(header), () => {
      assertEquals(parseRetryAfter(header, NOW), expected);
    });
  }
});
