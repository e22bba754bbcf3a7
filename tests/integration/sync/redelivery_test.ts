/** The same webhook again, later than Inngest remembers it. */
import { assert, assertEquals } from "@std/assert";
import type { EngineTiming } from "../../../lib/parts/inngest_part.ts";
import { openRollcall } from "../../support/open_rollcall.ts";

const HOUR_MS = 3_600_000;
const ID = "msg_1";

/** The machine's clock, which a test can put forward. */
function shiftedClock() {
  let shiftMs = 0;
  const now = () => new Date(Date.now() + shiftMs);
  const clock: EngineTiming["clock"] = {
    now,
    setTimer(at, callback) {
      const timer = setTimeout(callback, at.getTime() - now().getTime());
      return { [Symbol.dispose]: () => clearTimeout(timer) };
    },
  };
  return { clock, putForward: (ms: number) => void (shiftMs += ms) };
}

Deno.test("a redelivery after Inngest's 24 hours is recognised by its record, and changes nothing", async () => {
  const { clock, putForward } = shiftedClock();
  await using rollcall = await openRollcall({}, { engine: { clock } });
  const { store, sender } = rollcall.services;
  const deliver = async () => {
    const outcome = rollcall.outcomes([ID]);
    await sender.send({
      id: ID,
      name: "clerk/user.created",
      ts: 1_772_442_000_000,
      data: {
        id: "user_1",
        first_name: "Ada",
        updated_at: 1_772_442_000_000,
        _webhook: { id: ID, timestamp: 1_772_442_000_000, instance_id: null },
      },
    });
    await outcome;
    return {
      user: await store.users.documents.findOne({ _id: "user_1" }),
      record: await store.webhookEvents.documents.findOne({ _id: ID }),
    };
  };
  const first = await deliver();
  assertEquals(first.record?.state, "applied");
  assertEquals(first.record?.redelivered_at, null);

  putForward(25 * HOUR_MS);
  const second = await deliver();
  assertEquals(second.user, first.user);
  assert(second.record?.redelivered_at instanceof Date);
  assertEquals({ ...second.record, redelivered_at: null }, first.record);
  assertEquals(await store.webhookEvents.documents.countDocuments(), 1);
  assertEquals(await store.changes.documents.countDocuments(), 1);
});
