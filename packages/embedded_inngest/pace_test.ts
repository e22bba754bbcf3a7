import { assertEquals } from "@std/assert";
import { FakeClock } from "../../tests/contract/inngest/fake_clock.ts";
import { Pace } from "./pace.ts";

const MOST = 64;

Deno.test("Pace lets everything begin while events trickle in", async () => {
  const clock = new FakeClock();
  const pace = new Pace(clock);
  for (let quarter = 0; quarter < 8; quarter++) {
    pace.noteArrival(120); // 480 a second
    assertEquals(pace.limit(MOST), MOST);
    await clock.advance(250);
  }
});

Deno.test("Pace lets one begin during a flood, and all when it is over", async () => {
  const clock = new FakeClock();
  const pace = new Pace(clock);
  for (let tenth = 0; tenth < 5; tenth++) {
    pace.noteArrival(100); // 1,000 a second
    await clock.advance(100);
  }
  assertEquals(pace.limit(MOST), 1);
  await clock.advance(pace.calmMs - clock.now().getTime());
  assertEquals(pace.limit(MOST), MOST);
});
