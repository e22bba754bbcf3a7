/** The delays between attempts, against Inngest's table. */
import { assertEquals } from "@std/assert";
import { backoffMs } from "./backoff.ts";

for (
  const [attempt, seconds] of [
    [0, 15],
    [1, 30],
    [2, 60],
    [3, 120],
    [9, 7_200],
    [
      19,
      7_200,
    ],
  ] as const
) {
  Deno.test(`backoffMs() waits ${seconds} to ${seconds + 30} s after attempt ${attempt}`, () => {
    assertEquals(backoffMs(attempt, 0), seconds * 1_000);
    assertEquals(backoffMs(attempt, 0.999_99), seconds * 1_000 + 29_999);
  });
}
