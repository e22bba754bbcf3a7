/** Into the newsletter with a new user, and out with a deleted one. */
import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { subscribe } from "../../../functions/add_to_newsletter.ts";
import { readPerson, taskOf } from "../../../functions/automation.ts";
import { receiveEvent } from "../../../functions/received_event.ts";
import { unsubscribe } from "../../../functions/remove_from_newsletter.ts";
import { systemClock } from "../../../lib/clock.ts";
import {
  createNewsletter,
  type Newsletter,
} from "../../../lib/providers/newsletter.ts";
import { createStore } from "../../../lib/store/store.ts";
import { createMetrics } from "../../../lib/telemetry/metrics.ts";
import { Crash, crashAt, type CrashSide } from "../../support/crashes.ts";
import { type Gate, interleave } from "../../support/interleave.ts";
import { startMailchimp } from "../../support/providers/start_mailchimp.ts";
import { type CallGuard, steppedDb } from "../../support/stepped_db.ts";
import { openTestStore } from "../../support/test_store.ts";
import { openAutomations, userEvent } from "./open_automations.ts";

const ADD = "add-to-newsletter";
const REMOVE = "remove-from-newsletter";

function deletionOf(userId: string) {
  return userEvent(userId, { type: "user.deleted" });
}

Deno.test("add-to-newsletter adds a new user once", async () => {
  await using app = await openAutomations();
  await app.run(ADD, userEvent("user_1"));
  await app.run(ADD, userEvent("user_1", { id: "msg_other" }));
  assertEquals(app.mailchimp.calls.length, 1);
  assertEquals(
    app.mailchimp.members.map(({ email_address, status, merge_fields }) => ({
      email_address,
      status,
      merge_fields,
    })),
    [{
      email_address: "user_1@example.com",
      status: "subscribed",
      merge_fields: { FNAME: "Ada", LNAME: "Lovelace" },
    }],
  );
});

Deno.test("remove-from-newsletter takes out whom add-to-newsletter added", async () => {
  await using app = await openAutomations();
  await app.run(ADD, userEvent("user_1"));
  const { result } = await app.run(REMOVE, deletionOf("user_1"));
  assertEquals(result, { outcome: "done", reason: null });
  assertEquals(app.mailchimp.members[0]?.status, "archived");
  const later = userEvent("user_1", { replay: "full" });
  await app.run(ADD, later);
  assertEquals(app.mailchimp.members.map(({ status }) => status), ["archived"]);
});

Deno.test("remove-from-newsletter leaves whom it did not add, and who was there before", async () => {
  await using app = await openAutomations();
  app.mailchimp.members.push({
    contact_id: "contact_before",
    email_address: "user_1@example.com",
    status: "subscribed",
    merge_fields: {},
    tags: [],
  });
  const added = await app.run(ADD, userEvent("user_1"));
  assertEquals(added.result, { outcome: "done", reason: "already-a-member" });
  for (const userId of ["user_1", "user_2"]) {
    const { result } = await app.run(REMOVE, deletionOf(userId));
    assertEquals(result, { outcome: "skipped", reason: "not-added" });
  }
  assertEquals(app.mailchimp.members[0]?.status, "subscribed");
});

Deno.test("remove-from-newsletter tries again while Mailchimp is down, and leaves other instances alone", async () => {
  await using app = await openAutomations({ CLERK_INSTANCE_ID: "ins_1" });
  await app.run(ADD, userEvent("user_1"));
  const foreign = userEvent("user_1", {
    type: "user.deleted",
    id: "msg_foreign",
    instanceId: "ins_2",
  });
  await app.run(REMOVE, foreign);
  assertEquals(app.mailchimp.members[0]?.status, "subscribed");
  app.mailchimp.failNext({ kind: "refuse", status: 503 });
  await app.run(REMOVE, deletionOf("user_1"));
  assertEquals(app.mailchimp.members[0]?.status, "archived");
});

/** A newsletter whose every call is guarded. */
function steppedNewsletter(real: Newsletter, guard: CallGuard): Newsletter {
  return {
    add: (subscriber) => guard(() => real.add(subscriber)),
    remove: (contactId) => guard(() => real.remove(contactId)),
    removeAddress: (email) => guard(() => real.removeAddress(email)),
  };
}

Deno.test("a user who is deleted while being added is not in the newsletter, whatever the order and the crashes", async () => {
  await using test = await openTestStore();
  await using mailchimp = startMailchimp();
  const { apiKey, audienceId, url: baseUrl } = mailchimp;
  const real = createNewsletter({ apiKey, audienceId, baseUrl });
  let run = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.nat(5), { minLength: 1, maxLength: 20 }),
      fc.uniqueArray(
        fc.tuple(fc.nat(14), fc.constantFrom<CrashSide>("before", "after")),
        { maxLength: 4, selector: ([at]) => at },
      ),
      async (choices, crashes) => {
        const userId = `user_${run++}`;
        const created = receiveEvent(userEvent(userId));
        const deleted = receiveEvent(deletionOf(userId));
        const person = readPerson(created);
        if (person === null) throw new Error("Cannot go on: no address");
        const crashing = crashAt(...crashes);
        let turns = 0;
        const worker = (isAdding: boolean) => async (gate: Gate) => {
          const guard: CallGuard = async (call) => {
            using _turn = await gate();
            return await crashing.guard(call);
          };
          const db = steppedDb(test.db, guard);
          const store = createStore(db, () => Promise.resolve());
          const deps = {
            store: { ...store, ensureIndexes: () => Promise.resolve() },
            clock: systemClock,
            metrics: createMetrics(),
            newsletter: steppedNewsletter(real, guard),
          };
          for (;;) {
            try {
              return void await (isAdding
                ? subscribe(deps, person, taskOf(ADD, created))
                : unsubscribe(deps, deleted));
            } catch (error) {
              if (!(error instanceof Crash)) throw error;
            }
          }
        };
        await interleave(
          [worker(true), worker(false), worker(true)],
          () => choices[turns++ % choices.length] ?? 0,
        );
        const found = mailchimp.members.find(({ email_address }) =>
          email_address === person.email
        );
        assertEquals(found?.status ?? "archived", "archived");
      },
    ),
    { numRuns: 300, seed: 20261126 },
  );
});
