/**
 * A folder that another version of the engine wrote.
 */
import { assertEquals, assertMatch, assertRejects } from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import type { Inngest } from "inngest";
import { startEngine } from "../../../packages/embedded_inngest/mod.ts";
import { FakeClock } from "./fake_clock.ts";
import { engineTest, startApp } from "./start_app.ts";
import { untilStep } from "./until_step.ts";

/** Waits a day for the event with its own id. */
function define(client: Inngest) {
  return [
    client.createFunction(
      { id: "fn", triggers: [{ event: "a/b" }] },
      async ({ step }) => {
        const reply = await step.waitForEvent("w", {
          event: "x/reply",
          timeout: "1d",
          match: "data.id",
        });
        return reply?.data.id ?? null;
      },
    ),
  ];
}

/** Leaves a folder with a run that waits, and changes its file by hand. */
async function leaveFolder(clock: FakeClock, sql: string): Promise<string> {
  const path = await Deno.makeTempDir();
  {
    await using app = await startApp(define, { path, clock });
    await app.send("a/b", { id: 1 });
    await untilStep(app.engine, "w");
  }
  const file = new DatabaseSync(`${path}/inngest.db`);
  file.exec(sql);
  file.close();
  return path;
}

engineTest("a file of the first version is brought up to date", async () => {
  const clock = new FakeClock();
  const path = await leaveFolder(
    clock,
    `DROP INDEX waits_by_match; CREATE INDEX waits_by_name ON waits(event_name);
     ALTER TABLE waits DROP COLUMN match_path; ALTER TABLE waits DROP COLUMN match_value;
     DROP TABLE batches; DROP INDEX runs_by_status;
     CREATE INDEX runs_by_function ON runs(function_id, seq); PRAGMA user_version=1`,
  );
  await using app = await startApp(define, { path, clock });
  await app.sendAll("x/reply", [{ id: 2 }, { id: 1 }]);
  assertEquals((await app.ended("fn")).result, 1);
  await app.engine.close();
  await Deno.remove(path, { recursive: true });
});

engineTest(
  "startEngine() refuses a file that a newer version wrote",
  async () => {
    const path = await leaveFolder(new FakeClock(), "PRAGMA user_version=1000");
    const error = await assertRejects(() => startEngine({ path }), Error);
    assertMatch(error.message, /schema 1000 is newer/);
    await Deno.remove(path, { recursive: true });
  },
);

engineTest(
  "a function that another version stored and this one refuses fails its runs visibly",
  async () => {
    const clock = new FakeClock();
    const path = await leaveFolder(
      clock,
      `UPDATE functions SET config=json_set(config, '$.debounce', '5s') WHERE slug='app-fn';
       UPDATE timers SET due_at=0`,
    );
    await using app = await startApp(() => [], { path, clock });
    const { error } = await app.ended("fn");
    assertMatch(error?.message ?? "", /the app no longer has it/);
    await app.engine.close();
    await Deno.remove(path, { recursive: true });
  },
);
