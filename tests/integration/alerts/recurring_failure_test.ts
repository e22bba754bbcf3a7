/** Functions that run by the clock, when they fail for good and then do not. */
import { assertEquals } from "@std/assert";
import { addRecurringDeadLetter } from "../../../functions/dead_letter.ts";
import { createFunctions } from "../../../functions/mod.ts";
import { lookForAlerts, watchAlerts } from "../../../functions/watch_alerts.ts";
import { ALERTS_CHECK_REQUESTED } from "../../../lib/requests.ts";
import { Heartbeats, WATCH_ALERTS } from "../../../lib/store/heartbeats.ts";
import { hearLetters } from "../../support/hear_letters.ts";
import { openRollcall } from "../../support/open_rollcall.ts";
import { openAlertBed, readOpenKinds } from "./alert_bed.ts";

Deno.test("watch-alerts leaves the same dead letter for every run that fails", async () => {
  class BrokenHeartbeats extends Heartbeats {
    override read(): Promise<never> {
      return Promise.reject(new Error("it broke"));
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
  await inngest.send([1, 2].map(() => ({
    name: ALERTS_CHECK_REQUESTED,
    data: {},
  })));
  await heard;
  const letters = await store.deadLetters.documents.find().toArray();
  assertEquals(
    letters.map(({ function_id, error }) => [function_id, error.message]),
    [[`rollcall-${WATCH_ALERTS}`, "it broke"]],
  );
});

Deno.test("lookForAlerts() closes the dead letter of looks that failed, before it counts them", async () => {
  await using bed = await openAlertBed();
  const { store, deps } = bed;
  const failure = {
    error: new Error("it broke"),
    event: {
      data: {
        function_id: `rollcall-${WATCH_ALERTS}`,
        run_id: "run_0",
        event: { id: "tick_0", name: "inngest/scheduled.timer" },
      },
    },
  };
  await addRecurringDeadLetter(deps, failure);
  await addRecurringDeadLetter(deps, failure);
  const [letter] = await store.deadLetters.documents.find().toArray();
  assertEquals([letter?.failures, letter?.replayed_at], [2, null]);
  await lookForAlerts(deps);
  assertEquals(await readOpenKinds(bed), []);
  const closed = await store.deadLetters.documents.findOne();
  assertEquals(closed?.replayed_at, bed.clock.now());
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
