/** The hourly record of lag and traffic, on the real store. */
import { assert, assertEquals } from "@std/assert";
import { openTestStore } from "../../support/test_store.ts";

const HOUR = Date.UTC(2026, 0, 1, 10);
const MINUTE_MS = 60_000;
const at = (minutes: number) => new Date(HOUR + minutes * MINUTE_MS);

function applied(minutes: number, lag_ms: number | null) {
  const settled_at = HOUR + minutes * MINUTE_MS;
  return { outcome: "applied" as const, settled_at, lag_ms };
}

Deno.test("Freshness gives quantiles of an hour and of a part of it", async () => {
  await using test = await openTestStore();
  const { freshness } = test.store;
  await test.store.write([freshness.plan({
    receivedAt: [],
    settled: [applied(1, 100), applied(1, 100), applied(59, 10_000)],
  })]);
  await test.store.write([
    freshness.plan({ receivedAt: [], settled: [applied(60, 1)] }),
  ]);

  const whole = await freshness.readLags(at(0), at(60));
  assertEquals(whole.count, 3);
  assert(Math.abs(whole.p50Ms! - 100) <= 5);
  assert(Math.abs(whole.p99Ms! - 10_000) <= 500);
  const part = await freshness.readLags(at(58), at(61));
  assertEquals(part.count, 2);
  assertEquals((await freshness.readLags(at(2), at(50))).p50Ms, null);
});

Deno.test("Freshness counts only what was applied and has a lag", async () => {
  await using test = await openTestStore();
  const { freshness } = test.store;
  await test.store.write([freshness.plan({
    receivedAt: [],
    settled: [
      applied(0, null),
      { ...applied(0, 5), outcome: "discarded" },
      { ...applied(0, 5), outcome: "failed" },
    ],
  })]);
  assertEquals(await freshness.documents.countDocuments(), 0);
});

Deno.test("Freshness tells in how many slots of an hour something arrived", async () => {
  await using test = await openTestStore();
  const { freshness } = test.store;
  await test.store.write([
    freshness.plan({ receivedAt: [at(0), at(1), at(3)], settled: [] }),
  ]);
  await test.store.write([
    freshness.plan({ receivedAt: [at(1), at(61)], settled: [] }),
  ]);
  assertEquals(await freshness.readBusyHours(at(0), at(120)), [
    { at: at(0), busySlots: 2 },
    { at: at(60), busySlots: 1 },
  ]);
  assertEquals(await freshness.readBusyHours(at(60), at(120)), [
    { at: at(60), busySlots: 1 },
  ]);
});

Deno.test("Freshness keeps one document an hour, hours in order", async () => {
  await using test = await openTestStore();
  const { freshness } = test.store;
  await test.store.write([freshness.plan({
    receivedAt: [at(70), at(2)],
    settled: [applied(65, 20), applied(5, 40)],
  })]);
  const hours = await freshness.readHours(at(0), at(120));
  assertEquals(
    hours.map((hour) => [hour.at, hour.count]),
    [[at(0), 1], [at(60), 1]],
  );
  assertEquals(await freshness.documents.countDocuments(), 2);
});
