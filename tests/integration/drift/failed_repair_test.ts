/** A repair that nobody can carry out, through the engine. */
import { assertEquals } from "@std/assert";
import { reconcileUser } from "../../../functions/reconcile_user.ts";
import { RECONCILE_REQUESTED } from "../../../lib/requests.ts";
import { hearLetters } from "../../support/hear_letters.ts";
import { openRollcall } from "../../support/open_rollcall.ts";

Deno.test("a repair that fails for good leaves a dead letter with its run", async () => {
  let kept: Promise<void> | undefined;
  await using rollcall = await openRollcall({}, {
    engine: { retryIntervalMs: 0 },
    createFunctions: (deps) => {
      const letters = hearLetters(deps, 1);
      kept = letters.kept;
      return [reconcileUser(letters.deps)];
    },
  });
  const { store, inngest } = rollcall.services;
  await inngest.send({
    name: RECONCILE_REQUESTED,
    data: { who: "admin" }, // of nobody
  });
  const ended = await rollcall.ended("reconcile-user");
  await kept;
  const letter = await store.deadLetters.documents.findOne();
  assertEquals(letter?.function_id, "rollcall-reconcile-user");
  assertEquals(letter?.event_name, RECONCILE_REQUESTED);
  assertEquals(letter?.run_id, ended.run_id);
});
