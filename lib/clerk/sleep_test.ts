import { assertEquals, assertRejects } from "@std/assert";
import { sleep } from "./sleep.ts";

Deno.test("sleep() rejects with the reason of a signal, before and during", async () => {
  const giveUp = new AbortController();
  const pending = sleep(60_000, giveUp.signal);
  giveUp.abort(new RangeError("enough"));
  await assertRejects(() => pending, RangeError, "enough");
  await assertRejects(() => sleep(0, giveUp.signal), RangeError, "enough");
});

Deno.test("sleep() resolves when the time is over and leaves the signal alone", async () => {
  const giveUp = new AbortController();
  assertEquals(await sleep(0, giveUp.signal), undefined);
  giveUp.abort();
});
