/**
 * cancelOn and timeouts: what ends a run before its function does.
 */
import { assertEquals } from "@std/assert";
import { FakeClock } from "./fake_clock.ts";
import { engineTest, startApp } from "./start_app.ts";

const MINUTE_MS = 60_000;

engineTest(
  "cancelOn ends a run that a later event matches, without failing it",
  async () => {
    const clock = new FakeClock();
    const failures: string[] = [];
    await using app = await startApp((client) => [
      client.createFunction({
        id: "long",
        triggers: [{ event: "a/b" }],
        cancelOn: [{ event: "a/stop", match: "data.u" }],
        onFailure: () => void failures.push("failed"),
      }, async ({ event, step }) => {
        await step.sleep("z", event.data.sleep);
        return "slept";
      }),
    ], { clock });
    await app.send("a/stop", { u: "x" }); // before the run exists: no effect
    await app.sendAll("a/b", [{ u: "x", sleep: "1h" }, {
      u: "y",
      sleep: "30m",
    }]);
    await clock.nextTimer(30 * MINUTE_MS); // y sleeps, so x has been created
    await app.send("a/stop", { u: "x" });
    const cancelled = await app.ended("long");
    assertEquals(cancelled._inngest.status, "Cancelled");
    assertEquals(cancelled.event.data, { u: "x", sleep: "1h" });
    clock.advance(30 * MINUTE_MS);
    assertEquals((await app.ended("long")).result, "slept");
    assertEquals(failures, []);
  },
);

engineTest(
  "timeouts.start cancels a run that waited too long for its first request",
  async () => {
    const clock = new FakeClock();
    const entered = Promise.withResolvers<void>();
    const release = Promise.withResolvers<void>();
    await using app = await startApp((client) => [
      client.createFunction({
        id: "queue",
        triggers: [{ event: "a/b" }],
        concurrency: 1,
        timeouts: { start: "10s" },
      }, () => {
        entered.resolve();
        return release.promise;
      }),
    ], { clock });
    await app.sendAll("a/b", [{ n: 1 }, { n: 2 }]);
    await entered.promise;
    await clock.advanceToNext(10_000);
    assertEquals((await app.ended("queue"))._inngest.status, "Cancelled");
    release.resolve();
    assertEquals((await app.ended("queue"))._inngest.status, "Completed");
  },
);

engineTest("timeouts.finish cancels a run between two steps", async () => {
  const clock = new FakeClock();
  await using app = await startApp((client) => [
    client.createFunction({
      id: "slow",
      triggers: [{ event: "a/b" }],
      timeouts: { finish: "1m" },
    }, ({ step }) => step.sleep("z", "1h")),
  ], { clock });
  await app.send("a/b");
  await clock.nextTimer(MINUTE_MS);
  clock.advance(MINUTE_MS);
  assertEquals((await app.ended("slow"))._inngest.status, "Cancelled");
});
