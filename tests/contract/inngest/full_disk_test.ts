/**
 * A disk that refuses writes for a while: nothing that was executed is executed again, and what
 * could not be written is written once there is room.
 */
import { assertEquals } from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import { FakeClock } from "./fake_clock.ts";
import { engineTest, startApp } from "./start_app.ts";

const REDO_MS = 1_000;

/** Lets so many commits through and refuses those after them, as a full disk does. */
function fillDisk(commitsBefore = 0): Disposable {
  const { exec } = DatabaseSync.prototype;
  let left = commitsBefore;
  DatabaseSync.prototype.exec = function (sql): void {
    if (sql === "COMMIT" && left-- <= 0) {
      throw new Error("database or disk is full");
    }
    exec.call(this, sql);
  };
  return { [Symbol.dispose]: () => DatabaseSync.prototype.exec = exec };
}

engineTest(
  "a step whose outcome the disk refuses is written later, and does not run again",
  async () => {
    const clock = new FakeClock();
    const entered = Promise.withResolvers<void>();
    const release = Promise.withResolvers<void>();
    const bodies: string[] = [];
    await using app = await startApp((client) => [
      client.createFunction(
        { id: "fn", triggers: [{ event: "a/b" }], checkpointing: false },
        async ({ step }) => {
          const charged = await step.run("charge", async () => {
            bodies.push("charge");
            entered.resolve();
            await release.promise;
            return 5;
          });
          return await step.run("mail", () => {
            bodies.push("mail");
            return charged + 1;
          });
        },
      ),
    ], { clock });
    await app.send("a/b");
    await entered.promise;
    {
      using _full = fillDisk();
      release.resolve();
      for (let second = 0; second < 3; second++) {
        await clock.timerIn(REDO_MS);
        clock.advance(REDO_MS);
      }
      await clock.timerIn(REDO_MS);
    }
    clock.advance(REDO_MS);
    assertEquals((await app.ended("fn")).result, 6);
    assertEquals(bodies, ["charge", "mail"]);
  },
);

engineTest(
  "a call that the disk refuses to put in line gets its turn all the same",
  async () => {
    const clock = new FakeClock();
    const entered = Promise.withResolvers<void>();
    const release = Promise.withResolvers<void>();
    await using app = await startApp((client) => [
      client.createFunction(
        {
          id: "fn",
          triggers: [{ event: "a/b" }],
          concurrency: { limit: 1, key: "event.data.key" },
        },
        async ({ event }) => {
          if (event.data.n === 1) entered.resolve();
          await release.promise;
          return event.data.n;
        },
      ),
    ], { clock });
    await app.send("a/b", { key: "k", n: 1 });
    await entered.promise;
    {
      using _full = fillDisk(1);
      await app.send("a/b", { key: "k", n: 2 });
      await clock.timerIn(REDO_MS);
    }
    clock.advance(REDO_MS);
    release.resolve();
    const ends = await app.endedAll("fn", 2);
    assertEquals(ends.map(({ result }) => result), [1, 2]);
  },
);

engineTest("an engine closes while the disk refuses an outcome", async () => {
  const clock = new FakeClock();
  await using app = await startApp((client) => [
    client.createFunction(
      { id: "fn", triggers: [{ event: "a/b" }], checkpointing: false },
      ({ step }) => step.run("one", () => 1),
    ),
  ], { clock });
  using _full = fillDisk(1);
  await app.send("a/b");
  await clock.timerIn(REDO_MS);
  await app.engine.close();
});
