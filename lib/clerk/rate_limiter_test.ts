import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import fc from "fast-check";
import { FakeClock } from "../../tests/contract/inngest/fake_clock.ts";
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

/** Many calls at once, with pauses at some instants; gives when each went, ms. */
async function callThroughPauses(
  { callsPerWindow, calls, pauses }: {
    readonly callsPerWindow: number;
    readonly calls: number;
    readonly pauses: readonly { readonly atMs: number; readonly ms: number }[];
  },
): Promise<number[]> {
  const clock = new FakeClock();
  const startMs = clock.now().getTime();
  const limiter = createRateLimiter({
    callsPerWindow,
    clock,
    sleep: (ms) =>
      new Promise((resolve) => {
        clock.setTimer(
          new Date(clock.now().getTime() + Math.ceil(ms)),
          resolve,
        );
      }),
  });
  for (const { atMs, ms } of pauses) {
    clock.setTimer(new Date(startMs + atMs), () => limiter.pause(ms));
  }
  const instantsMs: number[] = [];
  const all = Array.from({ length: calls }, async () => {
    await limiter.acquire();
    instantsMs.push(clock.now().getTime() - startMs);
  });
  while (instantsMs.length < calls) {
    await clock.advanceToNext();
    await new Promise((resolve) => setTimeout(resolve));
  }
  await Promise.all(all);
  return instantsMs.toSorted((a, b) => a - b);
}

Deno.test("pause() lets those who waited meanwhile through at the usual pace, and nobody before", async () => {
  const pauses = [{ atMs: 1_500, ms: 20_000 }, { atMs: 10_000, ms: 30_000 }];
  const instantsMs = await callThroughPauses({
    callsPerWindow: 20,
    calls: 60,
    pauses,
  });
  assertEquals(instantsMs.filter((ms) => ms > 1_500 && ms < 40_000), []);
  instantsMs.forEach((ms, nth) =>
    assert((instantsMs[nth + 20] ?? Infinity) - ms >= 10_000 - 1)
  );
  const [last = Infinity] = instantsMs.slice(-1);
  assert(last < 38_500 + 60 * 600, `the last went after ${last} ms`);
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
