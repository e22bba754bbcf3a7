import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import fc from "fast-check";
import { ManualClock } from "../../tests/support/clerk_api/manual_clock.ts";
import { createClerkRateLimiter, createRateLimiter } from "./rate_limiter.ts";

/** Calls without a break and gives the instants, ms from the first. */
async function callAtOnce(
  options: { secretKey: string; share?: number },
  calls: number,
): Promise<number[]> {
  const clock = new ManualClock(0);
  const limiter = createClerkRateLimiter({
    ...options,
    clock,
    sleep: clock.sleep,
  });
  const instantsMs: number[] = [];
  for (let call = 0; call < calls; call++) {
    await limiter.acquire();
    instantsMs.push(clock.now().getTime());
  }
  return instantsMs;
}

Deno.test("createClerkRateLimiter() takes its share of Clerk's limit, no more", async (t) => {
  const cases = [
    { secretKey: "sk_live_a", share: 0.2, callsPerWindow: 200 },
    { secretKey: "sk_live_a", share: 1, callsPerWindow: 1000 },
    { secretKey: "sk_test_a", share: 0.2, callsPerWindow: 20 },
    { secretKey: "sk_test_a", share: 0.001, callsPerWindow: 2 },
    { secretKey: "anything", share: 0.5, callsPerWindow: 50 },
  ];
  for (const { callsPerWindow, ...options } of cases) {
    await t.step(`${options.secretKey} ${options.share}`, async () => {
      const instantsMs = await callAtOnce(options, callsPerWindow * 4);
      const most = Math.max(
        ...instantsMs.map((fromMs) =>
          instantsMs.filter((atMs) => atMs >= fromMs && atMs < fromMs + 10_000)
            .length
        ),
      );
      assert(most <= callsPerWindow, `${most} in ten seconds`);
      assert(
        most >= Math.floor(callsPerWindow * 0.9),
        `only ${most} in ten seconds`,
      );
    });
  }
});

Deno.test("createClerkRateLimiter() takes a fifth by default", async () => {
  const byDefault = await callAtOnce({ secretKey: "sk_live_a" }, 400);
  const aFifth = await callAtOnce({ secretKey: "sk_live_a", share: 0.2 }, 400);
  assertEquals(byDefault, aFifth);
});

Deno.test("createClerkRateLimiter() refuses a share that is none", () => {
  for (const share of [0, -1, 1.01, NaN]) {
    assertThrows(
      () => createClerkRateLimiter({ secretKey: "sk_test_a", share }),
      RangeError,
    );
  }
});

Deno.test("createRateLimiter() never lets more through in a window, however calls come", async () => {
  const gap = fc.nat(3_000);
  await fc.assert(fc.asyncProperty(
    fc.integer({ min: 2, max: 60 }),
    fc.array(gap, { maxLength: 120 }),
    async (callsPerWindow, gapsMs) => {
      const clock = new ManualClock(0);
      const limiter = createRateLimiter({
        callsPerWindow,
        clock,
        sleep: clock.sleep,
      });
      const instantsMs: number[] = [];
      for (const gapMs of gapsMs) {
        clock.advance(gapMs);
        await limiter.acquire();
        instantsMs.push(clock.now().getTime());
      }
      instantsMs.forEach((atMs, nth) => {
        const later = instantsMs[nth + callsPerWindow] ?? Infinity;
        // Waits are fractions of ms: a hair's breadth is no breach.
        assert(later - atMs > 10_000 - 0.01);
      });
    },
  ));
});

Deno.test("pause() holds everybody back, tokens or not, and the longer pause wins", async () => {
  const clock = new ManualClock(0);
  const limiter = createRateLimiter({
    callsPerWindow: 100,
    clock,
    sleep: clock.sleep,
  });
  limiter.pause(7_000);
  limiter.pause(2_000);
  clock.advance(3_000);
  assertEquals(limiter.pausedForMs(), 4_000);
  await limiter.acquire();
  assertEquals(clock.now().getTime(), 7_000);
  assertEquals(limiter.pausedForMs(), 0);
});

Deno.test("pause() does not grow when the clock is set back", () => {
  const clock = new ManualClock();
  const limiter = createRateLimiter({ callsPerWindow: 100, clock });
  limiter.pause(5_000);
  clock.advance(-3_600_000);
  assertEquals(limiter.pausedForMs(), 5_000);
});

Deno.test("acquire() gives its turn back when it is called off", async () => {
  const clock = new ManualClock(0);
  const callOff = () => Promise.reject(new RangeError("enough"));
  let sleep: (ms: number) => Promise<void> = callOff;
  const limiter = createRateLimiter({
    callsPerWindow: 2,
    clock,
    sleep: (ms) => sleep(ms),
  });
  await limiter.acquire();
  for (let nth = 0; nth < 5; nth++) {
    await assertRejects(() => limiter.acquire(), RangeError);
  }
  sleep = clock.sleep;
  await limiter.acquire();
  assertEquals(clock.now().getTime(), 10_000);
});
