/** Functions that run by the clock, when they fail for good and then do not. */
import { assert, assertEquals } from "@std/assert";
import { createFunctions } from "../../../functions/mod.ts";
import { watchAlerts } from "../../../functions/watch_alerts.ts";
import { ALERTS_CHECK_REQUESTED } from "../../../lib/requests.ts";
import { Heartbeats, WATCH_ALERTS } from "../../../lib/store/heartbeats.ts";
import { hearLetters } from "../../support/hear_letters.ts";
import { openRollcall } from "../../support/open_rollcall.ts";

Deno.test("watch-alerts has one dead letter however often it fails, and closes it when it succeeds", async () => {
  let isDown = true;
  class BrokenHeartbeats extends Heartbeats {
    override async read(id: string) {
      if (isDown) throw new Error("it broke");
      return await super.read(id);
    }
  }
  let heard: Promise<void> | undefined;
  await using rollcall = await openRollcall({}, {
    createFunctions: (deps) => {
      const letters = hearLetters(deps, 2);
      heard = letters.kept;
      const { store } = letters.deps;
      const heartbeats = new BrokenHeartbeats(store.db);
      return [
        watchAlerts({ ...letters.deps, store: { ...store, heartbeats } }),
      ];
    },
  });
  const { store, inngest } = rollcall.services;
  const look = async () => {
    await inngest.send({ name: ALERTS_CHECK_REQUESTED, data: {} });
    return await rollcall.ended(WATCH_ALERTS);
  };
  assert((await look()).error);
  assert((await look()).error);
  await heard;
  const [letter, ...others] = await store.deadLetters.documents.find()
    .toArray();
  assertEquals(others, []);
  assertEquals(letter?.function_id, `rollcall-${WATCH_ALERTS}`);
  assertEquals([letter?.failures, letter?.replayed_at], [2, null]);
  isDown = false;
  assertEquals((await look()).error, undefined);
  const closed = await store.deadLetters.documents.findOne();
  assert(closed?.replayed_at instanceof Date);
});

Deno.test("every function says what happens when it fails for good", async () => {
  const mute: string[] = [];
  await using _rollcall = await openRollcall({}, {
    createFunctions: (deps) => {
      const functions = createFunctions(deps);
      for (const { opts } of functions) {
        if (opts.onFailure === undefined) mute.push(opts.id);
      }
      return functions;
    },
  });
  assertEquals(mute, []);
});
