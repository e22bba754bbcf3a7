/** Documents that MongoDB does not take, in one batch with others that it does. */
import { assert, assertEquals } from "@std/assert";
import { receiveEvent } from "../../../functions/received_event.ts";
import { writeUser } from "../../../functions/write_user.ts";
import { systemClock } from "../../../lib/clock.ts";
import { DocumentRefusedError } from "../../../lib/store/write_documents.ts";
import { openTestStore, type TestStore } from "../../support/test_store.ts";

/** A document of MongoDB's has 16 MiB at most. */
const ALMOST_ALL = 16 * 1024 * 1024 - 64 * 1024;

/** Brings 20 users at once, one of them with much metadata. */
async function writeTogether(
  { store }: TestStore,
  odd: Record<string, unknown>,
): Promise<{ failures: unknown[]; stored: number }> {
  const results = await Promise.allSettled(
    Array.from(
      { length: 20 },
      (_, index) =>
        writeUser(
          { store, clock: systemClock },
          receiveEvent({
            name: "clerk/user.updated",
            data: {
              id: `user_${index}`,
              updated_at: 1,
              ...(index === 7 ? odd : {}),
            },
          }),
        ),
    ),
  );
  const failures = results.flatMap((result) =>
    result.status === "rejected" ? [result.reason] : []
  );
  const stored = await store.users.documents
    .countDocuments({ "sync.version": 1 });
  return { failures, stored };
}

Deno.test("a document that would grow too large is refused alone", async () => {
  await using test = await openTestStore();
  const users = test.db.collection<{ _id: string }>("users");
  const blob = "b".repeat(ALMOST_ALL);
  await users.insertOne({ _id: "user_7", blob } as { _id: string });
  const public_metadata = { text: "t".repeat(128 * 1024) };
  const { failures, stored } = await writeTogether(test, { public_metadata });
  assertEquals(stored, 19);
  assertEquals(failures.length, 1);
  assert(failures[0] instanceof DocumentRefusedError);
  assertEquals(failures[0].retryable, false);
});

Deno.test("a document that meets an index of the application's is refused alone", async () => {
  await using test = await openTestStore();
  const users = test.db.collection<{ _id: string }>("users");
  await users.createIndex({ external_id: 1 }, {
    unique: true,
    partialFilterExpression: { external_id: "taken" },
  });
  await users.insertOne(
    { _id: "other", username: "x", external_id: "taken" } as { _id: string },
  );
  const { failures, stored } = await writeTogether(test, {
    external_id: "taken",
  });
  assertEquals(stored, 19);
  assertEquals(failures.length, 1);
  assert(failures[0] instanceof DocumentRefusedError);
  assert(failures[0].message.includes("external_id"));
});
