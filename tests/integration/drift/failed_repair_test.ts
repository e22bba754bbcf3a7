/** A repair that nobody can carry out, through the engine. */
import { assertEquals } from "@std/assert";
import { reconcileUser } from "../../../functions/reconcile_user.ts";
import { RECONCILE_REQUESTED } from "../../../lib/events.ts";
import { DeadLetters, type Failure } from "../../../lib/store/dead_letters.ts";
import { openRollcall } from "../../support/open_rollcall.ts";

Deno.test("a repair that fails for good leaves a dead letter with its run", async () => {
  const kept = Promise.withResolvers<void>();
  class HeardLetters extends DeadLetters {
    override async add(failure: Failure): Promise<void> {
      await super.add(failure);
      kept.resolve();
    }
  }
  await using rollcall = await openRollcall({}, {
    engine: { retryIntervalMs: 0 },
    createFunctions: (deps) => [
      reconcileUser({
        ...deps,
        store: { ...deps.store, deadLetters: new HeardLetters(deps.store.db) },
      }),
    ],
  });
  const { store, inngest } = rollcall.services;
  await inngest.send({
    name: RECONCILE_REQUESTED,
    data: { who: "admin" }, // of nobody
  });
  const ended = await rollcall.ended("reconcile-user");
  await kept.promise;
  const letter = await store.deadLetters.documents.findOne();
  assertEquals(letter?.function_id, "rollcall-reconcile-user");
  assertEquals(letter?.event_name, RECONCILE_REQUESTED);
  assertEquals(letter?.run_id, ended.run_id);
});
