/**
 * What goes wrong, for tests and pictures of the dashboard: refused webhooks,
 * differences from Clerk, and a replay that was paused.
 */
import type { DriftItem } from "../../../lib/store/drift_documents.ts";
import type { NewEntry } from "../../../lib/store/quarantine.ts";
import type { Store } from "../../../lib/store/store.ts";

const MINUTE_MS = 60_000;
const REASONS = ["bad-signature", "bad-signature", "stale-timestamp"];

/**
 * Adds trouble to a store.
 *
 * @param store A store with its indexes.
 * @param now The instant that everything counts back from.
 */
export async function seedTrouble(store: Store, now: Date): Promise<void> {
  await store.quarantine.keep(
    Array.from({ length: 9 }, (_, index) => makeRefused(index, now)),
  );
  await seedDrift(store, now);
  await seedLedger(store, now);
  const at = new Date(now.getTime() - 4 * MINUTE_MS);
  await store.jobs.start({
    _id: "job_1",
    kind: "replay",
    total: 400,
    request: { mode: "data", perSecond: 100, filter: {}, actor: "admin" },
    actor: "admin",
    started_at: at,
  });
  const portion = { from: null, to: "msg_000299", count: 300, workedMs: 3_000 };
  await store.jobs.advance("job_1", portion, at);
  await store.jobs.pause("job_1", at);
}

/** Every 5th user's trial failed, every 4th wants no letters. */
async function seedLedger(store: Store, now: Date): Promise<void> {
  const { automationLedger: ledger } = store;
  for (let index = 0; index < 24; index++) {
    const at = new Date(now.getTime() - (index + 2) * 3 * MINUTE_MS);
    const automation = index % 2 ? "create-trial" : "send-welcome-email";
    const id = String(index).padStart(6, "0");
    const task = { automation, userId: `user_${id}`, eventId: `msg_${id}` };
    if (index % 4 === 0) {
      await ledger.skip(task, "unsubscribed", at);
      continue;
    }
    const claim = await ledger.claim(task, at, undefined);
    if (claim.kind !== "claimed") continue;
    if (index % 5 === 0) await ledger.fail([claim.key], "card-declined", at);
    else await ledger.settle(claim, { id: `provider_${id}`, note: null }, at);
  }
}

function makeRefused(index: number, now: Date): NewEntry {
  const isForged = index % 3 === 2;
  return {
    _id: `refused_${index}`,
    at: new Date(now.getTime() - (index + 1) * 7 * MINUTE_MS),
    reason: REASONS[index % REASONS.length]!,
    status: 400,
    headers: {
      "svix-id": `msg_refused_${index}`,
      "svix-timestamp": String(Math.floor(now.getTime() / 1000)),
      "user-agent": isForged ? "curl/8.9.1" : "Svix-Webhooks/1.71.0",
    },
    sealed: null,
    size_bytes: 2_048 + index * 17,
    body:
      '{"data":{"id":"user_000003","first_name":"…"},"type":"user.updated"}',
  };
}

const CAUSES: readonly Pick<DriftItem, "kind" | "fields" | "cause">[] = [
  {
    kind: "stale",
    fields: [{ field: "full_name", clerk: "Ada King", mongodb: "Ada Byron" }],
    cause: "lost-change",
  },
  {
    kind: "edited",
    fields: [
      { field: "banned", clerk: true, mongodb: false },
      { field: "username", clerk: "radia", mongodb: "radia2" },
    ],
    cause: "edited-elsewhere",
  },
  { kind: "ghost", fields: [], cause: "lost-deletion" },
  { kind: "missing", fields: [], cause: "lost-creation" },
];

async function seedDrift(store: Store, now: Date): Promise<void> {
  const hours = [24, 18, 12, 6, 0];
  await store.drift.reports.insertMany(hours.map((hour, index) => ({
    _id: `report_${index}`,
    kind: "scan" as const,
    state: "done" as const,
    reason: null,
    counts: null,
    started_at: new Date(now.getTime() - (hour * 60 + 5) * MINUTE_MS),
    finished_at: new Date(now.getTime() - (hour * 60 + 2) * MINUTE_MS),
    checked: 120,
    requests: 2,
    totals: {
      missing: index % 2,
      ghost: 1,
      stale: index,
      edited: 3 - index % 3,
      tombstoned: 0,
    },
  })));
  await store.drift.items.insertMany(
    Array.from({ length: 8 }, (_, index) => ({
      _id: `user_${String(index * 3).padStart(6, "0")}`,
      ...CAUSES[index % CAUSES.length]!,
      collection: "users" as const,
      place: null,
      state: "open" as const,
      report_id: "report_4",
      first_seen_at: new Date(now.getTime() - 5 * MINUTE_MS),
      seen_at: new Date(now.getTime() - 3 * MINUTE_MS),
    })),
  );
}
