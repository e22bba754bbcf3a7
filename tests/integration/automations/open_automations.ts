/**
 * The services with every provider configured, each a fake over HTTP, and a clock
 * that stands still: sleeps and pauses pass when a test says so. The engine gives
 * up on calls that take two hours, so nothing may be under way when a day passes.
 */
import { deleteUserWithClerk } from "../../../functions/delete_user_with_clerk.ts";
import { createAutomations } from "../../../functions/mod.ts";
import { syncUserFromClerk } from "../../../functions/sync_user_from_clerk.ts";
import { updateUserFromClerk } from "../../../functions/update_user_from_clerk.ts";
import type { OutgoingEvent } from "../../../lib/inngest/event_sender.ts";
import { APP_ID } from "../../../lib/inngest/create_client.ts";
import type { Services } from "../../../lib/services.ts";
import type { DeadLetterDocument } from "../../../lib/store/dead_letters.ts";
import type { RunEnded } from "../../contract/inngest/ended_runs.ts";
import { FakeClock } from "../../contract/inngest/fake_clock.ts";
import {
  type OpenRollcall,
  openRollcall,
} from "../../support/open_rollcall.ts";
import { providerEnv } from "../../support/providers/provider_env.ts";
import {
  type FakeMailchimp,
  startMailchimp,
} from "../../support/providers/start_mailchimp.ts";
import {
  type FakeResend,
  startResend,
} from "../../support/providers/start_resend.ts";
import {
  type FakeStripe,
  startStripe,
} from "../../support/providers/start_stripe.ts";

/** Open services with providers. */
export interface OpenAutomations extends OpenRollcall {
  readonly clock: FakeClock;
  readonly resend: FakeResend;
  readonly stripe: FakeStripe;
  readonly mailchimp: FakeMailchimp;
  /** Sends one event; its id is the `svix-id`. */
  send(event: OutgoingEvent): Promise<void>;
  /** Waits for the end of the run that an event has started. */
  endOf(functionId: string, event: OutgoingEvent): Promise<RunEnded>;
  /**
   * Sends an event and waits for the end of the run that it starts, letting
   * pauses of up to `withinMs` (default none) pass.
   */
  run(
    functionId: string,
    event: OutgoingEvent,
    withinMs?: number,
  ): Promise<RunEnded>;
  /** The same for a run that fails for good; gives its dead letter. */
  fail(
    functionId: string,
    event: OutgoingEvent,
    withinMs?: number,
  ): Promise<DeadLetterDocument>;
}

/**
 * Opens the services.
 *
 * @param env Variables beside those of the providers; an empty one takes a
 * provider away.
 * @param automations Those that are served beside the sync; default all.
 * @returns The services and the fakes.
 */
export async function openAutomations(
  env: Readonly<Record<string, string>> = {},
  automations: typeof createAutomations = createAutomations,
): Promise<OpenAutomations> {
  await using stack = new AsyncDisposableStack();
  const clock = new FakeClock();
  const nowMs = () => clock.now().getTime();
  const resend = stack.use(startResend(nowMs));
  const stripe = stack.use(startStripe(nowMs));
  const mailchimp = stack.use(startMailchimp());
  const rollcall = stack.use(
    await openRollcall(
      { ...providerEnv({ resend, stripe, mailchimp }), ...env },
      {
        clock,
        engine: { clock, retryIntervalMs: 0 },
        // Nothing that runs by the hour: a week passes in a moment here.
        createFunctions: (deps) => [
          syncUserFromClerk(deps),
          updateUserFromClerk(deps),
          deleteUserWithClerk(deps),
          ...automations(deps),
        ],
      },
    ),
  );
  const resources = stack.move();
  const send = (event: OutgoingEvent) => rollcall.services.sender.send(event);
  const endOf = async (functionId: string, event: OutgoingEvent) => {
    for (;;) {
      const end = await rollcall.ended(functionId);
      if (end.event.id === event.id) return end;
    }
  };
  return {
    ...rollcall,
    clock,
    resend,
    stripe,
    mailchimp,
    send,
    async fail(functionId, event, withinMs = 0) {
      const letter = hearLetter(rollcall.services, `${APP_ID}-${functionId}`);
      await send(event);
      return await passTime(clock, withinMs, letter);
    },
    endOf,
    async run(functionId, event, withinMs = 0) {
      await send(event);
      return await passTime(clock, withinMs, endOf(functionId, event));
    },
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  };
}

/** Looks again whenever something was recorded. */
async function hearLetter(
  { feed, store }: Services,
  function_id: string,
): Promise<DeadLetterDocument> {
  const heard = Promise.withResolvers<DeadLetterDocument>();
  using _listener = feed.subscribe({
    async next() {
      const letter = await store.deadLetters.documents.findOne({
        function_id,
        replayed_at: null,
      });
      if (letter !== null) heard.resolve(letter);
    },
    end: () => heard.reject(new Error("Cannot wait longer: the feed ended")),
  });
  return await heard.promise;
}

/** Moves to one timer after the other until something has happened. */
async function passTime<T>(
  clock: FakeClock,
  withinMs: number,
  happening: Promise<T>,
): Promise<T> {
  let hasHappened = false;
  const happened = happening.finally(() => hasHappened = true);
  while (withinMs > 0 && !hasHappened) {
    await Promise.race([happened, clock.nextTimer(withinMs)]);
    if (!hasHappened) await clock.advanceToNext(withinMs);
  }
  return await happened;
}

/** What a test wants to be different. */
export interface UserEventOptions {
  /** Default `user.created`. */
  readonly type?: string;
  /** The `svix-id`; default one of the type and the user. */
  readonly id?: string;
  /** Fields of Clerk's user. */
  readonly fields?: Readonly<Record<string, unknown>>;
  /** Default `ins_1`. */
  readonly instanceId?: string;
  readonly replay?: "data" | "full";
}

/**
 * An event about a user, as the webhook endpoint or a replay sends it.
 *
 * @param userId Clerk's id.
 * @param options What is different.
 * @returns The event.
 */
export function userEvent(
  userId: string,
  options: UserEventOptions = {},
): OutgoingEvent {
  const { type = "user.created", fields = {}, instanceId = "ins_1", replay } =
    options;
  const { id = `msg_${type}_${userId}` } = options;
  const timestamp = Date.UTC(2026, 0, 1);
  return {
    id: replay === undefined ? id : `${replay}:${crypto.randomUUID()}`,
    name: `clerk/${type}`,
    ts: timestamp,
    data: {
      id: userId,
      first_name: "Ada",
      last_name: "Lovelace",
      primary_email_address_id: "idn_1",
      email_addresses: [{
        id: "idn_1",
        email_address: `${userId}@example.com`,
        verification: { status: "verified" },
      }],
      created_at: timestamp,
      updated_at: timestamp,
      ...fields,
      _webhook: { id, timestamp, instance_id: instanceId },
      ...(replay &&
        { _replay: { event_id: id, job_id: "job_1", mode: replay } }),
    },
  };
}
