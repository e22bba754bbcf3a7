import { assertEquals } from "@std/assert";
import { Pace } from "./pace.ts";

Deno.test("Pace.limit() is the whole limit while no event arrives", () => {
  assertEquals(new Pace(() => 1_000).limit(16), 16);
});

Deno.test("Pace.limit() is half of the limit for 250 ms after an event", () => {
  let nowMs = 1_000;
  const pace = new Pace(() => nowMs);
  pace.noteArrival();
  assertEquals(pace.limit(16), 8);
  assertEquals(pace.limit(1), 1);
  nowMs += 250;
  assertEquals(pace.limit(16), 8);
  nowMs += 1;
  assertEquals(pace.limit(16), 16);
});
