/**
 * Retention: what goes, what stays, and that everything still works afterwards.
 */
import { assertEquals } from "@std/assert";
import { FakeClock } from "./fake_clock.ts";
import { engineTest, startApp, type TestApp } from "./start_app.ts";

const HOUR_MS = 3_600_000; // less than the limit of a request, whose timer comes and goes
const DAY_MS = 24 * HOUR_MS;

async function startExample(
  clock: FakeClock,
  retention: { maxAgeMs?: number; maxBytes?: number },
): Promise<TestApp> {
  return await startApp((client) => [
    client.createFunction(
      { id: "quick", triggers: [{ event: "a/b" }] },
      ({ step }) => step.run("one", () => "x".repeat(1_000)),
    ),
    client.createFunction(
      { id: "sleeps", triggers: [{ event: "a/sleep" }] },
      async ({ step }) => {
        await step.sleep("z", "30d");
        return "slept";
      },
    ),
  ], { clock, retention: { intervalMs: HOUR_MS, ...retention } });
}

async function listIds(app: TestApp, path: string): Promise<unknown[]> {
  const { body } = await app.api(path);
  return (body as { data: unknown[] }).data;
}

/** Turns the event loop until the list has the length. */
async function untilLength(app: TestApp, path: string, length: number) {
  for (let turn = 0; turn < 10_000; turn++) {
    if ((await listIds(app, path)).length === length) return;
    await new Promise((resolve) => setImmediate(resolve));
  }
  assertEquals((await listIds(app, path)).length, length);
}

engineTest(
  "retention forgets ended runs and events by age, and keeps what is open",
  async () => {
    const clock = new FakeClock();
    await using app = await startExample(clock, { maxAgeMs: 7 * DAY_MS });
    await app.send("a/sleep");
    for (let n = 0; n < 3; n++) {
      await app.send("a/b");
      await app.ended("quick");
    }
    await clock.nextTimer(HOUR_MS);
    for (let day = 0; day < 6; day++) clock.advance(DAY_MS);
    await untilLength(app, "/api/v2/runs?functionId=quick", 3);
    for (let day = 0; day < 2; day++) {
      await clock.nextTimer(HOUR_MS);
      clock.advance(DAY_MS);
    }
    await untilLength(app, "/api/v2/runs?functionId=quick", 0);
    await untilLength(app, "/v1/events?name=a/b", 0);
    assertEquals((await listIds(app, "/v1/events?name=a/sleep")).length, 1);
    clock.advance(30 * DAY_MS);
    assertEquals((await app.ended("sleeps")).result, "slept");
  },
);

engineTest(
  "retention forgets the past at any age when the file is over its limit",
  async () => {
    const clock = new FakeClock();
    await using app = await startExample(clock, { maxBytes: 1 });
    await app.send("a/b");
    await app.ended("quick");
    await clock.nextTimer(HOUR_MS);
    clock.advance(DAY_MS);
    await untilLength(app, "/api/v2/runs?functionId=quick", 0);
    await untilLength(app, "/v1/events?name=a/b", 0);
  },
);
