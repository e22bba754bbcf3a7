/**
 * What looks for alerts, on a real store, a simulated Clerk, a fake Slack and a
 * fake Resend, at a time that the test decides.
 */
import {
  type Look,
  type LookDependencies,
  lookForAlerts,
} from "../../../functions/watch_alerts.ts";
import { tellAlert } from "../../../functions/tell_alert.ts";
import { readConfig } from "../../../lib/config.ts";
import { createLiveFeed, type LiveMessage } from "../../../lib/live_feed.ts";
import { createMailer } from "../../../lib/providers/mailer.ts";
import type { Store } from "../../../lib/store/store.ts";
import { makeClient } from "../../support/clerk_api/make_client.ts";
import { ManualClock } from "../../support/clerk_api/manual_clock.ts";
import { FakeClerk } from "../../support/clerk_api/start_clerk_api.ts";
import {
  type FakeResend,
  startResend,
} from "../../support/providers/start_resend.ts";
import {
  type FakeSlack,
  startSlack,
} from "../../support/providers/start_slack.ts";
import { openTestStore } from "../../support/test_store.ts";

/** Everything a look needs, and what it reaches. */
export interface AlertBed extends AsyncDisposable {
  readonly deps: LookDependencies;
  readonly store: Store;
  readonly clock: ManualClock;
  readonly clerk: FakeClerk;
  readonly slack: FakeSlack;
  readonly resend: FakeResend;
  /** What open pages were told. */
  readonly heard: readonly LiveMessage[];
}

/** A Monday, 09:00. */
export const MONDAY_MS = Date.UTC(2026, 0, 26, 9);
export const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const WEEK_MS = 7 * 24 * HOUR_MS;

/**
 * @param env Settings beside those of the fakes.
 * @returns A bed on which four weeks have passed with an event in every slot of
 * two minutes, up to now.
 */
export async function openAlertBed(
  env: Readonly<Record<string, string>> = {},
): Promise<AlertBed> {
  await using stack = new AsyncDisposableStack();
  const clock = new ManualClock(MONDAY_MS);
  const { store } = stack.use(await openTestStore());
  const clerk = stack.use(new FakeClerk({ clock }));
  const slack = stack.use(startSlack());
  const resend = stack.use(startResend());
  const feed = stack.use(createLiveFeed(store.db.databaseName));
  const heard: LiveMessage[] = [];
  feed.subscribe({ next: (message) => heard.push(message), end: () => {} });
  const { apiKey, url: baseUrl } = resend;
  const from = "Rollcall <hello@example.com>";
  const deps: LookDependencies = {
    store,
    clock,
    feed,
    clerkApi: makeClient(clerk, { clock }),
    mailer: createMailer({ apiKey, baseUrl, from }),
    config: readConfig({
      PUBLIC_URL: "https://rollcall.example.com",
      ALERT_WEBHOOK_URL: slack.hookUrl,
      ALERT_EMAIL: "ops@example.com",
      RESEND_API_KEY: apiKey,
      EMAIL_FROM: from,
      ...env,
    }),
  };
  await recordBusyWeeks(store);
  await arrive(store, "msg_first", new Date(MONDAY_MS - 5 * WEEK_MS));
  await arrive(store, "msg_newest", clock.now());
  await watchOn({ store, clock });
  const resources = stack.move();
  return {
    deps,
    store,
    clock,
    clerk,
    slack,
    resend,
    heard,
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  };
}

/** Lets time pass, in which somebody goes on looking every minute. */
export async function pass(bed: AlertBed, ms: number): Promise<void> {
  bed.clock.advance(ms);
  await watchOn(bed);
}

async function watchOn(
  { store, clock }: Pick<AlertBed, "store" | "clock">,
): Promise<void> {
  await store.heartbeats.documents.updateOne(
    { _id: "watch-alerts" },
    {
      $set: {
        first_at: new Date(MONDAY_MS),
        resumed_at: new Date(0),
        last_at: clock.now(),
      },
    },
    { upsert: true },
  );
}

async function recordBusyWeeks(store: Store): Promise<void> {
  const hours = 4 * WEEK_MS / HOUR_MS;
  const busy = Array.from({ length: 30 }, (_, slot) => slot);
  await store.freshness.documents.insertMany(
    Array.from({ length: hours }, (_, index) => {
      const at = new Date(MONDAY_MS - (index + 1) * HOUR_MS);
      return { _id: at, at, busy };
    }),
  );
}

/**
 * Records an event about nobody we know.
 *
 * @param store The store.
 * @param id Key of the event's record.
 * @param receivedAt When it arrived.
 * @param subject Clerk's id of what it is about.
 */
export async function arrive(
  store: Store,
  id: string,
  receivedAt: Date,
  subject = "sess_1",
): Promise<void> {
  await store.write([store.webhookEvents.plan({
    received: [{
      _id: id,
      type: "session.created",
      subject,
      received_at: receivedAt,
      event_at: receivedAt,
      instance_id: null,
      secret: "aaaaaaaa",
      road: "webhook",
      payload: {},
    }],
  })]);
}

/** Looks once and sends what is due, as one turn of a run does. */
export async function lookAndTell({ deps }: AlertBed): Promise<Look> {
  const look = await lookForAlerts(deps);
  for (const notice of look.due) await tellAlert(deps, notice);
  return look;
}

/** The kinds of the open alerts, in order. */
export async function readOpenKinds({ store }: AlertBed): Promise<string[]> {
  return (await store.alerts.readOpen()).map(({ kind }) => kind).toSorted();
}
