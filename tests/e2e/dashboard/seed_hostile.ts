/** What a hostile sender could get into the store, for tests of every page. */
import type { Store } from "../../../lib/store/store.ts";
import { EMPTY_USER } from "../../../lib/sync/user_document.ts";

/** Ends attributes, elements, scripts and JSON, and runs where it is let. */
export const HOSTILE =
  `"'></script><img src=x onerror=alert(1)><script>alert(1)</script>=cmd|' /C calc'!A0 \${7*7}`;

/** Has whatever a path or a query could trip over. */
export const HOSTILE_USER = `user_/../?x=1&y#z%2F;é 🦊"'><b>`;

/** An event of that user, and a message of its own. */
export const HOSTILE_EVENT = `msg_/?#%41 "'><b>`;

const HUGE_BYTES = 300_000;

/**
 * Fills a store; whatever a sender can choose is hostile.
 *
 * @param store A store with its indexes.
 * @param now The instant of everything.
 */
export async function seedHostile(store: Store, now: Date): Promise<void> {
  await seedUser(store, now);
  await seedEvents(store, now);
  await seedRest(store, now);
}

const SYNC = {
  version: 1,
  event_at: null,
  event_id: HOSTILE_EVENT,
  source: "webhook",
  clerk_username: null,
} as const;

async function seedUser(store: Store, now: Date): Promise<void> {
  await store.users.documents.insertOne({
    ...EMPTY_USER,
    _id: HOSTILE_USER,
    email: `${HOSTILE}@example.com`,
    email_verified: false,
    full_name: HOSTILE,
    first_name: HOSTILE,
    last_name: "=1+1",
    username: HOSTILE,
    phone: "+1",
    profile_picture: `javascript:alert("${HOSTILE}")`,
    external_id: `\t=1+1\n@SUM(1)"`,
    public_metadata: { [HOSTILE]: HOSTILE, huge: "x".repeat(HUGE_BYTES) },
    banned: true,
    locked: true,
    clerk_created_at: now,
    clerk_updated_at: now,
    sync: { ...SYNC, synced_at: now },
  });
  await store.memberships.documents.insertOne({
    _id: "orgmem_1",
    organization_id: HOSTILE,
    user_id: HOSTILE_USER,
    role: HOSTILE,
    role_name: HOSTILE,
    permissions: [],
    public_metadata: {},
    clerk_created_at: now,
    clerk_updated_at: now,
    sync: { ...SYNC, synced_at: now },
  });
}

async function seedEvents(store: Store, now: Date): Promise<void> {
  await store.webhookEvents.documents.insertOne({
    _id: HOSTILE_EVENT,
    type: HOSTILE,
    subject: HOSTILE_USER,
    state: "failed",
    reason: HOSTILE,
    received_at: now,
    event_at: now,
    instance_id: HOSTILE,
    secret: null,
    road: "webhook",
    payload: { id: HOSTILE_USER, [HOSTILE]: HOSTILE, type: HOSTILE },
    settled_at: now,
    lag_ms: null,
    redelivered_at: now,
  });
  await store.changes.documents.insertOne({
    _id: `${HOSTILE_EVENT}:users:${HOSTILE_USER}`,
    at: now,
    event_id: HOSTILE_EVENT,
    collection: "users",
    document_id: HOSTILE_USER,
    kind: "insert",
    before: null,
    after: { [HOSTILE]: HOSTILE, full_name: HOSTILE, tags: [HOSTILE] },
    source: HOSTILE,
  });
  await store.deadLetters.add({
    function_id: HOSTILE,
    event_id: HOSTILE_EVENT,
    event_name: `clerk/${HOSTILE}`,
    subject: HOSTILE_USER,
    run_id: HOSTILE,
    error: { name: HOSTILE, message: HOSTILE },
    failed_at: now,
  });
}

async function seedRest(store: Store, now: Date): Promise<void> {
  await store.quarantine.keep([{
    _id: HOSTILE,
    at: now,
    reason: HOSTILE,
    status: 400,
    headers: { "svix-id": HOSTILE, "user-agent": HOSTILE },
    sealed: null,
    size_bytes: 1,
    body: HOSTILE,
  }]);
  await store.drift.begin(HOSTILE, now, HOSTILE);
  await store.drift.items.insertOne({
    _id: HOSTILE_USER,
    kind: "edited",
    cause: "edited-elsewhere",
    fields: [{ field: HOSTILE, clerk: HOSTILE, mongodb: { [HOSTILE]: 1 } }],
    collection: "users",
    place: null,
    state: "open",
    report_id: HOSTILE,
    first_seen_at: now,
    seen_at: now,
  });
  await store.drift.finish(HOSTILE, {
    finished_at: now,
    checked: 1,
    requests: 1,
    counts: null,
  });
  const task = { automation: HOSTILE, userId: HOSTILE_USER, eventId: "msg_1" };
  const claim = await store.automationLedger.claim(task, now, undefined);
  if (claim.kind === "claimed") {
    await store.automationLedger.settle(
      claim,
      { id: HOSTILE, note: HOSTILE },
      now,
    );
  }
  await store.jobs.start({
    _id: HOSTILE,
    kind: "replay",
    total: 1,
    request: {},
    actor: HOSTILE,
    started_at: now,
  });
  await store.jobs.advance(HOSTILE, {
    from: null,
    to: "a",
    count: 1,
    workedMs: 1,
    failures: [{ id: HOSTILE, reason: HOSTILE }],
  }, now);
  const clock = { now: () => now };
  await store.auditLog.record(
    { who: HOSTILE, action: HOSTILE, subject: HOSTILE, why: HOSTILE },
    clock,
  );
  await store.alerts.apply([{
    kind: "silence",
    title: HOSTILE,
    detail: HOSTILE,
    path: "/dashboard/events",
    state: "firing",
  }], { now, channels: [] });
}
