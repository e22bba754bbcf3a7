/** Fields that come late, to a document that has moved on meanwhile. */
import { assert, assertEquals } from "@std/assert";
import { writeDocuments } from "../../../lib/store/write_documents.ts";
import { type ClerkUser, clerkUser } from "../../../lib/events.ts";
import { planUserWrite } from "../../../lib/sync/write_plan.ts";
import { incoming, T0 } from "../../support/plan_ann.ts";
import { openTestStore } from "../../support/test_store.ts";

const ID = "user_late";

/** A state that tells little, and its place in the order. */
function told(tick: number, fields: Record<string, unknown> = {}) {
  const user: ClerkUser = clerkUser.parse({ id: ID, username: "a", ...fields });
  const state = incoming({ updatedAtMs: T0 + tick, eventId: `msg_${tick}` });
  return (known: Parameters<typeof planUserWrite>[2]) =>
    planUserWrite(user, state, known);
}

Deno.test("writeDocuments() does not write a late field when another came late meanwhile", async () => {
  await using test = await openTestStore();
  const { users } = test.store;
  await users.apply(ID, told(9));
  const stored = await users.documents.findOne({ _id: ID });
  assert(stored);
  const plan = told(3, { external_id: "three" })({
    stored,
    isTombstoned: false,
  });
  assert(plan.kind === "update");
  await users.apply(ID, told(5, { external_id: "five" }));
  assertEquals(
    await writeDocuments(users.documents, [{ ...plan, id: ID }]),
    ["moved-on"],
  );
  const now = await users.documents.findOne({ _id: ID });
  assertEquals(now?.external_id, "five");
});
