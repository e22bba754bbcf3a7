import { assertEquals } from "@std/assert";
import { describeDuration } from "./describe_duration.ts";

Deno.test("describeDuration() uses a unit from two of it on", () => {
  const cases: [number, string][] = [
    [0, "0 seconds"],
    [1_000, "1 second"],
    [119_000, "119 seconds"],
    [120_000, "2 minutes"],
    [7_199_000, "120 minutes"],
    [7_200_000, "2 hours"],
    [172_800_000, "2 days"],
  ];
  for (const [ms, text] of cases) assertEquals(describeDuration(ms), text);
});
