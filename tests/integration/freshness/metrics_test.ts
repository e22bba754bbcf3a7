/**
 * How fresh MongoDB is, as the service says it, against a calculation of its own:
 * from the timestamps that were sent and the commits that are on record.
 */
import { assert, assertEquals } from "@std/assert";
import { startRollcall } from "../../support/rollcall_process.ts";

const USERS = 120;
const HOUR_MS = 3_600_000;
/** From one lag to the next; a bucket tells 10 % apart. */
const GROWTH = 1.07;
const SHARES = { "0.5": 0.5, "0.95": 0.95, "0.99": 0.99 };

/** Nearest rank. */
function quantileOf(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.ceil(sorted.length * share) - 1] ?? NaN;
}

function assertClose(shownMs: number | null | undefined, trueMs: number) {
  const isClose = Math.abs((shownMs ?? NaN) - trueMs) <= trueMs * 0.05 + 1;
  assert(isClose, `${shownMs} ms are shown, ${trueMs} are true`);
}

Deno.test("/metrics and the store tell the freshness that the record adds up to", async () => {
  await using rollcall = await startRollcall();
  const { store, origin } = rollcall;
  await using feed = await rollcall.listen();
  const beganMs = Date.now();
  const sentAtMs = new Map(
    Array.from({ length: USERS }, (_, index) => [
      `msg_${index}`,
      Math.round(beganMs - 1_000 * GROWTH ** index),
    ]),
  );
  const recorded = feed.outcomes([...sentAtMs.keys()]);
  await Promise.all([...sentAtMs].map(async ([id, timestamp], index) => {
    const at = { created_at: timestamp, updated_at: timestamp };
    const data = { id: `user_fresh_${index}`, object: "user", ...at };
    const event = { type: "user.created", object: "event", data, timestamp };
    const response = await rollcall.send(JSON.stringify(event), { id });
    await response.body?.cancel();
    assert(response.ok, `The webhook was answered ${response.status}`);
  }));
  await recorded;

  const records = await store.webhookEvents.documents
    .find({ state: "applied" }).toArray();
  const lagsMs = records.map(({ _id, settled_at }) =>
    (settled_at?.getTime() ?? NaN) - (sentAtMs.get(_id) ?? NaN)
  );
  assertEquals(lagsMs.length, USERS);
  const metrics = await (await fetch(`${origin}/metrics`)).text();
  const sum = await store.freshness.readLags(
    new Date(Math.floor(beganMs / HOUR_MS) * HOUR_MS),
    new Date((Math.floor(Date.now() / HOUR_MS) + 1) * HOUR_MS),
  );
  assertEquals(sum.count, USERS);
  const stored = {
    "0.5": sum.p50Ms,
    "0.95": sum.p95Ms,
    "0.99": sum.p99Ms,
  };
  for (const [name, share] of Object.entries(SHARES)) {
    const trueMs = quantileOf(lagsMs, share);
    const line = new RegExp(
      `^rollcall_freshness_seconds{quantile="${name}"} (.*)$`,
      "m",
    );
    assertClose(Number(line.exec(metrics)?.[1]) * 1_000, trueMs);
    assertClose(stored[name as keyof typeof stored], trueMs);
  }
  await store.db.dropDatabase();
});
