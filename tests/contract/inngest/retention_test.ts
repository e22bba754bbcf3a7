/**
 * Retention: what goes, what stays, and that everything still works afterwards.
 */
import { assertEquals } from "@std/assert";
import { FakeClock } from "./fake_clock.ts";
import { engineTest, startApp, type TestApp } from "./start_app.ts";

const INTERVAL_MS = 50 * 60_000; // no part of two hours, the limit of a request, which sets timers too
const DAY_MS = 24 * 3_600_000;

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
  ], { clock, retention: { intervalMs: INTERVAL_MS, ...retention } });
}

/** Moves time and waits for the end of the sweep that is due then. */
async function sweepAfter(clock: FakeClock, ms: number): Promise<void> {
  await clock.timerIn(INTERVAL_MS);
  clock.advance(ms);
  await clock.timerIn(INTERVAL_MS);
}

/** Sends numbered events of one name, together. */
async function sendNumbered(
  app: TestApp,
  name: string,
  count: number,
  text = "",
): Promise<void> {
  const list = Array.from({ length: count }, (_, n) => ({ n, text }));
  await app.sendAll(name, list);
}

/** Every number of the events of a name that are still there, newest first. */
async function listNumbers(app: TestApp, name: string): Promise<number[]> {
  const numbers: number[] = [];
  for (let cursor = "";;) {
    const page = await listIds(
      app,
      `/v1/events?name=${name}&limit=100&cursor=${cursor}`,
    ) as { internal_id: string; data: { n: number } }[];
    numbers.push(...page.map(({ data }) => data.n));
    const last = page.at(-1);
    if (!last) return numbers;
    cursor = last.internal_id;
  }
}

/** How many runs of a function are still there. */
async function countRuns(app: TestApp, fn: string): Promise<number> {
  let count = 0;
  for (let cursor = "";;) {
    const { body } = await app.api(
      `/api/v2/runs?functionId=${fn}&limit=100&cursor=${cursor}`,
    );
    const { data, page } = body as {
      data: unknown[];
      page: { hasMore: boolean; cursor: string };
    };
    count += data.length;
    if (!page.hasMore) return count;
    cursor = page.cursor;
  }
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
    await clock.nextTimer(INTERVAL_MS);
    for (let day = 0; day < 6; day++) clock.advance(DAY_MS);
    await untilLength(app, "/api/v2/runs?functionId=quick", 3);
    for (let day = 0; day < 2; day++) {
      await clock.nextTimer(INTERVAL_MS);
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
    await clock.nextTimer(INTERVAL_MS);
    clock.advance(DAY_MS);
    await untilLength(app, "/api/v2/runs?functionId=quick", 0);
    await untilLength(app, "/v1/events?name=a/b", 0);
  },
);

engineTest(
  "retention goes on through any number of rows, past those that stay",
  async () => {
    const clock = new FakeClock();
    await using app = await startExample(clock, { maxAgeMs: 7 * DAY_MS });
    await sendNumbered(app, "a/b", 120);
    await app.sendAll("a/sleep", Array(3).fill({}));
    await sendNumbered(app, "a/b", 120);
    await app.endedAll("quick", 240);
    await sendNumbered(app, "no/runs", 250);
    await sendNumbered(app, "a/b", 1);
    await app.ended("quick");
    await sweepAfter(clock, 8 * DAY_MS);
    assertEquals(await listNumbers(app, "no/runs"), []);
    assertEquals(await listNumbers(app, "a/b"), []);
    assertEquals(await countRuns(app, "quick"), 0);
    assertEquals((await listIds(app, "/v1/events?name=a/sleep")).length, 3);
    clock.advance(30 * DAY_MS);
    assertEquals((await app.endedAll("sleeps", 3)).length, 3);
  },
);

engineTest(
  "events are acknowledged between the pieces of a sweep",
  async () => {
    const clock = new FakeClock();
    await using app = await startExample(clock, { maxAgeMs: 7 * DAY_MS });
    await sendNumbered(app, "no/runs", 3_000);
    await sendNumbered(app, "a/b", 1);
    await app.ended("quick");
    await clock.timerIn(INTERVAL_MS);
    clock.advance(8 * DAY_MS);
    await app.send("x/urgent");
    const left = await listNumbers(app, "no/runs");
    assertEquals(left.length > 0, true, "the event waited for the whole sweep");
    await clock.timerIn(INTERVAL_MS);
    assertEquals(await listNumbers(app, "no/runs"), []);
  },
);

engineTest(
  "retention by size takes the oldest runs with their events, and stops at the limit",
  async () => {
    const clock = new FakeClock();
    await using app = await startExample(clock, { maxBytes: 5_000_000 });
    for (let part = 0; part < 4; part++) { // 50 KB a run, with what its end says of it
      await sendNumbered(app, "a/b", 50, "x".repeat(10_000));
      await app.endedAll("quick", 50);
    }
    await sweepAfter(clock, INTERVAL_MS);
    const numbers = await listNumbers(app, "a/b");
    const { length } = numbers;
    assertEquals(
      length > 60 && length < 120,
      true,
      `${length} of 200 are left`,
    );
    assertEquals(
      numbers.slice(0, 50),
      Array.from({ length: 50 }, (_, n) => 49 - n),
    );
    assertEquals(await countRuns(app, "quick"), numbers.length);
  },
);
