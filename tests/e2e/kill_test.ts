/** The process killed at any moment: what was answered 2xx is not lost. */
import { assert, assertEquals } from "@std/assert";
import { startRollcall } from "../support/rollcall_process.ts";

const WEBHOOKS = 300;
/** The kill comes after this many answers, with the rest under way. */
const ANSWERS_BEFORE_KILL = [1, 60, 170];

function userCreated(id: string): string {
  return JSON.stringify({
    type: "user.created",
    object: "event",
    data: {
      id,
      object: "user",
      first_name: "Ada",
      updated_at: 1_772_442_000_023,
    },
  });
}

for (const answersBeforeKill of ANSWERS_BEFORE_KILL) {
  Deno.test(`kill -9 after ${answersBeforeKill} answers loses nothing that was answered 2xx`, async () => {
    const dataDir = await Deno.makeTempDir({ prefix: "rollcall_test_" });
    const database = `rollcall_test_${crypto.randomUUID().slice(0, 8)}`;
    try {
      const taken = await sendUntilKilled(
        { dataDir, database },
        answersBeforeKill,
      );
      assert(taken.length >= answersBeforeKill);

      await using rollcall = await startRollcall({ dataDir, database });
      await using feed = await rollcall.listen();
      const stored = await rollcall.store.users.documents
        .distinct("_id", { _id: { $in: taken } });
      await feed.settled(
        taken.filter((id) => !stored.includes(id)).map((id) => `msg_${id}`),
      );
      assertEquals(
        await rollcall.store.users.documents
          .countDocuments({ _id: { $in: taken } }),
        taken.length,
      );
      await rollcall.store.db.dropDatabase();
    } finally {
      await Deno.remove(dataDir, { recursive: true });
    }
  });
}

/** @returns The users whose webhook was answered 2xx before the kill. */
async function sendUntilKilled(
  where: { readonly dataDir: string; readonly database: string },
  answersBeforeKill: number,
): Promise<string[]> {
  await using rollcall = await startRollcall(where);
  const taken: string[] = [];
  let killed: Promise<void> | undefined;
  await Promise.allSettled(
    Array.from({ length: WEBHOOKS }, async (_, index) => {
      const id = `user_${index}`;
      const response = await rollcall.send(userCreated(id), {
        id: `msg_${id}`,
      });
      await response.body?.cancel();
      if (response.status !== 202) return;
      taken.push(id);
      if (taken.length >= answersBeforeKill) killed ??= rollcall.kill();
    }),
  );
  await killed;
  return taken;
}
