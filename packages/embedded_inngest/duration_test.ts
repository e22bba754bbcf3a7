/** Durations and due times as SDKs write them. */
import { assertEquals } from "@std/assert";
import { parseDueMs, parseDurationMs } from "./duration.ts";

for (
  const [text, expected] of [
    ["1h30m", 5_400_000],
    ["1.5h", 5_400_000],
    ["2w", 1_209_600_000],
    ["250ms", 250],
    ["-5s", -5_000],
    ["0", 0],
    ["", undefined],
    ["1 month", undefined],
    ["5", undefined],
    ["1h x", undefined],
  ] as const
) {
  Deno.test(`parseDurationMs() reads ${JSON.stringify(text)} as ${expected}`, () => {
    assertEquals(parseDurationMs(text), expected);
  });
}

for (
  const [text, expected] of [
    ["", 1_000],
    ["2s", 3_000],
    ["-2s", 1_000],
    ["1970-01-01T00:00:05Z", 5_000],
    ["1970-01-01T00:00:00Z", 1_000],
    ["tomorrow", undefined],
  ] as const
) {
  Deno.test(`parseDueMs() takes ${JSON.stringify(text)} at 1 s for ${expected}`, () => {
    assertEquals(parseDueMs(text, 1_000), expected);
  });
}
