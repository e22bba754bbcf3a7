/** Events that cannot be written: for a while, or never. */
import { assert, assertEquals } from "@std/assert";
import { NonRetriableError } from "inngest";
import type { FunctionDependencies } from "../../../functions/dependencies.ts";
import { recordEvent } from "../../../functions/record_event.ts";
import { syncUserFromClerk } from "../../../functions/sync_user_from_clerk.ts";
import { hearLetters } from "../../support/hear_letters.ts";
import { openRollcall } from "../../support/open_rollcall.ts";

const AT_ONCE = { engine: { retryIntervalMs: 0 } };

/** More than Inngest makes of its own accord. */
const FAILED_ATTEMPTS = 7;

function userCreated(id: string, data: object = {}) {
  return {
    id: `msg_${id}`,
    name: "clerk/user.created",
    data: {
      id,
      ...data,
      _webhook: { id: `msg_${id}`, timestamp: 1, instance_id: null },
    },
  };
}

/** Dependencies whose first calls find MongoDB down. */
function withOutage(deps: FunctionDependencies): FunctionDependencies {
  let attempts = 0;
  const ensureIndexes = () =>
    attempts++ < FAILED_ATTEMPTS
      ? Promise.reject(new Error("connection refused"))
      : deps.store.ensureIndexes();
  return { ...deps, store: { ...deps.store, ensureIndexes } };
}

Deno.test("an event is written and recorded after more failed attempts than Inngest's own five", async () => {
  await using rollcall = await openRollcall({}, {
    ...AT_ONCE,
    createFunctions: (deps) => [
      syncUserFromClerk(withOutage(deps)),
      recordEvent(withOutage(deps)),
    ],
  });
  const { store, inngest } = rollcall.services;
  const outcome = rollcall.outcomes(["msg_user_1"]);
  await inngest.send(userCreated("user_1"));
  for (const id of ["sync-user-from-clerk", "record-event"]) {
    assertEquals((await rollcall.ended(id)).error, undefined, id);
  }
  await outcome;
  assert(await store.users.documents.findOne({ _id: "user_1" }));
  const record = await store.webhookEvents.documents.findOne();
  assertEquals(record?.state, "applied");
  assertEquals(await store.deadLetters.documents.countDocuments(), 0);
});

Deno.test("an event that MongoDB will never take is a dead letter after one attempt", async () => {
  let heard: Promise<void> | undefined;
  await using rollcall = await openRollcall({}, {
    createFunctions: (deps) => {
      const letters = hearLetters(deps, 1);
      heard = letters.kept;
      return [syncUserFromClerk(letters.deps)];
    },
  });
  const { store, inngest } = rollcall.services;
  await store.db.collection("users").createIndex(
    { external_id: 1 },
    { unique: true, partialFilterExpression: { external_id: "taken" } },
  );
  await store.db.collection("users").insertOne({
    username: "other",
    external_id: "taken",
  });
  await inngest.send(userCreated("user_1", { external_id: "taken" }));
  await heard;
  const letter = await store.deadLetters.documents.findOne();
  assertEquals(letter?.event_id, "msg_user_1");
  assert(letter?.error.message.includes("external_id"));
});

Deno.test("record-event leaves a dead letter for each event of a batch that it gives up", async () => {
  let heard: Promise<void> | undefined;
  await using rollcall = await openRollcall({}, {
    createFunctions: (deps) => {
      const letters = hearLetters(deps, 3);
      heard = letters.kept;
      let attempts = 0;
      const ensureIndexes = () =>
        attempts++ === 0
          ? Promise.reject(new NonRetriableError("it broke"))
          : deps.store.ensureIndexes();
      return [
        recordEvent({
          ...deps,
          store: { ...letters.deps.store, ensureIndexes },
        }),
      ];
    },
  });
  const { store, inngest } = rollcall.services;
  const ids = ["user_1", "user_2", "user_3"];
  await inngest.send(ids.map((id) => userCreated(id)));
  await heard;
  const letters = await store.deadLetters.documents.find().sort({ _id: 1 })
    .toArray();
  assertEquals(
    letters.map(({ function_id, event_id }) => [function_id, event_id]),
    ids.map((id) => ["rollcall-record-event", `msg_${id}`]),
  );
  assertEquals(await store.webhookEvents.documents.countDocuments(), 0);
});
