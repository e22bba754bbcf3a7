/**
 * Users, events and failures for tests of the dashboard, written straight to the
 * store: the same every time but for the instant they count back from.
 */
import type { ChangeDocument } from "../../../lib/store/changes.ts";
import type { DeadLetterDocument } from "../../../lib/store/dead_letters.ts";
import type { Store } from "../../../lib/store/store.ts";
import type { WebhookEventDocument } from "../../../lib/store/webhook_events.ts";
import {
  EMPTY_USER,
  type UserDocument,
} from "../../../lib/sync/user_document.ts";

/** How much, and back from when. */
export interface Seed {
  readonly users: number;
  readonly events: number;
  readonly now: Date;
}

const FIRST = ["Ada", "Grace", "Linus", "Barbara", "Edsger", "Radia", "Élodie"];
const LAST = ["Lovelace", "Hopper", "Torvalds", "Liskov", "O'Brien"];
const TYPES = [
  "user.updated",
  "user.updated",
  "user.created",
  "session.created",
  "user.updated",
  "user.updated",
  "user.created",
  "user.updated",
  "user.deleted",
  "user.updated",
];
const MINUTE_MS = 60_000;

/**
 * Fills a store. Every 30th user is banned, every 9th unverified, every 23rd has
 * no address; every 50th event failed and every 20th was stale. Every event that
 * was applied changed the name.
 *
 * @param store An empty store with its indexes.
 * @param seed How much, and back from when.
 */
export async function seedDashboard(store: Store, seed: Seed): Promise<void> {
  const { now } = seed;
  for (const [from, to] of portionsOf(seed.users)) {
    await store.users.documents.insertMany(
      range(from, to).map((index) => makeUser(index, now)),
    );
  }
  for (const [from, to] of portionsOf(seed.events)) {
    await seedEvents(
      store,
      range(from, to).map((index) => makeEvent(index, seed)),
    );
  }
  await seedAlerts(store, now);
}

/** As many in one call. */
const PORTION = 5_000;

function portionsOf(count: number): [from: number, to: number][] {
  const portions: [number, number][] = [];
  for (let from = 0; from < count; from += PORTION) {
    portions.push([from, Math.min(from + PORTION, count)]);
  }
  return portions;
}

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, index) => from + index);
}

async function seedEvents(
  store: Store,
  events: readonly WebhookEventDocument[],
): Promise<void> {
  const applied = events.filter(({ state }) => state === "applied");
  const failed = events.filter(({ state }) => state === "failed");
  await store.webhookEvents.documents.insertMany([...events]);
  await store.write([
    store.secretUse.plan(events),
    store.freshness.plan({
      receivedAt: events.map(({ received_at }) => received_at),
      settled: applied.flatMap(({ settled_at, lag_ms }) =>
        settled_at === null ? [] : [{
          outcome: "applied" as const,
          settled_at: settled_at.getTime(),
          lag_ms,
        }]
      ),
    }),
  ]);
  if (applied.length > 0) {
    await store.changes.documents.insertMany(applied.map(makeChange));
  }
  if (failed.length > 0) {
    await store.deadLetters.documents.insertMany(failed.map(makeDeadLetter));
  }
}

function makeDeadLetter(event: WebhookEventDocument): DeadLetterDocument {
  const function_id = "rollcall-update-user-from-clerk";
  return {
    _id: `${function_id}:${event._id}`,
    function_id,
    event_id: event._id,
    event_name: `clerk/${event.type}`,
    subject: event.subject,
    run_id: "run_1",
    error: { name: "Error", message: event.reason ?? "" },
    failed_at: event.received_at,
    failures: 1,
    replayed_at: null,
  };
}

/** One that is over, and one that is open because of seed_trouble.ts. */
async function seedAlerts(store: Store, now: Date): Promise<void> {
  const silence = {
    kind: "silence" as const,
    title: "Webhooks are not arriving",
    detail: "The last event arrived 20 minutes ago.",
    path: "/dashboard/events",
  };
  const drift = {
    kind: "drift" as const,
    title: "MongoDB differs from Clerk",
    detail:
      "8 differences found by the last scan and confirmed by a second look; each is listed with its cause.",
    path: "/dashboard/drift",
  };
  const update = { now, channels: ["webhook", "email"] as const };
  await store.alerts.apply([{ ...silence, state: "firing" }], update);
  await store.alerts.apply([{ kind: "silence", state: "clear" }], update);
  await store.alerts.apply([{ ...drift, state: "firing" }], update);
}

const pad = (index: number) => String(index).padStart(6, "0");

function makeUser(index: number, now: Date): UserDocument {
  const first = FIRST[index % FIRST.length]!;
  const last = LAST[index % LAST.length]!;
  const at = new Date(now.getTime() - index * MINUTE_MS);
  const hasEmail = index % 23 !== 22;
  return {
    ...EMPTY_USER,
    _id: `user_${pad(index)}`,
    email: hasEmail ? `user${index}@example.com` : null,
    email_verified: hasEmail ? index % 9 !== 8 : null,
    full_name: index % 17 === 16 ? null : `${first} ${last}`,
    first_name: first,
    last_name: last,
    username: `user${index}`,
    public_metadata: { plan: "hidden-plan" },
    banned: index % 30 === 29,
    clerk_created_at: at,
    clerk_updated_at: at,
    sync: {
      version: at.getTime(),
      event_at: at,
      event_id: `msg_${pad(index)}`,
      source: "webhook",
      synced_at: at,
      clerk_username: null,
    },
  };
}

function makeEvent(index: number, { users, now }: Seed): WebhookEventDocument {
  const type = TYPES[index % TYPES.length]!;
  const isSynced = type !== "session.created";
  const state = !isSynced
    ? "received"
    : index % 50 === 49
    ? "failed"
    : index % 20 === 15
    ? "discarded"
    : "applied";
  const at = new Date(now.getTime() - index * 10_000 - 1_000);
  const subject = `user_${pad(index % users)}`;
  return {
    _id: `msg_${pad(index)}`,
    type,
    subject,
    state,
    reason: state === "failed"
      ? "The server closed the connection"
      : state === "discarded"
      ? "stale"
      : null,
    received_at: at,
    event_at: at,
    instance_id: "ins_1",
    secret: "a1b2c3d4",
    road: "webhook",
    payload: { id: subject, object: "user", first_name: "Hidden" },
    settled_at: isSynced ? at : null,
    lag_ms: state === "applied" ? 40 + (index * 37) % 90 : null,
    redelivered_at: null,
  };
}

function makeChange(event: WebhookEventDocument): ChangeDocument {
  const document_id = event.subject ?? "";
  return {
    _id: `${event._id}:users:${document_id}`,
    at: event.received_at,
    event_id: event._id,
    collection: "users",
    document_id,
    kind: "update",
    before: {
      full_name: "Ada Byron",
      public_metadata: { plan: "hidden-plan" },
    },
    after: { full_name: "Ada Lovelace", public_metadata: { plan: "other" } },
    source: "webhook",
  };
}
